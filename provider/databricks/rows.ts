/** A column of a result. */
export interface Column {
  readonly name: string;
  /** The base type of Databricks SQL: STRING, LONG, DOUBLE, TIMESTAMP, ... */
  readonly type: string;
}

/**
 * A value of a result: numbers for BYTE, SHORT, INT, FLOAT and DOUBLE, and for LONG as far as JavaScript holds them
 * exactly; booleans for BOOLEAN; everything else as the text that Databricks gives, so that nothing is lost.
 */
export type Value = string | number | boolean | null;

/** A row by column. Of columns with one name the last counts. */
export type Row = Readonly<Record<string, Value>>;

const NUMBERS = new Set(["BYTE", "SHORT", "INT", "FLOAT", "DOUBLE"]);

/** A row of texts as a record of values. */
export function recordOf(columns: readonly Column[], values: readonly (string | null)[]): Row {
  return Object.fromEntries(columns.map(({ name, type }, index) => [name, valueOf(type, values[index] ?? null)]));
}

function valueOf(type: string, text: string | null): Value {
  if (text === null) return null;
  if (type === "BOOLEAN") return text === "true";
  const number = Number(text);
  if (NUMBERS.has(type)) return Number.isNaN(number) ? text : number;
  if (type === "LONG" && Number.isSafeInteger(number)) return number;
  return text;
}
