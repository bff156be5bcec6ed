import { cellText, type BarChart, type Chart, type HeatChart } from "./page.js";
import { escapeHtml } from "./escape.js";

/*
 * Charts as SVG. They are as wide as the page: places along the x axis are percentages, and texts keep their size. Who
 * does not see them has the table that goes with each.
 */

/** A chart as SVG, with its title and what it shows in words. */
export function svgOf(chart: Chart, id: string): string {
  if (chart.kind === "heat") return heat(chart, id);
  return chart.kind === "bars" ? bars(chart, id) : columns(chart, id);
}

function frame(
  id: string,
  { title, height, told }: { title: string; height: number; told: string },
  body: string,
): string {
  return (
    `<svg class="chart" role="img" aria-labelledby="${id}-title ${id}-told" width="100%" height="${String(height)}">` +
    `<title id="${id}-title">${escapeHtml(title)}</title><desc id="${id}-told">${escapeHtml(told)}</desc>${body}</svg>`
  );
}

const percent = (value: number): string => `${String(Math.round(value * 100) / 100)}%`;

/** The largest value, in words; a chart's description is its message and not its numbers, which the table has. */
function told({ bars: all, unit, digits = 0 }: BarChart): string {
  const [most] = [...all].sort((a, b) => b.value - a.value);
  if (most === undefined) return "There is nothing to show.";
  return `The most are ${shown(most.value, digits)} ${unit}: ${most.label}.`;
}

const shown = (value: number, digits: number): string => cellText(value, { kind: "number", digits });

const ROW = 40;

function bars(chart: BarChart, id: string): string {
  const most = Math.max(...chart.bars.map(({ value }) => value), 0) || 1;
  const body = chart.bars.map(({ label, value }, index) => {
    const y = index * ROW;
    return (
      `<text x="0" y="${String(y + 14)}">${escapeHtml(label)}</text>` +
      `<text x="100%" y="${String(y + 14)}" text-anchor="end">${shown(value, chart.digits ?? 0)}</text>` +
      `<rect class="track" x="0" y="${String(y + 20)}" width="100%" height="10" rx="2"/>` +
      `<rect class="bar" x="0" y="${String(y + 20)}" width="${percent((100 * value) / most)}" height="10" rx="2"/>`
    );
  });
  return frame(id, { title: chart.title, height: chart.bars.length * ROW, told: told(chart) }, body.join(""));
}

const HIGH = 200;
const TOP = 18;
/** Labels below columns: of many only as many as there is room for. */
const MOST_LABELS = 13;

function columns(chart: BarChart, id: string): string {
  const most = Math.max(...chart.bars.map(({ value }) => value), 0) || 1;
  const step = 100 / Math.max(chart.bars.length, 1);
  const every = Math.ceil(chart.bars.length / MOST_LABELS);
  const body = chart.bars.map(({ label, value }, index) => {
    const height = (HIGH * value) / most;
    const middle = percent((index + 0.5) * step);
    const tick =
      index % every === 0
        ? `<text class="tick" x="${middle}" y="${String(TOP + HIGH + 16)}" text-anchor="middle">${escapeHtml(shortLabel(label))}</text>`
        : "";
    return (
      `<rect class="bar" x="${percent(index * step + step * 0.15)}" y="${String(Math.round(TOP + HIGH - height))}" ` +
      `width="${percent(step * 0.7)}" height="${String(Math.round(height))}" rx="2"><title>${escapeHtml(label)}: ${shown(value, chart.digits ?? 0)}</title></rect>${tick}`
    );
  });
  const base = TOP + HIGH;
  const axis =
    `<line class="axis" x1="0" x2="100%" y1="${String(base)}" y2="${String(base)}"/>` +
    `<text class="tick" x="0" y="12">${escapeHtml(`${shown(most, chart.digits ?? 0)} ${chart.unit}`)}</text>` +
    `<line class="grid" x1="0" x2="100%" y1="${String(TOP)}" y2="${String(TOP)}"/>`;
  return frame(id, { title: chart.title, height: base + 24, told: told(chart) }, axis + body.join(""));
}

/** A month is its last two digits where a row of them says which year it is; the table has it whole. */
function shortLabel(label: string): string {
  const [, year = "", month = ""] = /^\d\d(\d\d)-(\d\d)$/.exec(label) ?? [];
  return month === "" ? label : `${month}/${year}`;
}

const CELL = 18;
/** Steps of darkness, and their share of the whole width for the labels of rows. */
const LEVELS = 5;
const LABELS = 14;

function heat({ title, unit, columns: names, rows }: HeatChart, id: string): string {
  const most = Math.max(...rows.flatMap(({ values }) => values), 0);
  const step = (100 - LABELS) / Math.max(names.length, 1);
  const heads = names.map(
    (name, index) =>
      `<text class="tick" x="${percent(LABELS + (index + 0.5) * step)}" y="12" text-anchor="middle">${escapeHtml(name.slice(0, 2))}</text>`,
  );
  const body = rows.map(({ label, values }, row) => {
    const y = 20 + row * CELL;
    const cells = values.map((value, index) => {
      const level = most === 0 ? 0 : Math.ceil((LEVELS * value) / most);
      return (
        `<rect class="level${String(level)}" x="${percent(LABELS + index * step)}" y="${String(y)}" width="${percent(step * 0.94)}" height="${String(CELL - 2)}" rx="2">` +
        `<title>${escapeHtml(`${names[index] ?? ""} ${label}: ${shown(value, 0)} ${unit}`)}</title></rect>`
      );
    });
    return `<text class="tick" x="0" y="${String(y + 12)}">${escapeHtml(label)}</text>${cells.join("")}`;
  });
  const [top] = rows
    .flatMap(({ label, values }) => values.map((value, index) => ({ label: `${names[index] ?? ""} ${label}`, value })))
    .sort((a, b) => b.value - a.value);
  const message =
    top === undefined || top.value === 0
      ? "There is nothing to show."
      : `The most are ${shown(top.value, 0)} ${unit}: ${top.label}.`;
  return frame(id, { title, height: 20 + rows.length * CELL, told: message }, heads.join("") + body.join(""));
}
