/** A table or a view, as information_schema tells of it. */
export interface SqlObject {
  readonly kind: "table" | "view";
  readonly comment: string | undefined;
  /** What a view selects; undefined for a table, and where the account may not see it. */
  readonly text: string | undefined;
  /** The columns of a table by folded name. */
  readonly columns: ReadonlySet<string>;
}

/** What is known of the tables and views of a workspace, by folded `catalog.schema` and name. */
export interface Objects {
  /** Undefined for a schema that was looked at and is not there. */
  readonly schemas: Map<string, Map<string, SqlObject> | undefined>;
}

/** A column of a table that is managed. */
export interface ColumnDefinition {
  readonly name: string;
  readonly type: "STRING" | "BIGINT" | "BOOLEAN" | "TIMESTAMP";
}

/** A table that is managed. */
export interface TableDefinition {
  readonly name: string;
  readonly comment: string;
  /** Delta then refuses UPDATE, DELETE and MERGE that change a row. */
  readonly appendOnly?: true;
  readonly columns: readonly ColumnDefinition[];
}

/** A change of tables and views, as data. Every one can be done twice. */
export type ObjectChange =
  | { readonly kind: "createSchema"; readonly schema: string }
  | { readonly kind: "createTable"; readonly schema: string; readonly table: TableDefinition }
  | {
      readonly kind: "addColumns";
      readonly schema: string;
      readonly table: string;
      readonly columns: readonly ColumnDefinition[];
    }
  | { readonly kind: "replaceView"; readonly name: string; readonly query: string; readonly comment: string }
  | { readonly kind: "dropView"; readonly name: string };

/** A name as it is compared: case does not count in Unity Catalog. */
export function foldName(name: string): string {
  return name.toLowerCase();
}

/** `main.data_products.usage_logs` as `main.data_products` and `usage_logs`. */
export function splitName(fullName: string): { readonly schema: string; readonly name: string } {
  const at = fullName.lastIndexOf(".");
  return { schema: fullName.slice(0, at), name: fullName.slice(at + 1) };
}

/** What stands under a full name; undefined where nothing does. */
export function objectAt(objects: Objects, fullName: string): SqlObject | undefined {
  const { schema, name } = splitName(fullName);
  return objects.schemas.get(foldName(schema))?.get(foldName(name));
}

/** Makes a model what it is after a change. */
export function applyObjectChange(objects: Objects, change: ObjectChange): void {
  const place = change.kind === "replaceView" || change.kind === "dropView" ? splitName(change.name) : undefined;
  const key = foldName(place?.schema ?? ("schema" in change ? change.schema : ""));
  const schema = objects.schemas.get(key) ?? new Map<string, SqlObject>();
  objects.schemas.set(key, schema);
  if (change.kind === "createTable") {
    const columns = new Set(change.table.columns.map(({ name }) => foldName(name)));
    schema.set(foldName(change.table.name), { kind: "table", comment: change.table.comment, text: undefined, columns });
  } else if (change.kind === "addColumns") {
    const before = schema.get(foldName(change.table));
    const added = change.columns.map(({ name }) => foldName(name));
    if (before !== undefined) {
      schema.set(foldName(change.table), { ...before, columns: new Set([...before.columns, ...added]) });
    }
  } else if (change.kind === "replaceView") {
    const { comment, query: text } = change;
    schema.set(foldName(place?.name ?? ""), { kind: "view", comment, text, columns: new Set() });
  } else if (change.kind === "dropView") {
    schema.delete(foldName(place?.name ?? ""));
  }
}
