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
  return messageOf(all, unit, digits);
}

function messageOf(
  all: readonly { readonly label: string; readonly value: number }[],
  unit: string,
  digits = 0,
): string {
  const [most] = [...all].sort((a, b) => b.value - a.value);
  if (most === undefined || most.value === 0) return "There is nothing to show.";
  return `Highest: ${most.label}, with ${shown(most.value, digits)} (${unit}).`;
}

const shown = (value: number, digits: number): string => cellText(value, { kind: "number", digits });

/** A number as short as a column is narrow: 12K. */
function short(value: number): string {
  return value < 10_000 ? shown(value, 0) : value.toLocaleString("en-US", { notation: "compact" });
}

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

const HIGH = 180;
const TOP = 20;
/** Labels below columns: of many only as many as there is room for. */
const MOST_LABELS = 13;

function columns(chart: BarChart, id: string): string {
  const most = Math.max(...chart.bars.map(({ value }) => value), 0) || 1;
  const step = 100 / Math.max(chart.bars.length, 1);
  const every = Math.ceil(chart.bars.length / MOST_LABELS);
  const body = chart.bars.map(({ label, value }, index) => {
    const height = (HIGH * value) / most;
    const middle = percent((index + 0.5) * step);
    const isLabelled = index % every === 0;
    // A narrow page has room for every second one.
    const seen = (index / every) % 2 === 1 ? " wide" : "";
    const tick = isLabelled
      ? `<text class="tick${seen}" x="${middle}" y="${String(TOP + HIGH + 16)}" text-anchor="middle">${escapeHtml(shortLabel(label))}</text>` +
        `<text class="tick wide" x="${middle}" y="${String(Math.round(TOP + HIGH - height) - 5)}" text-anchor="middle">${short(value)}</text>`
      : "";
    return (
      `<rect class="bar" x="${percent(index * step + step * 0.15)}" y="${String(Math.round(TOP + HIGH - height))}" ` +
      `width="${percent(step * 0.7)}" height="${String(Math.round(height))}" rx="2"><title>${escapeHtml(label)}: ${shown(value, chart.digits ?? 0)}</title></rect>${tick}`
    );
  });
  const base = TOP + HIGH;
  const axis =
    `<line class="axis" x1="0" x2="100%" y1="${String(base)}" y2="${String(base)}"/>` +
    `<text class="tick narrow" x="0" y="12">${escapeHtml(`${shown(most, chart.digits ?? 0)} ${chart.unit}`)}</text>` +
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
      `<text class="tick" x="${percent(LABELS + (index + 0.5) * step)}" y="12" text-anchor="middle">${escapeHtml(name.slice(0, 3))}</text>`,
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
  const all = rows.flatMap(({ label, values }) =>
    values.map((value, index) => ({ label: `${names[index] ?? ""} ${label}`, value })),
  );
  const end = 20 + rows.length * CELL;
  return frame(
    id,
    { title, height: end + 30, told: messageOf(all, unit) },
    heads.join("") + body.join("") + legend(most, end + 8),
  );
}

/** Which darkness is how much. */
function legend(most: number, y: number): string {
  const swatch = 4;
  const cells = Array.from(
    { length: LEVELS + 1 },
    (_, level) =>
      `<rect class="level${String(level)}" x="${percent(LABELS + level * swatch)}" y="${String(y)}" width="${percent(swatch)}" height="12"/>`,
  );
  const text = (x: number, anchor: string, words: string): string =>
    `<text class="tick" x="${percent(x)}" y="${String(y + 10)}" dx="${anchor === "end" ? "-6" : "6"}" text-anchor="${anchor}">${words}</text>`;
  return text(LABELS, "end", "0") + cells.join("") + text(LABELS + (LEVELS + 1) * swatch, "start", shown(most, 0));
}
