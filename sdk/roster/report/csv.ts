import type { Cell, Table } from "./page.js";

/**
 * A table as CSV (RFC 4180), numbers without thousands and what is unknown empty. A text that a spreadsheet would take
 * for a formula gets an apostrophe in front, as names come from files that others write.
 */
export function csvOf({ columns, rows }: Table): string {
  const lines = [columns.map(({ key }) => key), ...rows];
  return lines.map((row) => `${row.map(field).join(",")}\r\n`).join("");
}

function field(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
