import { decodeLines } from "../../../provider/core/lines.js";
import type { Properties } from "../../../provider/core/resource.js";
import { keyOf, type Facts, type Thing } from "./objectFacts.js";
import type { DefaultTarget, GranteeList, GrantTarget, WantedObject, WantedObjects } from "./objectSequences.js";

/** A role of a stored state, with what is to become of it. */
interface StoredRole {
  readonly onRemove?: string;
  readonly reassignTo?: string;
}

/** What the state holds of an Access. */
export interface StoredServer {
  readonly roles: Readonly<Record<string, StoredRole>>;
  readonly objects: WantedObjects;
}

/** What a run began with, what it wanted, and what became of it. */
export interface Ran {
  readonly before: Facts;
  readonly after: Facts;
  readonly stored: StoredServer;
  /** Without what is over. */
  readonly wanted: WantedObjects;
  /** The roles that the program declares, and those that are there after the run. */
  readonly declared: ReadonlySet<string>;
  readonly present: ReadonlySet<string>;
}

/** Reads what the state holds of an Access. */
export function storedServer(outputs: Properties | undefined): StoredServer {
  const {
    users = "",
    groups = "",
    databases = "",
    schemas = {},
    grants = {},
    defaultPrivileges = {},
  } = (outputs ?? {}) as {
    readonly users?: string;
    readonly groups?: string;
    readonly databases?: string;
    readonly schemas?: Record<string, string>;
    readonly grants?: Record<string, Record<string, string>>;
    readonly defaultPrivileges?: Record<string, Record<string, string>>;
  };
  const entries = <T>(text: string): Record<string, T> =>
    Object.fromEntries(decodeLines(text).map(({ name, attributes }) => [name, (attributes ?? {}) as T]));
  const lists = <T>(all: Record<string, Record<string, string>>): GranteeList<T>[] =>
    Object.entries(all).flatMap(([database, byTarget]) =>
      Object.entries(byTarget).map(([target, text]) => ({
        database,
        target: JSON.parse(target) as T,
        to: decodeLines(text).map(({ name }) => ({ name })),
      })),
    );
  return {
    roles: { ...entries<StoredRole>(users), ...entries<StoredRole>(groups) },
    objects: {
      databases: entries(databases),
      schemas: Object.fromEntries(Object.entries(schemas).map(([database, text]) => [database, entries(text)])),
      grants: lists<GrantTarget>(grants),
      defaults: lists<DefaultTarget>(defaultPrivileges),
    },
  };
}

/** What somebody is to have on a thing. */
interface Item {
  readonly thing: string;
  readonly grantee: string;
  readonly privilege: string;
  readonly option: boolean;
}

/** All that somebody is to have on a thing. */
interface Whole {
  readonly thing: string;
  readonly grantee: string;
  readonly privileges: readonly string[];
}

interface Said {
  readonly items: ReadonlyMap<string, Item>;
  readonly wholes: readonly Whole[];
}

function said({ grants, defaults }: WantedObjects, facts: Facts): Said {
  const items = new Map<string, Item>();
  const wholes: Whole[] = [];
  const say = (thing: string, grantee: string, privileges: readonly string[], option: boolean): void => {
    for (const privilege of privileges)
      items.set(`${thing}: ${grantee} ${privilege}`, { thing, grantee, privilege, option });
  };
  for (const { database, target, to } of grants) {
    for (const thing of thingsOf(database, target, facts)) {
      for (const { name } of to) {
        say(thing, name, target.privileges, target.grantOption === true);
        if (target.exact) wholes.push({ thing, grantee: name, privileges: target.privileges });
      }
    }
  }
  for (const { database, target, to } of defaults) {
    for (const thing of futures(database, target.on, target.schema ?? "", target.owner, facts)) {
      for (const { name } of to) {
        say(thing, name, target.privileges, false);
        wholes.push({ thing, grantee: name, privileges: target.privileges });
      }
    }
  }
  return { items, wholes };
}

/** The things that a target means. */
function thingsOf(database: string, target: GrantTarget, facts: Facts): string[] {
  const { on, schema = "", objects, columns, future } = target;
  if (on === "database" || on === "schema") return [keyOf({ kind: on, database, schema, name: "" })];
  const key = (kind: string, name: string): string => keyOf({ kind, database, schema, name });
  if (columns !== undefined) {
    const names = (objects ?? []).flatMap((table) => columns.map((column) => `${table}.${column}`));
    return names.map((name) => key("column", name));
  }
  if (objects !== undefined) return objects.map((name) => key(on, name));
  const all = [...facts.things].filter(
    ([, thing]) => thing.kind === on && thing.database === database && thing.schema === schema,
  );
  return [...all.map(([name]) => name), ...(future ? futures(database, on, schema, undefined, facts) : [])];
}

function futures(database: string, on: string, schema: string, owner: string | undefined, facts: Facts): string[] {
  const places = schema === "" ? ["s1", "s2", "public"] : [schema];
  const creators = places.flatMap((place) => facts.creators.get(`${database} ${place}`) ?? []);
  const owners = owner === undefined ? [...new Set(creators)] : [owner];
  return owners.map((name) => keyOf({ kind: `future ${on}`, database, schema, name }));
}

/** Where a server is not as a run that succeeded was to leave it. */
export function objectMismatches(ran: Ran): string[] {
  return [...objectsOf(ran), ...given(ran), ...taken(ran), ...untouched(ran)];
}

/** What the program declares, and what left it. */
function objectsOf({ before, after, stored, wanted, declared }: Ran): string[] {
  const wrong: string[] = [];
  // Whoever is to own something and leaves with the same run leaves it to others.
  const stays = (role: string): boolean => declared.has(role) || !(role in stored.roles);
  const check = (
    key: string,
    { owner, comment, connectionLimit = -1 }: WantedObject & { connectionLimit?: number },
  ): void => {
    const thing = after.things.get(key);
    if (thing === undefined) wrong.push(`${key} is not there`);
    else {
      if (owner !== undefined && stays(owner) && thing.owner !== owner)
        wrong.push(`${key} belongs to ${thing.owner}, not ${owner}`);
      if (thing.comment !== (comment ?? null)) wrong.push(`${key} has the comment ${String(thing.comment)}`);
      if (thing.kind === "database" && thing.connectionLimit !== connectionLimit)
        wrong.push(`${key} has the limit ${String(thing.connectionLimit)}`);
    }
  };
  const key = (database: string, schema = ""): string =>
    keyOf({ kind: schema === "" ? "database" : "schema", database, schema, name: "" });
  for (const [database, of] of Object.entries(wanted.databases)) check(key(database), of);
  for (const [database, of] of Object.entries(wanted.schemas)) {
    // What is made in a database that leaves goes with it.
    if (goes(stored.objects.databases[database]) && !(database in wanted.databases)) continue;
    for (const [schema, about] of Object.entries(of)) check(key(database, schema), about);
  }
  const leaving = new Set([
    ...Object.entries(stored.objects.databases)
      .filter(([name, of]) => goes(of) && !(name in wanted.databases))
      .map(([name]) => key(name)),
    ...Object.entries(stored.objects.schemas).flatMap(([database, of]) =>
      Object.entries(of)
        .filter(([name, about]) => goes(about) && wanted.schemas[database]?.[name] === undefined)
        .map(([name]) => key(database, name)),
    ),
  ]);
  for (const name of leaving) if (after.things.has(name)) wrong.push(`${name} should have been dropped`);
  for (const [name, thing] of before.things) {
    const gone = leaving.has(key(thing.database)) || leaving.has(key(thing.database, thing.schema));
    if (!gone && !thing.kind.startsWith("future") && !after.things.has(name)) wrong.push(`${name} is gone`);
  }
  return wrong;
}

function goes(stored: WantedObject | undefined): boolean {
  return stored?.onRemove === "drop";
}

/** Whether somebody has something on a thing, and may give it on. Owners have all, and it is no grant. */
function has(thing: Thing, grantee: string, privilege: string): boolean | undefined {
  return thing.items.get(`${grantee} ${privilege}`);
}

function given({ after, wanted, present }: Ran): string[] {
  const { items, wholes } = said(wanted, after);
  const lacking = [...items].flatMap(([name, { thing: key, grantee, privilege, option }]) => {
    const thing = after.things.get(key);
    // What was in a database or a schema that left in the same run went with it, and so did who left.
    if (thing === undefined || thing.owner === grantee || !(grantee === "public" || present.has(grantee))) return [];
    const is = has(thing, grantee, privilege);
    return is === option ? [] : [`${name} is ${told(is)} and should be ${told(option)}`];
  });
  const surplus = wholes.flatMap(({ thing: key, grantee, privileges }) => {
    const thing = after.things.get(key);
    if (thing === undefined || thing.owner === grantee) return [];
    return [...thing.items.keys()]
      .filter((item) => item.startsWith(`${grantee} `) && !privileges.includes(item.slice(grantee.length + 1)))
      .map((item) => `${key}: ${item} is too much`);
  });
  return [...lacking, ...surplus];
}

function told(is: boolean | undefined): string {
  return is === undefined ? "not there" : is ? "there, to give on" : "there";
}

/** What everybody has on what will be made, until somebody takes it: it is given back where nobody declares otherwise. */
const BUILT_IN = /^future function \S+ {2}\S+: public EXECUTE$/;

/** What left the program is taken back. */
function taken({ before, after, stored, wanted }: Ran): string[] {
  const now = said(wanted, after).items;
  return [...said(stored.objects, before).items].flatMap(([name, { thing: key, grantee, privilege }]) => {
    const thing = after.things.get(key);
    if (now.has(name) || BUILT_IN.test(name) || thing === undefined || thing.owner === grantee) return [];
    // Of what will be made, only what people who still can will make.
    const maker = !thing.kind.startsWith("future") || said(stored.objects, after).items.has(name);
    return maker && has(thing, grantee, privilege) !== undefined ? [`${name} should have been taken back`] : [];
  });
}

/** What the program neither declares nor declared is as it was. Holds for runs that failed, too. */
export function untouched({ before, after, stored, wanted, declared, present }: Ran): string[] {
  const sets = [wanted, stored.objects].flatMap((of) => [said(of, before), said(of, after)]);
  const answered = new Set(sets.flatMap(({ items }) => [...items.keys()]));
  const whole = new Set(sets.flatMap(({ wholes }) => wholes.map(({ thing, grantee }) => `${thing}: ${grantee}`)));
  const leaving = (role: string): boolean => !present.has(role) || (role in stored.roles && !declared.has(role));
  return [...before.things].flatMap(([key, was]) => {
    const is = after.things.get(key);
    if (is?.owner !== was.owner) return [];
    return [...new Set([...was.items.keys(), ...is.items.keys()])].flatMap((item) => {
      const grantee = item.slice(0, item.lastIndexOf(" "));
      const free = grantee === "public" || !leaving(grantee);
      if (!free || answered.has(`${key}: ${item}`) || whole.has(`${key}: ${grantee}`)) return [];
      return was.items.get(item) === is.items.get(item)
        ? []
        : [`${key}: ${item} was ${told(was.items.get(item))} and is ${told(is.items.get(item))}`];
    });
  });
}
