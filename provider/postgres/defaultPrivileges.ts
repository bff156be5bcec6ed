import * as z from "zod";
import { leaveOut } from "../core/arguments.js";
import { defineResource } from "../core/define.js";
import { impossible } from "../core/delta.js";
import type { Delta, Problem, RelationDefinition, Wanted } from "../core/resource.js";
import { PUBLIC, type AclItem } from "./acl.js";
import { assumeDefaults } from "./assumedGrants.js";
import { databaseName, isMissing, isMissingDatabase, isOwnAccount, type Catalog } from "./catalog.js";
import type { Change } from "./changes.js";
import { LATER, areDefaultsClaimed, defaultsThing, isPrivilegeClaimed } from "./claimedPrivileges.js";
import { compareDefaults, givingDefaults, takingDefaults, type WantedDefaults } from "./futures.js";
import { databaseMeant } from "./databaseMeant.js";
import { grantee, objectName, privileges, unknownPrivileges } from "./grantArguments.js";
import type { PrivilegeDelta } from "./grants.js";
import { differences, missingGrantee, unknownToVersion } from "./grantTexts.js";
import { expanded } from "./objectKinds.js";
import { connection, existingRoleName, relationOnRemove } from "./roleArguments.js";
import { missingDatabase, missingSchema } from "./securedObjects.js";
import { missingOwner } from "./roles.js";
import { insideOf } from "./parts.js";
import { defaultsShares } from "./sharedPrivileges.js";
import { postgres } from "./system.js";

const schema = z.strictObject({
  database: objectName().optional(),
  owner: existingRoleName().optional(),
  schema: objectName().optional(),
  on: z.enum(["table", "sequence", "function", "procedure", "type", "schema"]),
  grantee,
  privileges,
  grantOption: z.boolean().transform(leaveOut<boolean>(false)).optional(),
  onRemove: relationOnRemove,
  connection,
});

type DefaultPrivilegesArguments = z.output<typeof schema>;

/** What `postgres.DefaultPrivileges` is. */
export const defaultPrivilegesDefinition: RelationDefinition<Catalog, Change, typeof schema> = {
  kind: "relation",
  token: "postgres.DefaultPrivileges",
  system: postgres,
  schema,
  key: ["database", "owner", "schema", "on", "grantee"],
  renamable: [],
  decides(args, connection) {
    const database = databaseMeant(args, connection);
    return [`set of default privileges:${describe(args)}${database === undefined ? "" : ` in ${database}`}`];
  },
  shares: defaultsShares,
  incomparable: [],
  reports: [],
  describe,
  parts: ({ database }) => [insideOf(database)],
  things: (args, connection) => [
    defaultsThing({ ...answered(args), database: databaseMeant(args, connection) }, args.owner),
  ],

  validate(args) {
    const { on, grantOption } = args;
    if (on === undefined) return [];
    return [
      ...(on === "schema" && args.schema !== undefined
        ? [{ property: "schema", reason: "has no meaning for privileges on schemas" }]
        : []),
      ...(grantOption && args.grantee === PUBLIC
        ? [{ property: "grantOption", reason: "cannot be given to PUBLIC" }]
        : []),
      ...unknownPrivileges(on, args.privileges ?? []),
    ];
  },

  prepare: (args) => Promise.resolve(args),

  observe(catalog, args) {
    if (hindrances(catalog, args).length > 0) return undefined;
    const { missing, surplus, some } = compare(catalog, args);
    return some ? { ...args, ...differences(missing, surplus) } : undefined;
  },

  delta,

  remove(catalog, args, _how, run) {
    if (isOwnAccount(catalog, args.grantee)) return { units: [], problems: [] };
    const wanted = wantedOf(catalog, args);
    const ours = new Set(privilegesIn(catalog, wanted));
    const given = isPrivilegeClaimed(catalog, answered(args), run);
    const claimed = areDefaultsClaimed(catalog, answered(args), run);
    const builtIn = args.schema === undefined && args.grantee === PUBLIC ? catalog.facts.kinds[args.on].toPublic : [];
    return together([
      takingDefaults(
        catalog,
        wanted,
        ({ privilege }, owner) =>
          ours.has(privilege) && !builtIn.includes(privilege) && !given(LATER, privilege) && !claimed(owner),
      ),
      // What nobody declares any more is as it is built in.
      givingDefaults(catalog, { ...wanted, privileges: builtIn, option: false }, (owner) => !claimed(owner)),
    ]);
  },

  assume: (catalog, args) => {
    assumeDefaults(catalog, wantedOf(catalog, args));
  },
};

/** `postgres.DefaultPrivileges`: everything that somebody gets on what an owner, or every owner, will make. */
export const DefaultPrivileges = defineResource(defaultPrivilegesDefinition);

function answered({
  database,
  on,
  schema: place,
  grantee: to,
}: DefaultPrivilegesArguments): Parameters<typeof defaultsThing>[0] {
  return { database, kind: on, schema: place, grantee: to };
}

function describe({ on, schema: place, owner, grantee: to }: DefaultPrivilegesArguments): string {
  const where = place === undefined ? "" : ` of schema ${JSON.stringify(place)}`;
  return `for ${JSON.stringify(to)} on ${on}s${where} that ${owner === undefined ? "anybody" : JSON.stringify(owner)} will make`;
}

function wantedOf(catalog: Catalog, args: DefaultPrivilegesArguments): WantedDefaults {
  return {
    database: databaseName(catalog, args.database),
    kind: args.on,
    schema: args.schema ?? "",
    owner: args.owner,
    grantee: args.grantee,
    privileges: args.privileges,
    option: args.grantOption === true,
  };
}

function privilegesIn(catalog: Catalog, { kind, privileges: of }: WantedDefaults): string[] {
  return expanded(kind, of, catalog);
}

/** Whether something that is there should not be. The account that runs this never takes its own access away. */
function unwantedItem(catalog: Catalog, wanted: WantedDefaults): (item: AclItem) => boolean {
  const ours = new Set(privilegesIn(catalog, wanted));
  const own = isOwnAccount(catalog, wanted.grantee);
  return ({ privilege, grantable }) => (ours.has(privilege) ? grantable && !wanted.option : !own);
}

function compare(
  catalog: Catalog,
  args: DefaultPrivilegesArguments,
): { missing: string[]; surplus: string[]; some: boolean } {
  const wanted = wantedOf(catalog, args);
  const ours = new Set(privilegesIn(catalog, wanted));
  const unwanted = unwantedItem(catalog, wanted);
  const owners = compareDefaults(catalog, wanted);
  const show = (owner: string, of: readonly string[]): string[] =>
    of.length === 0 ? [] : [`${of.join(", ")} on future ${args.on}s of ${owner}`];
  const missing = owners.flatMap(({ owner, lacking }) => show(owner, lacking));
  const surplus = owners.flatMap(({ owner, held }) =>
    show(
      owner,
      held.filter(unwanted).map(({ privilege }) => (ours.has(privilege) ? `GRANT OPTION FOR ${privilege}` : privilege)),
    ),
  );
  const has = owners.some(({ held }) => held.some(({ privilege }) => ours.has(privilege)));
  return { missing, surplus, some: has || missing.length === 0 };
}

/** What has to be there and is not. */
function hindrances(catalog: Catalog, args: DefaultPrivilegesArguments): Problem[] {
  const database = databaseName(catalog, args.database);
  if (isMissingDatabase(catalog, database)) return [missingDatabase(database)];
  const inside = catalog.server === undefined ? undefined : catalog.inside.get(database);
  const { schema: place, owner } = args;
  const what = `what it will make in database ${JSON.stringify(database)}`;
  return [
    ...(place !== undefined && inside !== undefined && !inside.schemas.has(place)
      ? [missingSchema(database, place)]
      : []),
    ...(owner !== undefined && isMissing(catalog, owner) ? [missingOwner(owner, what)] : []),
    ...(args.grantee !== PUBLIC && isMissing(catalog, args.grantee) ? [missingGrantee(args.grantee)] : []),
  ];
}

function delta({ model, args }: Wanted<Catalog, DefaultPrivilegesArguments>): Delta<Catalog, Change> {
  const refused = unknownToVersion(model, args.on, args.privileges);
  const hindered = [...(refused === undefined ? [] : [refused]), ...hindrances(model, args)];
  if (hindered.length > 0) return impossible(...hindered);
  const wanted = wantedOf(model, args);
  const ours = new Set(privilegesIn(model, wanted));
  const unwanted = unwantedItem(model, wanted);
  return together([
    takingDefaults(model, wanted, (item) => !ours.has(item.privilege) && unwanted(item)),
    takingDefaults(model, wanted, (item) => ours.has(item.privilege) && unwanted(item), true),
    givingDefaults(model, wanted),
  ]);
}

function together(deltas: readonly PrivilegeDelta[]): PrivilegeDelta {
  return { units: deltas.flatMap(({ units }) => units), problems: deltas.flatMap(({ problems }) => problems) };
}
