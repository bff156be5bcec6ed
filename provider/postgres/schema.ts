import * as z from "zod";
import { objectArguments } from "../core/arguments.js";
import { defineResource } from "../core/define.js";
import { NO_DELTA, doing, impossible } from "../core/delta.js";
import type { Delta, ObjectDefinition, Problem, Wanted } from "../core/resource.js";
import { databaseName, isMissing, isMissingDatabase, type Catalog } from "./catalog.js";
import { schemaThing, schemaThings, type Change } from "./changes.js";
import { blankDatabase, placeOf, shownName, type Schema as LiveSchema } from "./databaseCatalog.js";
import { databaseMeant } from "./databaseMeant.js";
import { objectName } from "./grantArguments.js";
import type { ObjectKind } from "./objectKinds.js";
import { connection, existingRoleName, remark } from "./roleArguments.js";
import { missingOwner } from "./roles.js";
import { missingDatabase } from "./securedObjects.js";
import { insideOf } from "./parts.js";
import { postgres } from "./system.js";

const schema = z.strictObject({
  database: objectName().optional(),
  name: objectName(),
  owner: existingRoleName().optional(),
  comment: remark,
  existing: objectArguments.existing,
  onRemove: z.enum(["drop", "keep"]).optional(),
  connection,
});

type SchemaArguments = z.output<typeof schema>;

function find(catalog: Catalog, { database, name }: SchemaArguments): LiveSchema | undefined {
  return catalog.inside.get(databaseName(catalog, database))?.schemas.get(name);
}

/** What `postgres.Schema` is. */
export const schemaDefinition: ObjectDefinition<Catalog, Change, typeof schema> = {
  kind: "object",
  token: "postgres.Schema",
  system: postgres,
  schema,
  key: ["database", "name"],
  renamable: [],
  describe: ({ database, name }) =>
    JSON.stringify(name) + (database === undefined ? "" : ` in database ${JSON.stringify(database)}`),
  parts: ({ database }) => [insideOf(database)],
  things: (args, connection) => [schemaThing({ name: args.name, database: databaseMeant(args, connection) })],
  decides(args, connection) {
    const database = databaseMeant(args, connection);
    return [`schema:${database === undefined ? "" : `${database}.`}${args.name}`];
  },
  incomparable: [],
  reports: [],
  validate: () => [],
  prepare: (args) => Promise.resolve(args),

  observe(catalog, args) {
    const live = find(catalog, args);
    if (live === undefined) return undefined;
    return { ...args, ...(args.owner === undefined ? {} : { owner: live.owner }), comment: live.comment };
  },

  delta,

  remove(catalog, args, how, { claimed }) {
    // One that was adopted stays, and one that another resource has by another of its names.
    if (how === "disable" || schemaThings(catalog, args).some(claimed)) return NO_DELTA;
    const held = objectsIn(catalog, args);
    if (held.length > 0) return impossible(notEmpty(args, held));
    return doing<Change>({ kind: "dropSchema", database: databaseName(catalog, args.database), name: args.name });
  },

  untouched(catalog, args) {
    const live = find(catalog, args);
    const owner = args.owner ?? catalog.server?.currentUser;
    // `public` comes with every database.
    return (
      live?.owner === owner &&
      live?.acl.size === 1 &&
      live.comment === args.comment &&
      objectsIn(catalog, args).length === 0
    );
  },

  assume(catalog, args) {
    const { name, owner = "", comment } = args;
    const database = databaseName(catalog, args.database);
    const inside = catalog.inside.get(database) ?? blankDatabase();
    inside.schemas.set(name, { name, owner, comment, acl: new Map() });
    catalog.inside.set(database, inside);
  },
};

/** `postgres.Schema`: a schema of a database. */
export const Schema = defineResource(schemaDefinition);

function delta({ model, args }: Wanted<Catalog, SchemaArguments>): Delta<Catalog, Change> {
  const { name, owner, comment } = args;
  const database = databaseName(model, args.database);
  if (isMissingDatabase(model, database)) return impossible(missingDatabase(database));
  if (owner !== undefined && isMissing(model, owner))
    return impossible(missingOwner(owner, `schema ${JSON.stringify(name)}`));
  const live = find(model, args);
  const remarkOn: Change = { kind: "commentSchema", database, name, comment: comment ?? null };
  if (live === undefined) {
    const create: Change = { kind: "createSchema", database, name, ...(owner === undefined ? {} : { owner }) };
    return doing<Change>(create, ...(comment === undefined ? [] : [remarkOn]));
  }
  const own: Change[] =
    owner === undefined || owner === live.owner ? [] : [{ kind: "ownSchema", database, name, owner }];
  return doing(...own, ...(comment === live.comment ? [] : [remarkOn]));
}

const KINDS: readonly ObjectKind[] = ["table", "sequence", "function", "procedure", "type"];

function objectsIn(catalog: Catalog, { database, name }: SchemaArguments): string[] {
  const inside = catalog.inside.get(databaseName(catalog, database));
  return KINDS.flatMap((kind) =>
    [...(inside?.objects.get(placeOf(kind, name))?.keys() ?? [])].map(
      (object) => `${kind} ${shownName(kind, name, object)}`,
    ),
  );
}

function notEmpty({ name }: SchemaArguments, held: readonly string[]): Problem {
  const shown = held.slice(0, 10).join(", ");
  const more = held.length > 10 ? ` and ${String(held.length - 10)} more` : "";
  return {
    message: `schema ${JSON.stringify(name)} is not dropped, because there is something in it: ${shown}${more}`,
    remedy: 'Drop or move what is in it, or give the resource onRemove: "keep".',
  };
}
