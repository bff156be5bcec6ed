import { cellText, isNumeric, tableOf, type Page, type Section, type Table } from "./page.js";

/** A report as Markdown, with tables as GitHub and GitLab know them: for a pull request, an issue or a job's summary. */
export function markdownOf({ title, facts, sections }: Page): string {
  const head = [
    `# ${escaped(title)}`,
    facts.map(([name, value]) => `- **${escaped(name)}**: ${escaped(value)}`).join("\n"),
  ];
  return `${[...head, ...sections.map(sectionText)].join("\n\n")}\n`;
}

function sectionText({ heading, text = [], charts = [], table }: Section): string {
  return [
    `## ${escaped(heading)}`,
    ...text.map(escaped),
    ...charts.flatMap((chart) => [`### ${escaped(chart.title)}`, tableText(tableOf(chart))]),
    ...(table === undefined ? [] : [tableText(table)]),
  ].join("\n\n");
}

function tableText({ columns, rows, empty }: Table): string {
  if (rows.length === 0) return escaped(empty);
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    line(columns.map(({ heading }) => escaped(heading))),
    line(columns.map(({ kind }) => (isNumeric(kind) ? "---:" : "---"))),
    ...rows.map((row) => line(row.map((cell, index) => escaped(cellText(cell, columns[index] ?? { kind: "text" }))))),
  ].join("\n");
}

/** Text as text: no mark of Markdown or HTML in a name does anything, and no address becomes a mention. */
function escaped(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[\\`*_[\]<>|#~&]/g, (mark) => `\\${mark}`)
    .replace(/(^|\s)@/g, "$1\\@");
}
