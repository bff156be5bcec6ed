/**
 * What privileges can be on. The names are those of the API's path; Databricks has all but `registered_model`, which is
 * the open-source server's, and which is a `function` on Databricks.
 */
export const SECURABLE_TYPES = [
  "catalog",
  "clean_room",
  "connection",
  "credential",
  "external_location",
  "external_metadata",
  "function",
  "metastore",
  "pipeline",
  "provider",
  "recipient",
  "registered_model",
  "schema",
  "share",
  "staging_table",
  "storage_credential",
  "table",
  "volume",
] as const;

/** A kind of thing that privileges can be on. */
export type SecurableType = (typeof SECURABLE_TYPES)[number];

/** Something that privileges are on. */
export interface Securable {
  readonly type: SecurableType;
  /** `main.sales.orders`, without quotation marks. */
  readonly name: string;
}

/** The types of the open-source server. */
export const OPEN_SOURCE_TYPES: ReadonlySet<SecurableType> = new Set<SecurableType>([
  "metastore",
  "catalog",
  "schema",
  "table",
  "function",
  "volume",
  "registered_model",
  "external_location",
  "credential",
]);

/** How many parts a name has, where the type decides that. */
const PARTS: Partial<Record<SecurableType, readonly [count: number, form: string]>> = {
  catalog: [1, "catalog"],
  schema: [2, "catalog.schema"],
  table: [3, "catalog.schema.table"],
  staging_table: [3, "catalog.schema.table"],
  function: [3, "catalog.schema.function"],
  volume: [3, "catalog.schema.volume"],
  registered_model: [3, "catalog.schema.model"],
};

/** What people call things that the API calls otherwise. */
const OTHER_NAMES: Readonly<Record<string, SecurableType>> = {
  view: "table",
  materialized_view: "table",
  streaming_table: "table",
  database: "schema",
  model: "function",
  service_credential: "credential",
  server: "connection",
};

/**
 * Reads `table main.sales.orders`: a type, a space and a full name. Gives what is wrong where it is not that.
 *
 * @example
 * parseSecurable("Table main.sales.orders") // { type: "table", name: "main.sales.orders" }
 */
export function parseSecurable(text: string): Securable | { readonly reason: string } {
  const [, word = "", name = ""] = /^(\S+)\s+(\S.*)$/su.exec(text.trim()) ?? [];
  if (name === "") {
    return {
      reason: `must be a type and a full name, such as "table main.sales.orders", and is ${JSON.stringify(text)}`,
    };
  }
  const type = SECURABLE_TYPES.find((each) => each === word.toLowerCase());
  if (type === undefined) return { reason: unknownType(word) };
  const reason = refusedFullName(type, name);
  return reason === undefined ? { type, name } : { reason: `${JSON.stringify(text)} ${reason}` };
}

function unknownType(word: string): string {
  const other = OTHER_NAMES[word.toLowerCase()];
  const hint = other === undefined ? `the types are ${SECURABLE_TYPES.join(", ")}` : `it is a "${other}" here`;
  return `${JSON.stringify(word)} is no type of securable; ${hint}`;
}

function refusedFullName(type: SecurableType, name: string): string | undefined {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f/]/.test(name)) return "holds a slash or a control character, which no name can";
  if (name.includes("`")) return "holds quotation marks; names stand here as they are";
  const parts = name.split(".");
  if (parts.some((part) => part.trim() === "")) return "has an empty part in its name";
  const [count, form] = PARTS[type] ?? [undefined, ""];
  return count === undefined || parts.length === count ? undefined : `must name its ${type} as ${form}`;
}

/** The canonical text: `table main.sales.orders`. */
export function formatSecurable({ type, name }: Securable): string {
  return `${type} ${name}`;
}

/** A text that was checked before. Throws a RangeError where it was not. */
export function securableOf(text: string): Securable {
  const parsed = parseSecurable(text);
  if ("reason" in parsed) throw new RangeError(parsed.reason);
  return parsed;
}

/** What tells securables apart: Unity Catalog finds a name whatever its case. */
export function securableKey(text: string): string {
  return text.toLowerCase();
}
