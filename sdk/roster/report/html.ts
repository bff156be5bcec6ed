import { svgOf } from "./charts.js";
import { escapeHtml } from "./escape.js";
import { cellText, tableOf, type Cell, type Chart, type Column, type Page, type Section, type Table } from "./page.js";
import { STYLE } from "./style.js";

/**
 * A report as one HTML file that needs nothing else: no script, no font, no address. It follows the reader's light or dark
 * theme, and is read by keyboard and by screen reader: landmarks, headings, captions, a table for each chart.
 */
export function htmlOf({ title, facts, sections }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>
${STYLE}
</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<h1>${escapeHtml(title)}</h1>
<dl>
${facts.map(([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`).join("\n")}
</dl>
</header>
<nav aria-label="Sections">
<ul>
${sections.map(({ id, heading }) => `<li><a href="#${id}">${escapeHtml(heading)}</a></li>`).join("\n")}
</ul>
</nav>
<main id="content" tabindex="-1">
${sections.map(sectionOf).join("\n")}
</main>
<footer>
<p>Made by roster consumers of pulumi-roster.</p>
</footer>
</body>
</html>
`;
}

function sectionOf({ id, heading, text = [], charts = [], table }: Section): string {
  return [
    `<section id="${id}" aria-labelledby="${id}-heading">`,
    `<h2 id="${id}-heading">${escapeHtml(heading)}</h2>`,
    ...text.map((each) => `<p>${escapeHtml(each)}</p>`),
    ...charts.map((chart, index) => chartOf(chart, `${id}-chart-${String(index + 1)}`)),
    ...(table === undefined ? [] : [htmlTable(table)]),
    "</section>",
  ].join("\n");
}

function chartOf(chart: Chart, id: string): string {
  const table = tableOf(chart);
  if (table.rows.length === 0) return `<h3>${escapeHtml(chart.title)}</h3>\n<p>${escapeHtml(table.empty)}</p>`;
  return [
    `<figure>`,
    `<figcaption>${escapeHtml(chart.title)}</figcaption>`,
    svgOf(chart, id),
    `<details><summary>${escapeHtml(`${chart.title}: the numbers`)}</summary>`,
    htmlTable(table),
    `</details>`,
    `</figure>`,
  ].join("\n");
}

/** A table that scrolls sideways by itself where the page is narrow; focus makes that possible by keyboard. */
function htmlTable({ caption, columns, rows, empty }: Table): string {
  if (rows.length === 0) return `<p>${escapeHtml(empty)}</p>`;
  const heads = columns.map(
    ({ heading, kind }) => `<th scope="col"${kind === "number" ? ' class="number"' : ""}>${escapeHtml(heading)}</th>`,
  );
  return [
    `<div class="scroll" role="region" aria-label="${escapeHtml(caption)}" tabindex="0">`,
    `<table>`,
    `<caption>${escapeHtml(caption)}</caption>`,
    `<thead><tr>${heads.join("")}</tr></thead>`,
    `<tbody>`,
    ...rows.map((row) => `<tr>${row.map((cell, index) => cellOf(cell, columns[index], index)).join("")}</tr>`),
    `</tbody>`,
    `</table>`,
    `</div>`,
  ].join("\n");
}

function cellOf(cell: Cell, column: Column | undefined, index: number): string {
  const { kind, digits = 0 } = column ?? { kind: "text" as const };
  const text = escapeHtml(cellText(cell, { kind, digits })).replaceAll("\n", "<br>");
  if (index === 0) return `<th scope="row">${text}</th>`;
  const content = kind === "code" && cell !== null ? `<code>${text}</code>` : text;
  return kind === "number" ? `<td class="number">${content}</td>` : `<td>${content}</td>`;
}
