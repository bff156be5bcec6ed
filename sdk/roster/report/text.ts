import { cellText, isNumeric, tableOf, type Cell, type Column, type Page, type Section, type Table } from "./page.js";

/** A report for a terminal: aligned columns. */
export function textOf({ title, facts, sections }: Page): string {
  const width = Math.max(0, ...facts.map(([name]) => name.length));
  const head = [title, "=".repeat(title.length), ...facts.map(([name, value]) => `${name.padEnd(width)}  ${value}`)];
  return `${visible([head.join("\n"), ...sections.map(sectionText)].join("\n\n"))}\n`;
}

function sectionText({ heading, text = [], charts = [], table }: Section): string {
  const tables = [...charts.map((chart) => `${chart.title}\n${tableText(tableOf(chart))}`)];
  if (table !== undefined) tables.push(tableText(table));
  const paragraphs = text.flatMap((each) => wrapped(each, LINE_WIDTH));
  return [`${heading}\n${"-".repeat(heading.length)}`, ...paragraphs, tables.join("\n\n")].join("\n").trimEnd();
}

/** A text in a table is broken after so many characters, and a paragraph after so many: terminals break within words. */
const CELL_WIDTH = 60;
const LINE_WIDTH = 120;

/** A table with aligned columns. */
function tableText({ columns, rows, empty }: Table): string {
  if (rows.length === 0) return empty;
  const texts = rows.map((row) => row.map((cell, index) => linesOf(cell, columns[index] ?? TEXT)));
  const widths = columns.map(({ heading }, index) =>
    texts.reduce((most, row) => Math.max(most, ...(row[index] ?? []).map(({ length }) => length)), heading.length),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        return isNumeric(columns[index]?.kind ?? "text") ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd();
  const linesOfRow = (row: readonly (readonly string[])[]): string[] =>
    Array.from({ length: Math.max(1, ...row.map(({ length }) => length)) }, (_, n) =>
      line(row.map((cell) => cell[n] ?? "")),
    );
  return [
    line(columns.map(({ heading }) => heading)),
    line(widths.map((width) => "-".repeat(width))),
    ...texts.flatMap(linesOfRow),
  ].join("\n");
}

/** A cell as the lines that it takes: text is broken between words, all else stays whole. */
function linesOf(cell: Cell, column: Column): string[] {
  const text = cellText(cell, column).replace(/\s+/g, " ");
  return column.kind === "text" ? wrapped(text, CELL_WIDTH) : [text];
}

/** A text in lines of a width at most, as far as its words allow. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

const TEXT = { heading: "", key: "", kind: "text" } as const;

/** Names come from files that others write: what a terminal would obey is shown instead. */
function visible(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}
