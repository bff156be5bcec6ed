import { RosterError } from "../core/errors.js";
import type { Client } from "./client.js";
import { ROLES_WITHIN_REACH, SUPERADMIN, isLoaded, mappingKey, parts, type Snapshot } from "./snapshot.js";

const LISTS = [parts.actions, parts.roles, parts.groups, parts.mappings] as const;
type List = (typeof LISTS)[number];

/** Reads the parts of an environment that are not known yet. Throws, and leaves them unknown, where one cannot be read. */
export async function load(client: Client, snapshot: Snapshot, wanted: readonly string[]): Promise<void> {
  const missing = wanted.filter((part) => !isLoaded(snapshot, part));
  const lists = LISTS.filter((list) => missing.includes(list) || missing.some((part) => listOf(part) === list));
  await Promise.all(lists.filter((list) => !snapshot.loaded.has(list)).map((list) => loadList(client, snapshot, list)));
  await Promise.all(missing.filter((part) => part.includes(":")).map((part) => loadSets(client, snapshot, part)));
}

/** The list whose entries have the sets of a part. */
function listOf(part: string): List | undefined {
  if (part.startsWith("roleActions:")) return "roles";
  return part.startsWith("groupRoles:") || part.startsWith("members:") ? "groups" : undefined;
}

async function loadList(client: Client, snapshot: Snapshot, list: List): Promise<void> {
  switch (list) {
    case "actions":
      for (const action of await client.actions()) snapshot.actions.set(action.name, action);
      break;
    case "roles":
      for (const role of await client.roles()) snapshot.roles.set(role.name, role);
      break;
    case "groups":
      for (const group of await client.groups()) snapshot.groups.set(group.name, group);
      break;
    case "mappings":
      for (const mapping of await client.mappings()) snapshot.mappings.set(mappingKey(mapping), mapping);
      break;
  }
  snapshot.loaded.add(list);
}

async function loadSets(client: Client, snapshot: Snapshot, part: string): Promise<void> {
  const [kind, which] = part.split(/:(.*)/s) as ["roleActions" | "groupRoles" | "members", string];
  const owners = kind === "roleActions" ? snapshot.roles : snapshot.groups;
  // Of what does not exist there is nothing to read.
  const names = which === "*" ? [...owners.keys()] : [which].filter((name) => owners.has(name));
  const managed = kind === "roleActions" && which === "*" ? names.filter((name) => name !== SUPERADMIN) : names;
  const left = managed.filter((name) => !snapshot.loaded.has(`${kind}:${name}`));
  if (kind === "roleActions" && which === "*" && names.length > ROLES_WITHIN_REACH) throw tooManyRoles(names.length);
  await Promise.all(
    left.map(async (name) => {
      snapshot[kind].set(name, new Set(await client[kind](name)));
    }),
  );
  snapshot.loaded.add(part);
}

function tooManyRoles(count: number): RosterError {
  return new RosterError(`the service has ${String(count)} roles, and cannot tell the actions of all of them`, {
    remedy:
      `It looks for a role among the first ${String(ROLES_WITHIN_REACH)} by name only (superadmin is one of them), and answers for the ` +
      "others as if they did not exist. Delete roles until there are no more than that.",
  });
}
