import { decodeNames } from "../core/lines.js";
import { impossible } from "../core/delta.js";
import { someOf } from "../core/errors.js";
import { guardRemovals } from "../core/removals.js";
import type { Delta, RelationDefinition, RunOptions, Wanted } from "../core/resource.js";
import { UNKNOWN, hasUnknown } from "../core/unknown.js";
import { PUBLIC, type AclItem } from "./acl.js";
import { databaseName, isMissing, isOwnAccount, type Catalog } from "./catalog.js";
import type { Change } from "./changes.js";
import { LATER, areDefaultsClaimed, isPrivilegeClaimed, privilegeThing } from "./claimedPrivileges.js";
import { shownName } from "./databaseCatalog.js";
import { compareDefaults, givingDefaults, takingDefaults, type WantedDefaults } from "./futures.js";
import { contradictions, declaredNames, grantSchema, kindOf, type GrantArguments } from "./grantArguments.js";
import { giving, held, lacking, privilegesIn, taking, type PrivilegeDelta, type WantedPrivileges } from "./grants.js";
import { differences, missingGrantee, unknownToVersion } from "./grantTexts.js";
import { databaseOf } from "./databaseMeant.js";
import { isOver, remarkOnEnd } from "../core/instants.js";
import { PARAMETERS, insideOf } from "./parts.js";
import { KINDS, isShared } from "./objectKinds.js";
import { findObjects, type NamedObject } from "./securedObjects.js";
import { assumeGrant } from "./assumedGrants.js";
import { grantShares } from "./sharedPrivileges.js";
import { postgres } from "./system.js";

const NOTHING_TO_DO: PrivilegeDelta = { units: [], problems: [] };

/**
 * What `postgres.Grant` and `postgres.Privileges` have in common. One that is exact looks after all that the grantee
 * has on a set of objects; the other only after what it names.
 */
export function grantDefinition(
  token: string,
  exact: boolean,
): RelationDefinition<Catalog, Change, typeof grantSchema> {
  return {
    kind: "relation",
    token,
    system: postgres,
    schema: grantSchema,
    key: ["database", "on", "schema", "grantee"],
    renamable: [],
    incomparable: [],
    reports: [],
    describe: describeGrant,
    parts: ({ on, database }) => {
      if (on === "parameter") return [PARAMETERS];
      return isShared(on) ? [] : [insideOf(database)];
    },
    things: (args, connection) => thingsOf({ ...args, database: databaseOf(args, connection) }),
    decides: (args, connection) =>
      exact ? [`set of privileges:${describeSet({ ...args, database: databaseOf(args, connection) })}`] : [],
    // What is over gives nothing any more, and takes nothing that another resource gives.
    shares: (args, connection) => (args.expired ? [] : grantShares(args, exact, connection)),
    validate: (args, pending) => contradictions(args, pending, exact),

    prepare({ expired: _given, ...args }, { now }) {
      const over = args.until !== UNKNOWN && !hasUnknown(args.until) && isOver(args.until, now);
      return Promise.resolve(over ? { ...args, expired: true as const } : args);
    },

    remark: remarkOnEnd,
    observe: (catalog, args) => observed(catalog, args, exact),
    delta: (wanted) => grantDelta(wanted, exact),
    remove: (catalog, args, _how, run) => removal(catalog, args, run),
    assume: (catalog, args) => {
      if (!args.expired) assumeGrant(catalog, wantedOf(catalog, args));
    },
  };
}

function wantedOf(catalog: Catalog, args: GrantArguments): WantedPrivileges {
  return {
    database: databaseName(catalog, args.database),
    kind: kindOf(args),
    schema: args.schema,
    names: declaredNames(args),
    grantee: args.grantee,
    privileges: args.privileges,
    option: args.grantOption === true,
  };
}

function defaultsOf(catalog: Catalog, args: GrantArguments): WantedDefaults | undefined {
  if (args.future !== true || args.schema === undefined) return undefined;
  return { ...wantedOf(catalog, args), schema: args.schema, kind: args.on, owner: undefined };
}

/** `SELECT on all tables of schema "app" in database "company" for "readers"`. */
function describeGrant(args: GrantArguments): string {
  return `${args.privileges.join(", ") || "nothing"} on ${describeSet(args)}`;
}

function describeSet(args: GrantArguments): string {
  const { database, on, columns, grantee } = args;
  const where = database === undefined ? "the connection's database" : `database ${JSON.stringify(database)}`;
  const of = columns === undefined ? "" : `columns ${someOf(columns, 3)} of `;
  const what = [
    ...(on === "database" ? [] : [describeObjects(args)]),
    ...(isShared(on) && on !== "database" ? [] : [where]),
  ];
  return `${of}${what.join(" in ")} for ${JSON.stringify(grantee)}`;
}

function describeObjects({ on, schema = "", objects }: GrantArguments): string {
  if (on === "schema") return `schema ${JSON.stringify(schema)}`;
  const which = objects === undefined ? `all ${on}s` : `${on}s ${someOf(decodeNames(objects), 3)}`;
  return KINDS[on].within === "schema" ? `${which} of schema ${JSON.stringify(schema)}` : which;
}

/** What a grant answers for, as other grants of the run may ask. */
function thingsOf(args: GrantArguments): string[] {
  if (args.expired) return [];
  const names: (string | null)[] = [...(declaredNames(args) ?? [null]), ...(args.future === true ? [LATER] : [])];
  return names.flatMap((name) => args.privileges.map((privilege) => privilegeThing(answered(args), name, privilege)));
}

function answered({ database, schema, grantee, ...args }: GrantArguments): Parameters<typeof privilegeThing>[0] {
  return { database, kind: kindOf(args), schema, grantee };
}

/** What is not to be taken back: of an object, or, for LATER, of what an owner will make. */
type Kept = (name: string, privilege: string, owner?: string) => boolean;

/** Whether another resource of the run has given the same. */
function isClaimed(catalog: Catalog, args: GrantArguments, run: RunOptions): Kept {
  const privilege = isPrivilegeClaimed(catalog, answered(args), run);
  const defaults = areDefaultsClaimed(catalog, answered(args), run);
  return (name, of, owner) => privilege(name, of) || (owner !== undefined && defaults(owner));
}

/** How the live privileges differ from what is declared. */
interface Comparison {
  /** For people: what is not there, and what is and should not be. */
  readonly missing: readonly string[];
  readonly surplus: readonly string[];
  /** Whether anything of it is there, or nothing has to be. */
  readonly some: boolean;
}

function compare(catalog: Catalog, args: GrantArguments, exact: boolean): Comparison {
  const wanted = wantedOf(catalog, args);
  const { found: objects, problems } = findObjects(catalog, wanted);
  const future = defaultsOf(catalog, args);
  const defaults = future === undefined ? [] : compareDefaults(catalog, future);
  const ours = new Set(privilegesIn(catalog, wanted));
  const show = ({ name }: NamedObject, privileges: readonly string[]): string[] =>
    privileges.length === 0 ? [] : [`${privileges.join(", ")} on ${shownName(wanted.kind, wanted.schema ?? "", name)}`];
  const showFuture = (owner: string, privileges: readonly string[]): string[] =>
    privileges.length === 0 ? [] : [`${privileges.join(", ")} on future ${args.on}s of ${owner}`];
  const missing = [
    ...problems.map(({ message }) => message),
    ...objects.flatMap((object) => show(object, lacking(catalog, object, wanted))),
    ...defaults.flatMap(({ owner, lacking: of }) => showFuture(owner, of)),
  ];
  const unwanted = unwantedItem(ours, wanted.option, isExact(catalog, args, exact));
  const surplus = [
    ...objects.flatMap((object) =>
      show(
        object,
        held(object, wanted, () => true)
          .filter(unwanted)
          .map(describeItem(ours)),
      ),
    ),
    ...defaults.flatMap(({ owner, held: of }) => showFuture(owner, of.filter(unwanted).map(describeItem(ours)))),
  ];
  const has =
    objects.some((object) => held(object, wanted, (privilege) => ours.has(privilege)).length > 0) ||
    defaults.some(({ held: items }) => items.some(({ privilege }) => ours.has(privilege)));
  return { missing, surplus, some: has || missing.length === 0 };
}

/** Whether a grant looks after all that the grantee has. The account that runs this never takes its own access away. */
function isExact(catalog: Catalog, { grantee }: GrantArguments, exact: boolean): boolean {
  return exact && !isOwnAccount(catalog, grantee);
}

/** Whether something that is there should not be: another privilege where the grant is exact, a right to give on where there is to be none. */
function unwantedItem(ours: ReadonlySet<string>, option: boolean, exact: boolean): (item: AclItem) => boolean {
  return ({ privilege, grantable }) => (ours.has(privilege) ? grantable && !option : exact);
}

function describeItem(ours: ReadonlySet<string>): (item: AclItem) => string {
  return ({ privilege }) => (ours.has(privilege) ? `GRANT OPTION FOR ${privilege}` : privilege);
}

function observed(
  catalog: Catalog,
  args: GrantArguments,
  exact: boolean,
): Readonly<Record<string, unknown>> | undefined {
  const { expired, ...rest } = args;
  const { missing, surplus, some } = compare(catalog, args, exact);
  // A grant that is over is as declared when nothing of it is there.
  if (expired) return heldOf(catalog, args) ? rest : args;
  if (!some) return undefined;
  return { ...rest, ...differences(missing, surplus) };
}

function heldOf(catalog: Catalog, args: GrantArguments): boolean {
  const { units, problems } = takenBack(catalog, args, () => false);
  return units.length + problems.length > 0;
}

function grantDelta(
  { model, args, previous, run }: Wanted<Catalog, GrantArguments>,
  exact: boolean,
): Delta<Catalog, Change> {
  if (args.expired) return takenBack(model, args, isClaimed(model, args, run));
  const refused = unknownToVersion(model, kindOf(args), args.privileges);
  if (refused !== undefined) return impossible(refused);
  if (args.grantee !== PUBLIC && isMissing(model, args.grantee)) return impossible(missingGrantee(args.grantee));
  const wanted = wantedOf(model, args);
  const { found, problems } = findObjects(model, wanted);
  const future = defaultsOf(model, args);
  const ours = new Set(privilegesIn(model, wanted));
  const unwanted = unwantedItem(ours, wanted.option, isExact(model, args, exact));
  const option = (item: AclItem): boolean => ours.has(item.privilege) && unwanted(item);
  const other = (item: AclItem): boolean => !ours.has(item.privilege) && unwanted(item);
  const all = [
    previous === undefined ? NOTHING_TO_DO : departed({ model, args, previous, run }, isExact(model, args, exact)),
    taking(model, found, wanted, (object) => held(object, wanted, () => true).filter(other)),
    taking(model, found, wanted, (object) => held(object, wanted, () => true).filter(option), true),
    ...(future === undefined
      ? []
      : [takingDefaults(model, future, other), takingDefaults(model, future, option, true)]),
    giving(model, found, wanted),
    ...(future === undefined ? [] : [givingDefaults(model, future)]),
  ];
  return {
    units: all.flatMap(({ units }) => units),
    problems: [...problems, ...all.flatMap((delta) => delta.problems)],
  };
}

/** Takes back what the state has and the program has not: privileges, objects that left the list, what comes later. */
function departed(
  { model, args, previous = args, run }: Wanted<Catalog, GrantArguments>,
  exact: boolean,
): PrivilegeDelta {
  guardObjects(args, previous, run);
  const now = wantedOf(model, args);
  const still = new Set(privilegesIn(model, now));
  const names = now.names && new Set(now.names);
  const claimed = isClaimed(model, args, run);
  // Of what an exact grant looks after now, what is too much goes in any case.
  const stays = (privilege: string): boolean => exact || still.has(privilege);
  return takenBack(model, previous, (name, privilege, owner) => {
    if (claimed(name, privilege, owner)) return true;
    const here = name === LATER ? args.future === true : names === undefined || names.has(name);
    return here && stays(privilege);
  });
}

/** A list that came back empty or cut takes nobody's access away. */
function guardObjects(args: GrantArguments, previous: GrantArguments, run: RunOptions): void {
  const [now, before] = [declaredNames(args), declaredNames(previous)];
  if (now === undefined || before === undefined) return;
  const kept = new Set(now);
  const gone = before.filter((name) => !kept.has(name));
  guardRemovals(`${args.on}s of the grant to ${JSON.stringify(args.grantee)}`, gone, before.length, run.maxRemovals);
}

function removal(catalog: Catalog, args: GrantArguments, run: RunOptions): Delta<Catalog, Change> {
  // The account that runs this never takes its own access away.
  return isOwnAccount(catalog, args.grantee) ? NOTHING_TO_DO : takenBack(catalog, args, isClaimed(catalog, args, run));
}

/** Takes back what was declared and is there, except what `kept` says. */
function takenBack(catalog: Catalog, args: GrantArguments, kept: Kept): PrivilegeDelta {
  const wanted = wantedOf(catalog, args);
  const ours = new Set(privilegesIn(catalog, wanted));
  const { found } = findObjects(catalog, wanted);
  const objects = taking(catalog, found, wanted, (object) =>
    held(object, wanted, (privilege) => ours.has(privilege) && !kept(object.name, privilege)),
  );
  const future = defaultsOf(catalog, args);
  if (future === undefined) return objects;
  const later = takingDefaults(
    catalog,
    future,
    ({ privilege }, owner) => ours.has(privilege) && !kept(LATER, privilege, owner),
  );
  return { units: [...objects.units, ...later.units], problems: [...objects.problems, ...later.problems] };
}
