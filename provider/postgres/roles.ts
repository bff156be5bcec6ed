import { BLANK_ROLE, DEFAULT_ATTRIBUTES, isOwnAccount, type Attributes, type Catalog, type Role } from "./catalog.js";
import type { Change } from "./changes.js";
import { settingDelta, settingsDiffer, type DeclaredSettings } from "./roleSettings.js";
import { doing, impossible } from "../core/delta.js";
import { isOver } from "../core/instants.js";
import type { Delta, Problem } from "../core/resource.js";

/** A role as a resource declares it. */
export interface DeclaredRole {
  readonly name: string;
  /** That it is to be a role where roles are apart from users and groups. */
  readonly as?: "role" | undefined;
  readonly attributes: Attributes;
  readonly comment: string | undefined;
  /** The verifier to set now; undefined where the password stays as it is. */
  readonly password: string | undefined;
  /** Parameters that are set for it; undefined where nobody looks after them. */
  readonly parameters?: DeclaredSettings | undefined;
  /** The verifier that is set already, for servers that forget it when the role gets another name. */
  readonly kept?: string | undefined;
}

const NAMES = [...Object.keys(DEFAULT_ATTRIBUTES), "syslogAccess", "sessionTimeout"] as (keyof Attributes)[];

/** The attributes of a role that arguments describe: what they leave out is as in `standard`. */
export function attributesOf(
  args: { readonly [A in keyof Attributes]?: Attributes[A] | undefined },
  standard: Attributes,
): Attributes {
  const given = NAMES.filter((name) => args[name] !== undefined);
  if (given.length === 0) return standard;
  return { ...standard, ...(Object.fromEntries(given.map((name) => [name, args[name]])) as Partial<Attributes>) };
}

/** The attributes of a live role in the form of arguments: only what differs from `standard`. */
export function differingAttributes(role: Role, standard: Attributes): Partial<Attributes> {
  return pick(role, (name) => role[name] !== standard[name]);
}

/** Whether a role has exactly these attributes. Written out: it is asked of each user of a large list, more than once. */
export function isAs(role: Attributes, wanted: Attributes): boolean {
  return (
    role.login === wanted.login &&
    role.superuser === wanted.superuser &&
    role.createdb === wanted.createdb &&
    role.createrole === wanted.createrole &&
    role.inherit === wanted.inherit &&
    role.replication === wanted.replication &&
    role.bypassrls === wanted.bypassrls &&
    role.connectionLimit === wanted.connectionLimit &&
    role.validUntil === wanted.validUntil &&
    role.syslogAccess === wanted.syslogAccess &&
    role.sessionTimeout === wanted.sessionTimeout
  );
}

/** Brings a role to what is declared: rename, create, alter, comment, only what differs. */
export function roleDelta(
  catalog: Catalog,
  declared: DeclaredRole,
  previousName: string | undefined,
  now: Date,
): Delta<unknown, Change> {
  const { name } = declared;
  const changes: Change[] = [];
  let live = catalog.roles.get(name);
  const old = previousName === undefined || previousName === name ? undefined : catalog.roles.get(previousName);
  if (old !== undefined) {
    if (live !== undefined) return impossible(bothExist(old.name, name));
    const { kept, password } = declared;
    const forgotten = password === undefined && kept !== undefined ? { password: kept } : {};
    changes.push({ kind: "renameRole", name: old.name, to: name, ...forgotten });
    live = { ...old, name };
  }
  const settings = settingDelta(catalog, name, old?.name ?? name, declared.parameters);
  if (live === undefined) {
    return { ...doing(...changes, ...creation(declared), ...settings.changes), problems: settings.problems };
  }
  if (live.as !== declared.as) return impossible(anotherKind(name, live.as));
  const problem = lockedOut(catalog, old ?? live, declared, now);
  if (problem !== undefined) return impossible(problem);
  return { ...doing(...changes, ...alteration(live, declared), ...settings.changes), problems: settings.problems };
}

function creation({ name, as, attributes, comment, password }: DeclaredRole): Change[] {
  const named = pick(attributes, (attribute) => attributes[attribute] !== DEFAULT_ATTRIBUTES[attribute]);
  const create: Change = {
    kind: "createRole",
    name,
    ...(as === undefined ? {} : { as }),
    attributes: named,
    ...(password === undefined ? {} : { password }),
  };
  return comment === undefined ? [create] : [create, { kind: "commentRole", name, comment }];
}

function alteration(live: Role, { name, attributes, comment, password }: DeclaredRole): Change[] {
  const changes: Change[] = [];
  const set = pick(attributes, (attribute) => attributes[attribute] !== live[attribute]);
  if (Object.keys(set).length > 0 || password !== undefined) {
    changes.push({ kind: "alterRole", name, attributes: set, ...(password === undefined ? {} : { password }) });
  }
  if (comment !== live.comment) changes.push({ kind: "commentRole", name, comment: comment ?? null });
  return changes;
}

function pick(from: Attributes, wanted: (name: keyof Attributes) => boolean): Partial<Attributes> {
  return Object.fromEntries(NAMES.filter(wanted).map((name) => [name, from[name]]));
}

function anotherKind(name: string, live: Role["as"]): Problem {
  const is = live ?? "user or group";
  return {
    message: `${JSON.stringify(name)} exists as a ${is}`,
    remedy: `Declare it ${live === undefined ? 'without as: "role"' : 'with as: "role"'}, or take another name.`,
  };
}

function bothExist(from: string, to: string): Problem {
  return {
    message: `${JSON.stringify(from)} cannot be renamed to ${JSON.stringify(to)}, because both exist`,
    remedy: `Drop or rename one of them, or go back to the name ${JSON.stringify(from)}.`,
  };
}

/** The rights that the running account needs to run at all: it may gain them here, and not lose them. */
const NEEDED = ["login", "superuser", "createrole"] as const;

function lockedOut(catalog: Catalog, live: Role, { attributes }: DeclaredRole, now: Date): Problem | undefined {
  if (!isOwnAccount(catalog, live.name)) return undefined;
  const lost = NEEDED.filter((right) => live[right] && !attributes[right]);
  if (lost.length === 0) {
    if (live.connectionLimit !== 0 && attributes.connectionLimit === 0) return noConnections(live.name);
    // An end that is past already, of an account that needs no password to log in, may stay.
    const ends = attributes.validUntil !== live.validUntil && isOver(attributes.validUntil, now);
    return ends ? passwordOver(live.name, attributes.validUntil) : undefined;
  }
  return {
    message: `${JSON.stringify(live.name)} is the account that runs this, and would lose ${lost.join(", ")}`,
    remedy: `Declare ${lost.map((right) => `${right}: true`).join(", ")}, or run as another account.`,
  };
}

function noConnections(name: string): Problem {
  return {
    message: `${JSON.stringify(name)} is the account that runs this, and with connectionLimit 0 could not connect again`,
    remedy: "Declare a limit of 1 or more, or run as another account.",
  };
}

function passwordOver(name: string, end: string | undefined): Problem {
  return {
    message: `${JSON.stringify(name)} is the account that runs this, and its password would have ended at ${String(end)}`,
    remedy: "Declare a validUntil that is still to come, or none, or run as another account.",
  };
}

/**
 * Whether a role is exactly as declared and holds nothing else: no objects, privileges or settings, and no memberships
 * but those that `explained` knows. The account that creates a role administers it from PostgreSQL 16 on, which does
 * not count.
 */
export function isUntouched(
  catalog: Catalog,
  declared: Omit<DeclaredRole, "password">,
  explained: (group: string, member: string) => boolean = () => false,
): boolean {
  const { name, attributes, comment, parameters } = declared;
  const live = catalog.roles.get(name);
  if (live === undefined || live.as !== declared.as || live.comment !== comment) return false;
  if (live.holds && !holdsSettingsOnly(catalog, name, parameters)) return false;
  if (!isAs(live, attributes)) return false;
  const members = [...(catalog.members.get(name)?.keys() ?? [])];
  const groups = [...catalog.members].filter(([, of]) => of.has(name)).map(([group]) => group);
  return (
    members.every((member) => isOwnAccount(catalog, member) || explained(name, member)) &&
    groups.every((group) => explained(group, name))
  );
}

/** Whether a role holds no more than the parameters that are declared for it. */
function holdsSettingsOnly(catalog: Catalog, name: string, parameters: DeclaredSettings | undefined): boolean {
  const held = catalog.holdings?.get(name)?.size ?? 0;
  return parameters !== undefined && held === 0 && !settingsDiffer(catalog, name, parameters);
}

/** Puts a role into a catalog that was not read. */
export function assumeRole(
  catalog: Catalog,
  { name, as, attributes, comment, parameters = {} }: Omit<DeclaredRole, "password">,
): void {
  catalog.roles.set(name, { ...BLANK_ROLE, ...attributes, name, comment, ...(as === undefined ? {} : { as }) });
  const { settings, databaseSettings } = parameters;
  const byDatabase = Object.entries({ ...databaseSettings, ...(settings === undefined ? {} : { "": settings }) });
  catalog.settings.set(name, new Map(byDatabase.map(([database, of]) => [database, new Map(Object.entries(of))])));
}

/** An owner that does not exist. */
export function missingOwner(owner: string, what: string): Problem {
  return {
    message: `there is no user or group ${JSON.stringify(owner)} to own ${what}`,
    remedy:
      "Declare it as postgres.User or postgres.Group and pass that resource's name output here, so that it is made first.",
  };
}

/** What refuses to take a role away: it is the account that runs this. */
export function refusedRemoval(catalog: Catalog, name: string): Problem | undefined {
  if (!isOwnAccount(catalog, name)) return undefined;
  return {
    message: `${JSON.stringify(name)} is the account that runs this, and is not taken away`,
    remedy: 'Run as another account, or give the resource onRemove: "keep".',
  };
}
