import { howToSet } from "../core/connections.js";
import { RosterError } from "../core/errors.js";
import type { Delta, Problem, Unit } from "../core/resource.js";
import { assignments } from "./assignments.js";
import type { Change } from "./changes.js";
import { connections } from "./settings.js";
import { isLoaded, listed, parts, restoreKey, type Restore, type Snapshot } from "./snapshot.js";

type Kind = Restore["kind"];

/** A role or group as it is declared. */
interface Declared {
  readonly name: string;
  readonly description: string;
}

/**
 * Makes a role or group, or changes its description. The service can change one only by deleting and making it again,
 * which takes all that is assigned: that is refused unless it was allowed, and what is taken is kept in a file before
 * and put back after (`putBack`).
 */
export function definitionDelta(
  snapshot: Snapshot,
  kind: Kind,
  { name, description }: Declared,
): { units: Unit<Change>[]; problems: Problem[] } {
  const live = (kind === "role" ? snapshot.roles : snapshot.groups).get(name);
  const create: Change = { kind: kind === "role" ? "createRole" : "createGroup", name, description };
  if (live === undefined) return { units: [[create]], problems: [] };
  if (live.description === description) return { units: [], problems: [] };
  if (!snapshot.recreate) return { units: [], problems: [refused(snapshot, kind, live, description)] };
  // What is not known cannot be put back.
  const part = kind === "role" ? parts.groupRoles() : parts.members(name);
  if (!isLoaded(snapshot, part) && snapshot.loaded.size > 0) {
    throw new RosterError(`what the ${kind} ${JSON.stringify(name)} has was not read, so that it is not made again`);
  }
  return { units: [recreation(snapshot, kind, live, create)], problems: [] };
}

/** What a role or group has that goes with it. */
function belongings(snapshot: Snapshot, kind: Kind, { name, description }: Declared): Restore {
  // What an earlier run took and did not put back is still to be put back.
  const before = snapshot.restores.get(restoreKey(kind, name));
  const all = (live: readonly string[], kept: readonly string[] = []): string[] =>
    [...new Set([...live, ...kept])].sort();
  if (kind === "group") {
    return {
      kind,
      name,
      description,
      roles: all(listed(snapshot.groupRoles, name), before?.roles),
      members: all(listed(snapshot.members, name), before?.members),
    };
  }
  return {
    kind,
    name,
    description,
    actions: all(listed(snapshot.roleActions, name), before?.actions),
    groups: all(groupsWith(snapshot, name), before?.groups),
  };
}

/** The groups that have a role. */
export function groupsWith({ groupRoles }: Snapshot, role: string): string[] {
  return [...groupRoles].flatMap(([group, roles]) => (roles.has(role) ? [group] : [])).sort();
}

function recreation(snapshot: Snapshot, kind: Kind, live: Declared, create: Change): Unit<Change> {
  const keep: Change = { kind: "keepRestore", restore: belongings(snapshot, kind, live) };
  return [keep, ...(kind === "role" ? roleDeletion(snapshot, live.name) : groupDeletion(live.name)), create];
}

/** A role can be deleted only when no group has it and it has no action. */
export function roleDeletion(snapshot: Snapshot, name: string): Change[] {
  return [
    ...groupsWith(snapshot, name).map((group): Change => ({ kind: "unassignRole", group, role: name })),
    ...listed(snapshot.roleActions, name).map((action): Change => ({ kind: "unassignAction", role: name, action })),
    { kind: "deleteRole", name },
  ];
}

function groupDeletion(name: string): Change[] {
  return [{ kind: "deleteGroup", name }];
}

function refused(snapshot: Snapshot, kind: Kind, live: Declared, description: string): Problem {
  const has = inWords(snapshot, belongings(snapshot, kind, live));
  return {
    message:
      `the description of the ${kind} ${JSON.stringify(live.name)} is ${JSON.stringify(live.description)} and not ${JSON.stringify(description)}, ` +
      `and the service can change it only by deleting the ${kind}, which for a moment loses ${has}`,
    remedy:
      `Declare the description that it has; or allow that it is deleted, made again and given back what it had: ` +
      `${howToSet(connections, snapshot.connection, "recreate").replace(/_RECREATE|<value>/g, (part) => (part === "<value>" ? "true" : `${part}=true`))}.`,
  };
}

function inWords(
  snapshot: Snapshot,
  { kind, name, actions = [], groups = [], roles = [], members = [] }: Restore,
): string {
  if (kind === "role") return `${counted(actions, "action")} and being on ${counted(groups, "group")}`;
  const known = isLoaded(snapshot, parts.members(name));
  return `${counted(roles, "role")} and ${known ? counted(members, "member") : "its members"}`;
}

/** What a role or group has that goes with it, in words; undefined where it is not there, or has nothing. */
export function belongingsOf(snapshot: Snapshot, kind: Kind, name: string): string | undefined {
  const live = (kind === "role" ? snapshot.roles : snapshot.groups).get(name);
  if (live === undefined) return undefined;
  const has = belongings(snapshot, kind, live);
  const all = [has.actions, has.groups, has.roles, has.members].flatMap((names) => names ?? []);
  return all.length === 0 ? undefined : inWords(snapshot, has);
}

function counted(names: readonly string[], what: string): string {
  return `${String(names.length)} ${what}${names.length === 1 ? "" : "s"}`;
}

/** What the program itself declares as a whole of what was taken: that needs no restoring. */
export interface Owned {
  readonly actions?: boolean;
  readonly roles?: boolean;
  readonly members?: boolean;
  /** The groups whose roles are declared. */
  readonly groups?: readonly string[];
}

/**
 * Puts back what was taken, now or by a run that was cut off. The last stage forgets what was kept, when all of it is
 * back.
 */
export function putBack(snapshot: Snapshot, kind: Kind, name: string, owned: Owned): Delta<Snapshot, Change> {
  const found = snapshot.restores.get(restoreKey(kind, name));
  if (found === undefined) return { units: [], problems: [] };
  return {
    units: lost(snapshot, found, owned),
    problems: [],
    next: (seen) => ({
      units: lost(seen, found, owned).length === 0 ? [[{ kind: "dropRestore", of: kind, name }]] : [],
      problems: [],
    }),
  };
}

/** What was taken and can be given back: what does not exist any more cannot. */
function lost(snapshot: Snapshot, restore: Restore, owned: Owned): Unit<Change>[] {
  const { kind, name } = restore;
  if (kind === "role") {
    const actions = owned.actions ? [] : assignments(snapshot, "action", name, restore.actions ?? []).units;
    const groups = (restore.groups ?? []).filter((group) => owned.groups?.includes(group) !== true);
    return [...actions, ...groups.flatMap((group) => assignments(snapshot, "role", group, [name]).units)];
  }
  const roles = owned.roles ? [] : assignments(snapshot, "role", name, restore.roles ?? []).units;
  const members = owned.members ? [] : (restore.members ?? []);
  const left = members.filter((cpf) => snapshot.members.get(name)?.has(cpf) !== true);
  return [...roles, ...left.map((cpf): Unit<Change> => [{ kind: "addMember", group: name, cpf }])];
}
