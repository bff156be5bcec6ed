import type { Connection } from "../core/connections.js";
import { someOf } from "../core/errors.js";
import { decodeNames, encodeNames } from "../core/lines.js";
import { sharing, type Contradiction, type Share } from "../core/shares.js";
import { databaseName, isOwnAccount, type Catalog } from "./catalog.js";
import { inBoth, overlapIn, placeOf, said, undoEachOther, type GrantList } from "./contradictoryGrants.js";
import { databaseOf } from "./databaseMeant.js";
import { dialectOf } from "./dialects.js";
import { creators } from "./futures.js";
import { declaredNames, kindOf, type GrantArguments } from "./grantArguments.js";
import { expanded } from "./objectKinds.js";

/*
 * What resources of a program say of the privileges on the same things: some give them beside others, some look after
 * all that a grantee has there, and all of them after whether it may be given on.
 */

const share = sharing<Catalog, GrantList>(contradiction);

/** What a `Grant` or a `Privileges` says. */
export function grantShares(args: GrantArguments, exact: boolean, connection: Connection): Iterable<Share<Catalog>> {
  const { database = "", on, schema, columns, grantee, privileges, grantOption, future } = args;
  const objects = args.objects === undefined ? undefined : decodeNames(args.objects);
  const target = { on, schema, objects, columns, privileges, grantOption, future, exact };
  return privilegeShares({ database, future: false, target, text: encodeNames([grantee]) }, connection, grantee);
}

/** What a `DefaultPrivileges` is about. */
interface Defaults {
  readonly database?: string | undefined;
  readonly owner?: string | undefined;
  readonly schema?: string | undefined;
  readonly on: string;
  readonly grantee: string;
  readonly privileges: readonly string[];
  readonly grantOption?: boolean | undefined;
}

/** What a `DefaultPrivileges` says: it is always all that somebody gets. */
export function defaultsShares({ database = "", ...args }: Defaults, connection: Connection): Iterable<Share<Catalog>> {
  const { owner, schema, on, grantee, privileges, grantOption } = args;
  const target = { on, owner, schema, privileges, grantOption, exact: true };
  return privilegeShares({ database, future: true, target, text: encodeNames([grantee]) }, connection, grantee);
}

/** What a list of grantees says, of whom there can be one. */
export function* privilegeShares(list: GrantList, connection: Connection, grantee?: string): Iterable<Share<Catalog>> {
  const { facts } = dialectOf(connection);
  const { schema = "", future, ...target } = list.target;
  const on = target.on as GrantArguments["on"];
  const named = list.database === "" ? undefined : list.database;
  const database = databaseOf({ on, database: named }, connection) ?? "";
  const kept = { ...list, database, target: { ...target, schema, objects: namesIn(list) } };
  const things = JSON.stringify([database, on, schema]);
  if (!list.future) yield share(`privileges:${things}`, grantee, kept);
  if (!list.future && future !== true) return;
  // Some servers keep what is for functions and for procedures as one.
  const later = JSON.stringify([database, facts.defaultsKind(on), schema]);
  yield share(`default privileges:${later}`, grantee, { ...kept, future: true });
}

/** The objects, each spelled in one way: `sum(int)` is `sum(integer)`. */
function namesIn({ target: { on, objects } }: GrantList): readonly string[] | undefined {
  const names = objects === undefined ? undefined : encodeNames(objects);
  return declaredNames({ on, objects: names } as GrantArguments);
}

function contradiction(here: GrantList, there: GrantList): Contradiction<Catalog> | undefined {
  if (!mayMeet(here, there) || !undoEachOther(here, there)) return undefined;
  const both = inBoth(here, there);
  if (both.length === 0) return undefined;
  return {
    about: `what ${someOf(both, 3)} ${both.length === 1 ? "has" : "have"} on ${placeOf(here)}`,
    here: saidBy(here),
    there: saidBy(there),
    remedy: "Say in one of them all that is to be had there",
    holds: (catalog) => both.some((grantee) => holdsFor(catalog, grantee, here, there)),
  };
}

/** Whether two lists about one kind of things in one place can be about some of the same. */
function mayMeet(one: GrantList, other: GrantList): boolean {
  const [a, b] = [one.target.owner, other.target.owner];
  return overlapIn(one, other) && (a === b || a === undefined || b === undefined);
}

function saidBy(list: GrantList): string {
  const text = said(list);
  return text === "" ? "nothing" : text;
}

/** Whether they contradict each other by what the server has and who runs this. */
function holdsFor(catalog: Catalog, grantee: string, here: GrantList, there: GrantList): boolean {
  const [one, other] = [asFor(catalog, grantee, here), asFor(catalog, grantee, there)];
  return ownersMeet(catalog, grantee, one, other) && undoEachOther(one, other);
}

/** A list as a grantee's own: ALL written out, and without taking anything from the account that runs this. */
function asFor(catalog: Catalog, grantee: string, list: GrantList): GrantList {
  const { on, columns, privileges, exact } = list.target;
  const kind = kindOf({ on: on as GrantArguments["on"], columns: columns === undefined ? undefined : [...columns] });
  return {
    ...list,
    target: {
      ...list.target,
      privileges: expanded(kind, privileges, catalog),
      exact: exact === true && !isOwnAccount(catalog, grantee),
    },
  };
}

/** Where one means all who can make something there, and the other one of them: whether it is one of them. */
function ownersMeet(catalog: Catalog, grantee: string, one: GrantList, other: GrantList): boolean {
  const [a, b] = [one.target.owner, other.target.owner];
  if (a === b) return true;
  const owner = a ?? b ?? "";
  const database = one.database === "" ? undefined : one.database;
  const makers = creators(catalog, databaseName(catalog, database), one.target.schema ?? "");
  // An owner has all rights on what it makes, and is given none.
  return owner !== grantee && makers.includes(owner);
}
