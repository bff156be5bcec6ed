import { RosterError } from "../core/errors.js";

/**
 * A value for a parameter of a statement. Numbers go as BIGINT or DOUBLE, booleans as BOOLEAN, dates as TIMESTAMP, text
 * as STRING, null as NULL; `type` names another one of Databricks SQL: `{ value: "2027-01-31", type: "DATE" }`.
 */
export type ParameterValue =
  string | number | bigint | boolean | Date | null | { readonly value: string | null; readonly type: string };

/** A parameter as the API takes it. */
export interface StatementParameter {
  readonly name: string;
  readonly value?: string;
  readonly type?: string;
}

/** Parameters as the API takes them. Throws a RosterError for a value that has no form. */
export function statementParameters(given: Readonly<Record<string, ParameterValue>>): StatementParameter[] {
  return Object.entries(given).map(([name, value]): StatementParameter => ({ name, ...written(name, value) }));
}

function written(name: string, value: ParameterValue): Omit<StatementParameter, "name"> {
  if (value === null) return {};
  if (typeof value === "string") return { value, type: "STRING" };
  if (typeof value === "boolean") return { value: String(value), type: "BOOLEAN" };
  if (typeof value === "bigint") return { value: String(value), type: "BIGINT" };
  if (typeof value === "number" && Number.isFinite(value)) {
    return { value: String(value), type: Number.isSafeInteger(value) ? "BIGINT" : "DOUBLE" };
  }
  if (value instanceof Date && !Number.isNaN(value.getTime())) return { value: value.toISOString(), type: "TIMESTAMP" };
  if (typeof value === "object" && !(value instanceof Date)) {
    return { type: value.type, ...(value.value === null ? {} : { value: value.value }) };
  }
  throw new RosterError(`the parameter ${name} of a SQL statement is ${String(value)}, which is no value`, {
    remedy: "Give null where there is none.",
  });
}
