import { cellText, tableOf, type Page, type Section, type Table } from "./page.js";

/** A report for a terminal: aligned columns. */
export function textOf({ title, facts, sections }: Page): string {
  const width = Math.max(0, ...facts.map(([name]) => name.length));
  const head = [title, "=".repeat(title.length), ...facts.map(([name, value]) => `${name.padEnd(width)}  ${value}`)];
  return `${visible([head.join("\n"), ...sections.map(sectionText)].join("\n\n"))}\n`;
}

function sectionText({ heading, text = [], charts = [], table }: Section): string {
  const tables = [...charts.map((chart) => `${chart.title}\n${tableText(tableOf(chart))}`)];
  if (table !== undefined) tables.push(tableText(table));
  return [`${heading}\n${"-".repeat(heading.length)}`, ...text, ...tables].join("\n");
}

/** A table with aligned columns. */
function tableText({ columns, rows, empty }: Table): string {
  if (rows.length === 0) return empty;
  const texts = rows.map((row) =>
    row.map((cell, index) => oneLine(cellText(cell, columns[index] ?? columns[0] ?? TEXT))),
  );
  const widths = columns.map(({ heading }, index) =>
    texts.reduce((most, row) => Math.max(most, row[index]?.length ?? 0), heading.length),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        return columns[index]?.kind === "number" ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd();
  return [
    line(columns.map(({ heading }) => heading)),
    line(widths.map((width) => "-".repeat(width))),
    ...texts.map(line),
  ].join("\n");
}

const TEXT = { heading: "", key: "", kind: "text" } as const;

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}

/** Names come from files that others write: what a terminal would obey is shown instead. */
function visible(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}
