import { createHash } from "node:crypto";
import fc from "fast-check";
import type { Member } from "../../../provider/postgres/members.js";
import { accessArguments, membersText, type GroupOf, type UserOf } from "./accessProgram.js";
import type { Declared, Program } from "./stack.js";
import type { Fault, Faults } from "./faultyWire.js";

/*
 * Random histories of a server: programs that change, people who change things by hand, and statements that fail. Few
 * names, so that they meet.
 */

export const USERS = ["u1", "u2", "u3", "u4", "u5", "u6"];
export const GROUPS = ["g1", "g2", "g3", "g4"];
/** Names that every program ignores. */
export const IGNORED = ["svc_1", "svc_2"];
/** A role that no program names. */
export const STRANGER = "x_1";
export const IGNORE = ["svc_*"];
/** When the runs of a history are; memberships end between them. */
export const TIMES = ["2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z"];

type OnRemove = "disable" | "drop" | "keep";

/** A user of a program. */
export interface WantedUser extends UserOf {
  readonly onRemove?: OnRemove;
  readonly passwordVersion?: number;
  readonly comment?: string;
}

/** A group of a program. */
export interface WantedGroup extends GroupOf {
  readonly members?: readonly Member[];
  /** Where it is a resource of its own: whether each membership is one too. */
  readonly single?: boolean;
}

/** What a program wants. */
export interface Wanted {
  readonly users: Readonly<Record<string, WantedUser>>;
  readonly groups: Readonly<Record<string, WantedGroup>>;
  readonly onRemove?: OnRemove;
  /** The names that are resources of their own; all others are in the Access. */
  readonly own: readonly string[];
}

/** One step of a history. */
export type Step =
  | { readonly kind: "program"; readonly wanted: Wanted; readonly fault?: PlannedFault; readonly refresh: boolean }
  | { readonly kind: "hand"; readonly sql: readonly string[] };

/** A failure in a run: of the script with this number and of all those after it, up to a count. */
export interface PlannedFault {
  readonly from: number;
  readonly times: number;
  readonly what: "refuse" | Extract<Fault, string>;
  readonly statement: number;
}

/** What a history is made of. */
export interface Flavour {
  /** Where users and groups are declared. */
  readonly place: "bulk" | "own" | "mixed";
  /** Whether the server has INHERIT and SET options (PostgreSQL 16). */
  readonly options: boolean;
  /** Whether the account that runs it is a superuser. */
  readonly superuser: boolean;
}

/** A history, and the program that it ends with. */
export interface History {
  readonly steps: readonly Step[];
  readonly last: Wanted;
}

/** Histories. */
export function histories(flavour: Flavour): fc.Arbitrary<History> {
  const step = fc.oneof({ weight: 3, arbitrary: programStep(flavour) }, { weight: 2, arbitrary: handStep(flavour) });
  return fc.record({ steps: fc.array(step, { minLength: 1, maxLength: 6 }), last: wanted(flavour, true) });
}

function programStep(flavour: Flavour): fc.Arbitrary<Step> {
  return fc.record(
    {
      kind: fc.constant("program" as const),
      wanted: wanted(flavour, false),
      fault: fc.record({
        from: fc.nat(4),
        times: fc.integer({ min: 1, max: 3 }),
        what: fc.constantFrom("refuse", "refuse", "lost before", "lost after", "killed before", "killed after"),
        statement: fc.nat(12),
      }),
      refresh: fc.boolean(),
    },
    { requiredKeys: ["kind", "wanted", "refresh"] },
  );
}

/** What a program wants. The last one of a history can be fulfilled: its members exist and are in no circle. */
export function wanted(flavour: Flavour, feasible: boolean): fc.Arbitrary<Wanted> {
  const users = fc.dictionary(fc.constantFrom(...USERS), user(flavour), {
    maxKeys: USERS.length,
    noNullPrototype: true,
  });
  const groups = fc.dictionary(fc.constantFrom(...GROUPS), group(flavour), {
    maxKeys: GROUPS.length,
    noNullPrototype: true,
  });
  const own = flavour.place === "bulk" ? fc.constant([]) : fc.subarray([...USERS, ...GROUPS]);
  return fc
    .record(
      { users, groups, own, onRemove: fc.constantFrom<OnRemove>("disable", "drop", "keep") },
      { requiredKeys: ["users", "groups", "own"] },
    )
    .map((made) => (flavour.place === "own" ? { ...made, own: [...USERS, ...GROUPS] } : made))
    .map((made) => (feasible ? fulfillable(made) : made));
}

function user({ superuser }: Flavour): fc.Arbitrary<WantedUser> {
  return fc
    .record(
      {
        login: fc.constant(false),
        ...(superuser ? { createdb: fc.constant(true) } : {}),
        inherit: fc.constant(false),
        connectionLimit: fc.constantFrom(3, 5),
        validUntil: fc.constantFrom("2027-01-31T00:00:00Z", "2028-01-31T00:00:00Z"),
        comment: fc.constantFrom("Ana", "it's"),
        onRemove: fc.constantFrom<OnRemove>("disable", "drop", "keep"),
        passwordVersion: fc.constantFrom(1, 2),
      },
      { requiredKeys: [] },
    )
    .map((made) => made as WantedUser);
}

function group(flavour: Flavour): fc.Arbitrary<WantedGroup> {
  const names = fc.constantFrom(...USERS, ...USERS, ...GROUPS, ...IGNORED);
  const options = {
    admin: fc.constant(true),
    ...(flavour.options ? { inherit: fc.boolean(), set: fc.boolean() } : {}),
    until: fc.constantFrom("2026-05-01T00:00:00Z", "2026-06-15T00:00:00Z", "2026-08-01T00:00:00Z"),
  };
  const member = fc.record({ name: names, ...options }, { requiredKeys: ["name"] });
  return fc.record(
    {
      members: fc.uniqueArray(member, { maxLength: 5, selector: ({ name }) => name }),
      comment: fc.constant("Group"),
      onRemove: fc.constantFrom("drop" as const, "keep" as const),
      single: fc.boolean(),
    },
    { requiredKeys: ["single"] },
  );
}

function fulfillable(made: Wanted): Wanted {
  const exists = (name: string): boolean => name in made.users || name in made.groups || IGNORED.includes(name);
  const groups = Object.entries(made.groups).map(([name, { members, ...rest }]) => [
    name,
    // Groups are in groups before them only, so there is no circle.
    { ...rest, ...(members && { members: members.filter((member) => exists(member.name) && !(member.name <= name)) }) },
  ]);
  return { ...made, groups: Object.fromEntries(groups) as Wanted["groups"] };
}

function handStep(flavour: Flavour): fc.Arbitrary<Step> {
  const any = fc.constantFrom(...USERS, ...GROUPS, ...IGNORED, STRANGER);
  const ours = fc.constantFrom(...USERS, ...GROUPS);
  const group = fc.constantFrom(...GROUPS, ...GROUPS, "u1");
  const attribute = fc.constantFrom("LOGIN", "NOLOGIN", "NOINHERIT", "CONNECTION LIMIT 7", "VALID UNTIL '2029-01-01'");
  const option = fc.constantFrom("", "", " WITH ADMIN OPTION", ...(flavour.options ? [" WITH INHERIT FALSE"] : []));
  const statement = fc.oneof(
    fc.tuple(ours, attribute).map(([name, words]) => `CREATE ROLE ${name} ${words}`),
    ours.map((name) => `DROP ROLE ${name}`),
    fc.tuple(any, attribute).map(([name, words]) => `ALTER ROLE ${name} ${words}`),
    fc.tuple(any, fc.constantFrom("NULL", "'by hand'")).map(([name, text]) => `COMMENT ON ROLE ${name} IS ${text}`),
    fc.tuple(group, any, option).map(([of, member, words]) => `GRANT ${of} TO ${member}${words}`),
    fc.tuple(group, any, option).map(([of, member, words]) => `GRANT ${of} TO ${member}${words}`),
    fc.tuple(group, any).map(([of, member]) => `REVOKE ${of} FROM ${member}`),
  );
  return fc.array(statement, { minLength: 1, maxLength: 4 }).map((sql) => ({ kind: "hand", sql }));
}

/** The verifier that a user's password of a version has. */
export function verifier(name: string, version: number): string {
  const part = (word: string): string =>
    createHash("sha256")
      .update(`${name} ${String(version)} ${word}`)
      .digest("base64");
  return `SCRAM-SHA-256$4096:${part("salt")}$${part("stored")}:${part("server")}`;
}

/** The program that wants this. Users and groups of its own come first, then the Access, then lists. */
export function programOf(made: Wanted): Program {
  const own = new Set(made.own);
  const users = Object.entries(made.users).map(([name, args]): [string, WantedUser] => [
    name,
    args.passwordVersion === undefined ? args : { ...args, password: verifier(name, args.passwordVersion) },
  ]);
  const groups = Object.entries(made.groups).map(([name, { single: _single, ...rest }]): [string, GroupOf] => [
    name,
    rest,
  ]);
  const bulk = <T>(entries: [string, T][]): Record<string, T> =>
    Object.fromEntries(entries.filter(([name]) => !own.has(name)));
  const roles: [string, Declared][] = [
    ...users
      .filter(([name]) => own.has(name))
      .map(([name, args]): [string, Declared] => [name, { type: "User", args: { ...args, name, existing: "adopt" } }]),
    ...groups
      .filter(([name]) => own.has(name))
      .map(([name, { members: _members, ...args }]): [string, Declared] => [
        name,
        { type: "Group", args: { ...args, name, existing: "adopt" } },
      ]),
  ];
  const { onRemove } = made;
  const access: Declared = {
    type: "Access",
    args: accessArguments({
      users: bulk(users),
      groups: bulk(groups),
      ignore: IGNORE,
      ...(onRemove === undefined ? {} : { onRemove }),
    }),
    after: roles.map(([name]) => name),
  };
  const after = [...roles.map(([name]) => name), "access"];
  const lists = Object.entries(made.groups).flatMap(([name, of]) => (own.has(name) ? ownList(name, of, after) : []));
  return Object.fromEntries([...roles, ["access", access], ...lists]);
}

function ownList(name: string, { members, single }: WantedGroup, after: readonly string[]): [string, Declared][] {
  if (members === undefined) return [];
  if (!single) {
    return [
      [
        `${name} members`,
        { type: "GroupMembers", args: { group: name, members: membersText(members), ignore: IGNORE }, after },
      ],
    ];
  }
  return members
    .filter((member) => !IGNORED.includes(member.name))
    .map(({ name: member, ...options }) => [
      `${name} ${member}`,
      { type: "GroupMembership", args: { group: name, member, ...options }, after },
    ]);
}

/** The failures of a run, from a plan for them. */
export function faultsOf(planned: PlannedFault | undefined): Faults {
  let calls = 0;
  if (planned === undefined) return () => undefined;
  return (statements) => {
    const call = calls;
    calls += 1;
    if (call < planned.from || call >= planned.from + planned.times) return undefined;
    if (planned.what !== "refuse") return planned.what;
    return statements.length === 0 ? undefined : { refuse: planned.statement % statements.length };
  };
}
