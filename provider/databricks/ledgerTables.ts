import * as z from "zod";
import { defineResource } from "../core/define.js";
import { NO_DELTA } from "../core/delta.js";
import type { Delta } from "../core/resource.js";
import { connection } from "./arguments.js";
import { LEDGER_TABLES } from "./ledger/tables.js";
import { foldName, type ObjectChange, type Objects, type SqlObject, type TableDefinition } from "./objects/catalog.js";
import { databricksSql } from "./objects/system.js";

/** The place of a ledger: `main.data_products`. */
export const ledgerPlace = z
  .string()
  .regex(
    /^[^.`/\s]+\.[^.`/\s]+$/,
    "must be a catalog and a schema such as main.data_products, without quotation marks",
  );

const schema = z.strictObject({
  ledger: ledgerPlace,
  /** The data product that it is for: several have one ledger. */
  product: z.string().min(1),
  connection,
});

/**
 * `databricks.LedgerTables`: the tables of a ledger. They are made and completed, and never dropped: what was granted
 * has to be provable after everything else is gone.
 */
export const LedgerTables = defineResource({
  kind: "relation",
  token: "databricks.LedgerTables",
  system: databricksSql,
  schema,
  key: ["ledger", "product"],
  renamable: [],
  things: ({ ledger }) => [`ledger:${foldName(ledger)}`],
  decides: () => [],
  incomparable: [],
  reports: [],
  validate: () => [],
  prepare: (args) => Promise.resolve(args),
  parts: ({ ledger }) => [ledger],

  observe(objects, args) {
    const missing = missingIn(objects, args.ledger);
    // What is missing shows as a property that no argument has.
    return missing.length === 0 ? args : { ...args, missing };
  },

  delta({ model, args: { ledger } }): Delta<Objects, ObjectChange> {
    const place = objectsIn(model, ledger);
    const views = LEDGER_TABLES.filter(({ name }) => place?.get(name)?.kind === "view");
    if (views.length > 0) {
      const named = views.map(({ name }) => `${ledger}.${name}`).join(", ");
      return {
        units: [],
        problems: [{ message: `a view is where a table of the ledger has to be: ${named}`, remedy: "Drop it." }],
      };
    }
    const create: ObjectChange[] = place === undefined ? [{ kind: "createSchema", schema: ledger }] : [];
    const changes = [
      ...create,
      ...LEDGER_TABLES.flatMap((table) => tableChanges(ledger, table, place?.get(table.name))),
    ];
    return changes.length === 0 ? NO_DELTA : { units: [changes], problems: [] };
  },

  remove: () => NO_DELTA,
  assume(objects, { ledger }) {
    for (const table of LEDGER_TABLES) {
      databricksSql.applyTo(objects, { kind: "createTable", schema: ledger, table });
    }
  },
});

function objectsIn(objects: Objects, ledger: string): ReadonlyMap<string, SqlObject> | undefined {
  return objects.schemas.get(foldName(ledger));
}

function tableChanges(schema: string, table: TableDefinition, live: SqlObject | undefined): ObjectChange[] {
  if (live === undefined) return [{ kind: "createTable", schema, table }];
  const columns = table.columns.filter(({ name }) => !live.columns.has(name));
  return columns.length === 0 ? [] : [{ kind: "addColumns", schema, table: table.name, columns }];
}

function missingIn(objects: Objects, ledger: string): string[] {
  const place = objectsIn(objects, ledger);
  return LEDGER_TABLES.flatMap((table) => {
    const live = place?.get(table.name);
    if (live?.kind !== "table") return [table.name];
    return table.columns.filter(({ name }) => !live.columns.has(name)).map(({ name }) => `${table.name}.${name}`);
  });
}
