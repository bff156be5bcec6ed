/*
 * A report as it is before it has a form: facts, sections, tables and charts. Each renderer makes all of it, so that
 * the forms cannot tell different things.
 */

/** A value in a table: a text, a number, or null for what is not known. */
export type Cell = string | number | null;

/** A column of a table. */
export interface Column {
  /** What stands above it. */
  readonly heading: string;
  /** Its name in CSV: `total_queries`. */
  readonly key: string;
  /**
   * `number` is set to the right, with so many digits after the point; `alert` is a number that ought to be 0; `state`
   * is one of few words, such as a status; `code` as it is typed.
   */
  readonly kind: "text" | "number" | "alert" | "state" | "code";
  /** Default 0. */
  readonly digits?: number;
}

/** A table. */
export interface Table {
  /** What it holds, for those who hear it rather than see it. */
  readonly caption: string;
  /** In their order. */
  readonly columns: readonly Column[];
  /** In their order. */
  readonly rows: readonly (readonly Cell[])[];
  /** What is said in place of a table without rows. */
  readonly empty: string;
}

/** Bars beside each other, one a label: over time, or one below the other by size. */
export interface BarChart {
  /** Which chart. */
  readonly kind: "columns" | "bars";
  /** What it shows. */
  readonly title: string;
  /** What the values are: `queries`. */
  readonly unit: string;
  /** What the labels are: `Month`. */
  readonly label: string;
  /** Digits after the point. Default 0. */
  readonly digits?: number;
  /** In their order. */
  readonly bars: readonly { readonly label: string; readonly value: number }[];
}

/** A field of cells, darker where there is more. */
export interface HeatChart {
  /** Which chart. */
  readonly kind: "heat";
  /** What it shows. */
  readonly title: string;
  /** What the values are. */
  readonly unit: string;
  /** What the rows are: `Hour`. */
  readonly label: string;
  /** In their order. */
  readonly columns: readonly string[];
  /** In their order. */
  readonly rows: readonly { readonly label: string; readonly values: readonly number[] }[];
}

/** A chart; its numbers are always to be had as a table too. */
export type Chart = BarChart | HeatChart;

/** A part of a report. */
export interface Section {
  /** For links: letters and dashes. */
  readonly id: string;
  /** Its heading. */
  readonly heading: string;
  /** Paragraphs. */
  readonly text?: readonly string[];
  /** Charts, before the table. */
  readonly charts?: readonly Chart[];
  /** A table, last. */
  readonly table?: Table;
}

/** A report. */
export interface Page {
  /** What it shows. */
  readonly title: string;
  /** What it is about in numbers and dates, before all else. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** In their order. */
  readonly sections: readonly Section[];
  /** What CSV holds: one table. */
  readonly main: Table;
}

/** The numbers of a chart as a table. */
export function tableOf(chart: Chart): Table {
  const empty = "Nothing was counted.";
  if (chart.kind === "heat") {
    return {
      caption: chart.title,
      empty,
      columns: [
        { heading: chart.label, key: "label", kind: "text" },
        ...chart.columns.map((heading) => ({ heading, key: heading, kind: "number" as const })),
      ],
      rows: chart.rows.map(({ label, values }) => [label, ...values]),
    };
  }
  const { digits = 0 } = chart;
  return {
    caption: chart.title,
    empty,
    columns: [
      { heading: chart.label, key: "label", kind: "text" },
      { heading: capital(chart.unit), key: "value", kind: "number", digits },
    ],
    rows: chart.bars.map(({ label, value }) => [label, value]),
  };
}

/** A text that begins with a capital. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Whether a column is of numbers, which are set to the right. */
export function isNumeric(kind: Column["kind"]): boolean {
  return kind === "number" || kind === "alert";
}

/** A cell as people read it. */
export function cellText(cell: Cell, { kind, digits = 0 }: Pick<Column, "kind" | "digits">): string {
  if (cell === null) return "unknown";
  if (typeof cell === "string" || !isNumeric(kind)) return String(cell);
  return cell.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
