import { svgOf } from "./charts.js";
import { escapeHtml } from "./escape.js";
import {
  cellText,
  isNumeric,
  tableOf,
  type Cell,
  type Chart,
  type Column,
  type Page,
  type Section,
  type Table,
} from "./page.js";
import { STYLE } from "./style.js";

/**
 * A report as one HTML file that needs nothing else: no script, no font, no address. It follows the reader's light or
 * dark theme, and is read by keyboard and by screen reader: landmarks, headings, captions, a table for each chart.
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
${facts.map(([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${withDays(escapeHtml(value))}</dd></div>`).join("\n")}
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
    `<section id="${id}">`,
    `<h2>${escapeHtml(heading)}</h2>`,
    ...text.map((each) => `<p>${escapeHtml(each)}</p>`),
    ...(charts.length === 0 ? [] : [chartsOf(charts, id)]),
    ...(table === undefined ? [] : [htmlTable(table)]),
    "</section>",
  ].join("\n");
}

/** Charts beside each other, where there is room for it. */
function chartsOf(charts: readonly Chart[], id: string): string {
  const each = charts.map((chart, index) => chartOf(chart, `${id}-chart-${String(index + 1)}`));
  return `<div class="charts">\n${each.join("\n")}\n</div>`;
}

function chartOf(chart: Chart, id: string): string {
  const table = tableOf(chart);
  if (table.rows.length === 0)
    return `<div><h3>${escapeHtml(chart.title)}</h3>\n<p>${escapeHtml(table.empty)}</p></div>`;
  return [
    `<figure>`,
    `<figcaption>${escapeHtml(chart.title)}</figcaption>`,
    svgOf(chart, id),
    `<details><summary>As a table<span class="hidden">: ${escapeHtml(chart.title)}</span></summary>`,
    htmlTable(table),
    `</details>`,
    `</figure>`,
  ].join("\n");
}

/** A table that scrolls sideways by itself where the page is narrow; focus makes that possible by keyboard. */
function htmlTable({ caption, columns, rows, empty }: Table): string {
  if (rows.length === 0) return `<p>${escapeHtml(empty)}</p>`;
  const heads = columns.map(
    ({ heading, kind }) => `<th scope="col"${isNumeric(kind) ? ' class="number"' : ""}>${escapeHtml(heading)}</th>`,
  );
  return [
    `<div class="scroll" role="group" aria-label="${escapeHtml(caption)}" tabindex="0">`,
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

/** A text that is shorter is not broken: a name, a day, an address. */
const SHORT = 40;

function cellOf(cell: Cell, column: Column | undefined, index: number): string {
  const { kind, digits = 0 } = column ?? { kind: "text" as const };
  const told = cellText(cell, { kind, digits });
  const text = withDays(escapeHtml(told).replaceAll("\n", "<br>"));
  if (index === 0) return `<th scope="row">${text}</th>`;
  if (isNumeric(kind)) return `<td class="number">${kind === "alert" && cell !== 0 ? alertOf(text, cell) : text}</td>`;
  if (kind === "state" && told !== "") return `<td><span class="state state-${slug(told)}">${text}</span></td>`;
  if (kind === "code" && cell !== null) return `<td><code>${text.replaceAll("/", "/<wbr>")}</code></td>`;
  const longest = Math.max(...told.split("\n").map(({ length }) => length));
  return longest < SHORT ? `<td class="short">${text}</td>` : `<td class="long">${text}</td>`;
}

/** A number that ought to be 0 and is not; what is unknown is no alert. */
function alertOf(text: string, cell: Cell): string {
  return cell === null ? text : `<strong class="alert">${text}</strong>`;
}

const slug = (text: string): string => text.toLowerCase().replace(/[^a-z]+/g, "-");

/** A line is broken at hyphens, and not within a day. */
function withDays(html: string): string {
  return html.replace(/\b\d{4}-\d\d-\d\d\b/g, '<span class="day">$&</span>');
}
