/** Other names of types, and the one under which the server lists them. */
const TYPES: Readonly<Record<string, string>> = {
  bool: "boolean",
  char: "character",
  decimal: "numeric",
  float: "double precision",
  float4: "real",
  float8: "double precision",
  int: "integer",
  int2: "smallint",
  int4: "integer",
  int8: "bigint",
  timestamp: "timestamp without time zone",
  timestamptz: "timestamp with time zone",
  time: "time without time zone",
  timetz: "time with time zone",
  varbit: "bit varying",
  varchar: "character varying",
};

/**
 * The name of a function or procedure and the types of its arguments, as the server lists them: `add(int, text)`. Only
 * what a type can be made of is let through, because the types become part of a statement as they are.
 * Throws a RangeError that says how to write it.
 *
 * @example
 * routineOf("add(int, app.money[])") // ["add", "integer, app.money[]"]
 */
export function routineOf(text: string): [string, string] {
  const match = /^([\s\S]+)\(([^()]*)\)$/.exec(text);
  const types = match?.[2]?.trim() ?? "";
  const list = types === "" ? [] : types.split(",").map((type) => type.trim().replace(/\s+/g, " "));
  if (match?.[1] === undefined || !list.every((type) => TYPE.test(type))) {
    throw new RangeError(
      `${JSON.stringify(text)} is not a name with the types of its arguments, such as "add(integer, app.money)" or "refresh()"`,
    );
  }
  return [match[1], list.map(canonicalType).join(", ")];
}

const WORD = String.raw`(?:"(?:[^"\u0000]|"")+"|[A-Za-z_][\w$]*)`;
const TYPE = new RegExp(String.raw`^${WORD}(?:(?:\.| )${WORD})*(?:\[\])*$`);

function canonicalType(type: string): string {
  const array = /(\[\])*$/.exec(type)?.[0] ?? "";
  const base = type.slice(0, type.length - array.length);
  const lower = base.includes('"') ? base : base.toLowerCase();
  return `${TYPES[lower] ?? lower}${array === "" ? "" : "[]"}`;
}
