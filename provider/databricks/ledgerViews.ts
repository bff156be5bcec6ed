import * as z from "zod";
import { defineResource } from "../core/define.js";
import { doing, impossible } from "../core/delta.js";
import type { Delta } from "../core/resource.js";
import { connection } from "./arguments.js";
import { productViews, sharedViews, type ViewDefinition } from "./ledger/views.js";
import { ledgerPlace } from "./ledgerTables.js";
import { foldName, objectAt, type ObjectChange, type Objects } from "./objects/catalog.js";
import { databricksSql } from "./objects/system.js";
import { commentWithDigest, isAsDeclared } from "./objects/viewText.js";

const schema = z.strictObject({
  ledger: ledgerPlace,
  product: z.string().min(1),
  /** After how many days without use a consumer is inactive. */
  inactiveDays: z.number().int().positive(),
  onRemove: z.enum(["drop", "keep"]).optional(),
  connection,
});

type ViewsArguments = z.output<typeof schema>;

function allViews(args: ViewsArguments): ViewDefinition[] {
  return [...sharedViews(args.ledger), ...productViews(args)];
}

/**
 * `databricks.LedgerViews`: the views of a ledger and of one of its products. Those that all products share stay when a
 * product goes.
 */
export const LedgerViews = defineResource({
  kind: "relation",
  token: "databricks.LedgerViews",
  system: databricksSql,
  schema,
  key: ["ledger", "product"],
  renamable: [],
  things: ({ ledger, product }) => [`ledger views:${foldName(ledger)}/${product}`],
  decides: (args) => productViews(args).map(({ name }) => `view:${foldName(`${args.ledger}.${name}`)}`),
  incomparable: [],
  reports: [],
  validate: () => [],
  prepare: (args) => Promise.resolve(args),
  parts: ({ ledger }) => [ledger],

  observe(objects, args) {
    const others = otherwise(objects, args).map(({ name }) => name);
    // What is missing or selects something else shows as a property that no argument has.
    return others.length === 0 ? args : { ...args, otherwise: others };
  },

  delta({ model, args }): Delta<Objects, ObjectChange> {
    const { ledger } = args;
    const tables = allViews(args).filter(({ name }) => objectAt(model, `${ledger}.${name}`)?.kind === "table");
    if (tables.length > 0) {
      const named = tables.map(({ name }) => `${ledger}.${name}`).join(", ");
      return impossible({
        message: `a table is where a view of the ledger has to be: ${named}`,
        remedy: "Rename it (ALTER TABLE ... RENAME TO ...): the view would hide what it holds.",
      });
    }
    const changes = otherwise(model, args).map(({ name, comment, query }): ObjectChange => {
      return { kind: "replaceView", name: `${ledger}.${name}`, query, comment: commentWithDigest(comment, query) };
    });
    return doing(...changes);
  },

  remove(objects, args) {
    const names = productViews(args).map(({ name }) => `${args.ledger}.${name}`);
    const there = names.filter((name) => objectAt(objects, name)?.kind === "view");
    const changes = there.map((name): ObjectChange => ({ kind: "dropView", name }));
    return doing(...changes);
  },

  assume(objects, args) {
    for (const { name, comment, query } of allViews(args)) {
      const change = { name: `${args.ledger}.${name}`, query, comment: commentWithDigest(comment, query) };
      databricksSql.applyTo(objects, { kind: "replaceView", ...change });
    }
  },
});

/** The views that are missing, or not as they should be, in the order in which they need each other. */
function otherwise(objects: Objects, args: ViewsArguments): ViewDefinition[] {
  return allViews(args).filter(
    ({ name, comment, query }) => !isAsDeclared(objectAt(objects, `${args.ledger}.${name}`), comment, query),
  );
}
