import fc from "fast-check";
import { encodeLines } from "../../../provider/core/lines.js";
import { encodeEntries } from "../../../provider/postgres/accessArguments.js";
import { handStatements } from "./objectHands.js";
import { GROUPS, IGNORE, STRANGER, USERS, type PlannedFault, type Wanted } from "./sequences.js";
import { accessArguments } from "./accessProgram.js";
import type { Program } from "./stack.js";

/*
 * Random histories of a server whose users, groups, databases, schemas and privileges are in one Access. Few names, so
 * that they meet.
 */

export const OBJECT_USERS = USERS.slice(0, 3);
export const OBJECT_GROUPS = GROUPS.slice(0, 2);
export const DATABASES = ["d1", "d2"];
export const SCHEMAS = ["s1", "s2"];
export const TABLES = ["t1", "t2"];
const EVERYBODY = "public";

/** What a list of grants is about, as it travels. */
export interface GrantTarget {
  readonly on: "database" | "schema" | "table" | "sequence" | "function";
  readonly schema?: string;
  readonly objects?: readonly string[];
  readonly columns?: readonly string[];
  readonly privileges: readonly string[];
  readonly grantOption?: true;
  readonly future?: true;
  readonly exact?: true;
}

/** What a list of default privileges is about. */
export interface DefaultTarget {
  readonly on: "table" | "sequence" | "function" | "schema";
  readonly owner?: string;
  readonly schema?: string;
  readonly privileges: readonly string[];
}

/** Somebody who gets something. */
export interface Grantee {
  readonly name: string;
  readonly until?: string;
}

/** A list of grantees. */
export interface GranteeList<T> {
  readonly database: string;
  readonly target: T;
  readonly to: readonly Grantee[];
}

/** A database or a schema of a program. */
export interface WantedObject {
  readonly owner?: string;
  readonly comment?: string;
  readonly onRemove?: "drop" | "keep";
}

/** What a program wants besides users and groups. */
export interface WantedObjects {
  readonly databases: Readonly<Record<string, WantedObject & { readonly connectionLimit?: number }>>;
  readonly schemas: Readonly<Record<string, Readonly<Record<string, WantedObject>>>>;
  readonly grants: readonly GranteeList<GrantTarget>[];
  readonly defaults: readonly GranteeList<DefaultTarget>[];
}

/** What a program wants. */
export interface WantedServer {
  readonly roles: Wanted;
  readonly objects: WantedObjects;
}

/** One step of a history. */
export type ObjectStep =
  | {
      readonly kind: "program";
      readonly wanted: WantedServer;
      readonly fault?: PlannedFault;
      readonly refresh: boolean;
      /** Whether what cannot be had is left out. */
      readonly feasible: boolean;
    }
  | { readonly kind: "hand"; readonly database: string; readonly sql: readonly string[] };

/** A history, and the program that it ends with. */
export interface ObjectHistory {
  readonly steps: readonly ObjectStep[];
  readonly last: WantedServer;
}

/** Lists as long as they may be, and not mostly short ones. */
const LONG = { size: "max" } as const;

/** Histories. They begin on a server with a database by hand, or on an empty one. */
export function objectHistories(): fc.Arbitrary<ObjectHistory> {
  const step = fc.oneof({ weight: 3, arbitrary: programStep() }, { weight: 2, arbitrary: handStep() });
  const found = fc.constantFrom<ObjectStep[]>([], FOUND, FOUND);
  const steps = fc.tuple(found, fc.array(step, { minLength: 1, maxLength: 5, ...LONG }));
  return fc.record({ steps: steps.map((all) => all.flat()), last: wantedServer() });
}

const FOUND: ObjectStep[] = [
  { kind: "hand", database: "", sql: ["CREATE DATABASE d1", "CREATE ROLE u1 LOGIN"] },
  {
    kind: "hand",
    database: "d1",
    sql: ["CREATE SCHEMA s1", "CREATE TABLE s1.t1 (x int, y int)", "CREATE TABLE s1.t2 (x int, y int)"],
  },
];

function programStep(): fc.Arbitrary<ObjectStep> {
  const what = fc.constantFrom<PlannedFault["what"]>(
    "refuse",
    "refuse",
    "lost before",
    "lost after",
    "killed before",
    "killed after",
  );
  const fault = fc.record({
    from: fc.nat(6),
    times: fc.integer({ min: 1, max: 3 }),
    what,
    statement: fc.nat(12),
  });
  return perhaps(
    {
      kind: fc.constant("program" as const),
      wanted: wantedServer(),
      refresh: fc.boolean(),
      feasible: fc.constantFrom(true, true, true, false),
    },
    { fault },
    0.4,
  ) as unknown as fc.Arbitrary<ObjectStep>;
}

function handStep(): fc.Arbitrary<ObjectStep> {
  return fc.constantFrom("", ...DATABASES, ...DATABASES).chain((database) =>
    fc.record({
      kind: fc.constant("hand" as const),
      database: fc.constant(database),
      sql: fc.array(handStatements(database), { minLength: 1, maxLength: 6, ...LONG }),
    }),
  );
}

function wantedServer(): fc.Arbitrary<WantedServer> {
  return fc.record({ roles: wantedRoles(), objects: wantedObjects() });
}

function wantedRoles(): fc.Arbitrary<Wanted> {
  const onRemove = fc.constantFrom("disable" as const, "drop" as const, "drop" as const, "keep" as const);
  const reassignTo = fc.constant(STRANGER);
  const user = perhaps({}, { onRemove, reassignTo }, 0.5);
  const member = fc.constantFrom(...OBJECT_USERS).map((name) => ({ name }));
  const members = fc.uniqueArray(member, { maxLength: 3, selector: ({ name }) => name });
  const leaves = fc.constantFrom("drop" as const, "keep" as const);
  const group = perhaps({}, { members, onRemove: leaves, reassignTo }, 0.5);
  return fc.record({
    users: dictionary(OBJECT_USERS, user),
    groups: dictionary(OBJECT_GROUPS, group),
    own: fc.constant([]),
  });
}

function wantedObjects(): fc.Arbitrary<WantedObjects> {
  const common = {
    owner: fc.constantFrom(...OBJECT_USERS, ...OBJECT_GROUPS),
    comment: fc.constantFrom("Sales", "it's"),
    onRemove: fc.constantFrom("drop" as const, "keep" as const),
  };
  const database = perhaps({}, { ...common, connectionLimit: fc.constantFrom(20, 30) }, 0.4);
  const schema = perhaps({}, common, 0.4);
  return fc
    .record({
      databases: dictionary(DATABASES, database),
      schemas: dictionary(DATABASES, dictionary(SCHEMAS, schema)),
      grants: fc.array(granteeList(grantTarget()), { maxLength: 8, ...LONG }),
      defaults: fc.array(granteeList(defaultTarget()), { maxLength: 3, ...LONG }),
    })
    .map((made) => withoutContradictions(made as unknown as WantedObjects));
}

/** Some of the names, more often than not. */
function dictionary<T>(names: readonly string[], of: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> {
  return perhaps({}, Object.fromEntries(names.map((name) => [name, of])), 0.75) as fc.Arbitrary<Record<string, T>>;
}

/** A record with all of the one kind of keys, and each of the other with a chance. */
function perhaps(always: Arbitraries, others: Arbitraries, chance: number): fc.Arbitrary<Record<string, unknown>> {
  const given = Object.entries(others).map(([key, of]) =>
    fc.oneof(
      { weight: 100 - 100 * chance, arbitrary: fc.constant({}) },
      { weight: 100 * chance, arbitrary: of.map((value) => ({ [key]: value })) },
    ),
  );
  return fc.tuple(fc.record(always), ...given).map((parts) => Object.assign({}, ...parts) as Record<string, unknown>);
}

type Arbitraries = Readonly<Record<string, fc.Arbitrary<unknown>>>;

function granteeList<T>(target: fc.Arbitrary<T>): fc.Arbitrary<GranteeList<T>> {
  const until = fc.constantFrom("2026-05-01T00:00:00Z", "2026-06-15T00:00:00Z", "2026-08-01T00:00:00Z");
  const name = fc.constantFrom(...OBJECT_USERS, ...OBJECT_USERS, ...OBJECT_GROUPS, EVERYBODY);
  const grantee = perhaps({ name }, { until }, 0.2) as unknown as fc.Arbitrary<Grantee>;
  return fc.record({
    database: fc.constantFrom(...DATABASES),
    target,
    to: fc.uniqueArray(grantee, { minLength: 1, maxLength: 3, selector: (of) => of.name, ...LONG }),
  });
}

/** The privileges that programs and people give, by what they are on. */
export const PRIVILEGES: Readonly<Record<GrantTarget["on"], readonly string[]>> = {
  database: ["CONNECT", "CREATE", "TEMPORARY"],
  schema: ["CREATE", "USAGE"],
  table: ["INSERT", "SELECT", "UPDATE"],
  sequence: ["SELECT", "USAGE"],
  function: ["EXECUTE"],
};

function grantTarget(): fc.Arbitrary<GrantTarget> {
  const flag = fc.constant(true as const);
  const of = (on: GrantTarget["on"], always: Arbitraries, others: Arbitraries = {}): fc.Arbitrary<GrantTarget> =>
    perhaps(
      { on: fc.constant(on), privileges: fc.subarray([...PRIVILEGES[on]], { minLength: 1 }), ...always },
      { exact: flag, grantOption: flag, ...others },
      0.25,
    ) as unknown as fc.Arbitrary<GrantTarget>;
  const schema = fc.constantFrom(...SCHEMAS, ...SCHEMAS, "public");
  const objects = fc.subarray([...TABLES], { minLength: 1 });
  const columns = fc.subarray(["x", "y"], { minLength: 1 });
  return fc.oneof(
    of("database", {}),
    of("schema", { schema }),
    of("table", { schema }, { future: flag }),
    of("table", { schema }, { future: flag }),
    of("table", { schema, objects }),
    of("table", { schema, objects, columns }),
    of("sequence", { schema }, { future: flag }),
    of("function", { schema }, { future: flag }),
  );
}

function defaultTarget(): fc.Arbitrary<DefaultTarget> {
  return fc.constantFrom("table" as const, "sequence" as const, "function" as const, "schema" as const).chain((on) =>
    perhaps(
      { on: fc.constant(on), privileges: fc.subarray([...PRIVILEGES[on]], { minLength: 1 }) },
      {
        owner: fc.constantFrom(...OBJECT_USERS, ...OBJECT_GROUPS),
        ...(on === "schema" ? {} : { schema: fc.constantFrom(...SCHEMAS, "public") }),
      },
      0.6,
    ),
  ) as unknown as fc.Arbitrary<DefaultTarget>;
}

/** Leaves out what contradicts something before it: two lists that decide one thing, and say different things of it. */
function withoutContradictions({ grants, defaults, ...rest }: WantedObjects): WantedObjects {
  const said: { readonly place: string; readonly target: GrantTarget }[] = [];
  const fits = (place: string, target: GrantTarget): boolean => {
    const others = said.filter((other) => other.place === place).map((other) => other.target);
    const free = others.every(
      (other) =>
        !target.exact &&
        !other.exact &&
        (target.grantOption === other.grantOption || target.on !== other.on) &&
        // A name stands once in a list.
        JSON.stringify(target) !== JSON.stringify(other),
    );
    if (free) said.push({ place, target });
    return free;
  };
  const kept = grants.map(({ database, target, to }) => ({
    database,
    target,
    to: to
      .filter(({ name }) => (target.grantOption ? name !== EVERYBODY : true))
      .filter(({ name }) => fits(JSON.stringify([database, target.on, target.schema, name]), target)),
  }));
  const decided = new Set<string>();
  const decides = (database: string, { on, schema }: DefaultTarget, name: string): boolean => {
    const place = JSON.stringify([database, on, schema, name]);
    const free = !decided.has(place) && !said.some((other) => other.place === place && other.target.future === true);
    decided.add(place);
    return free;
  };
  const lists = defaults.map(({ database, target, to }) => ({
    database,
    target,
    to: to.map(({ name }) => ({ name })).filter(({ name }) => decides(database, target, name)),
  }));
  return { ...rest, grants: kept, defaults: lists };
}

/** The program that wants this. */
export function serverProgram({ roles, objects }: WantedServer): Program {
  const { databases, schemas, grants, defaults } = objects;
  const entries = (all: Readonly<Record<string, WantedObject>>): string =>
    encodeEntries(Object.entries(all).map(([name, attributes]) => ({ name, attributes: { ...attributes } })));
  const { users, groups } = roles;
  return {
    access: {
      type: "Access",
      args: {
        ...accessArguments({ users, groups, ignore: IGNORE }),
        databases: entries(databases),
        schemas: Object.fromEntries(Object.entries(schemas).map(([database, of]) => [database, entries(of)])),
        grants: listsOf(grants),
        defaultPrivileges: listsOf(defaults),
      },
    },
  };
}

function listsOf(all: readonly GranteeList<object>[]): Record<string, Record<string, string>> {
  const lists: Record<string, Record<string, string>> = {};
  for (const { database, target, to } of all) {
    const text = encodeLines(
      to.map(({ name, until }) => ({ name, ...(until === undefined ? {} : { attributes: { until } }) })),
    );
    const of = (lists[database] ??= {});
    const key = JSON.stringify(target);
    of[key] = `${of[key] ?? ""}${text}`;
  }
  return lists;
}
