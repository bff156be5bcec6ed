import { mappingKey, restoreKey, type Restore, type Snapshot } from "./snapshot.js";

/** One thing to do to an environment, as data: rendered for a plan, sent, and played through on a snapshot. */
export type Change =
  | { readonly kind: "createAction"; readonly name: string; readonly description: string }
  /** What is left out stays. */
  | { readonly kind: "updateAction"; readonly name: string; readonly to?: string; readonly description?: string }
  | { readonly kind: "deleteAction"; readonly name: string }
  | { readonly kind: "createRole"; readonly name: string; readonly description: string }
  | { readonly kind: "deleteRole"; readonly name: string }
  | { readonly kind: "assignAction"; readonly role: string; readonly action: string }
  | { readonly kind: "unassignAction"; readonly role: string; readonly action: string }
  | {
      readonly kind: "createMapping";
      readonly method: string;
      readonly path: string;
      readonly action: string;
      readonly description?: string;
    }
  /** What is left out stays. */
  | {
      readonly kind: "updateMapping";
      readonly method: string;
      readonly path: string;
      readonly to?: { readonly method: string; readonly path: string };
      readonly action?: string;
      /** Empty for none: the service has no other way to take one away. */
      readonly description?: string;
    }
  | { readonly kind: "deleteMapping"; readonly method: string; readonly path: string }
  | { readonly kind: "createGroup"; readonly name: string; readonly description: string }
  | { readonly kind: "deleteGroup"; readonly name: string }
  | { readonly kind: "assignRole"; readonly group: string; readonly role: string }
  | { readonly kind: "unassignRole"; readonly group: string; readonly role: string }
  | { readonly kind: "addMember"; readonly group: string; readonly cpf: string }
  | { readonly kind: "removeMember"; readonly group: string; readonly cpf: string }
  /** Asks the service whether all is well before anything is changed. */
  | { readonly kind: "checkHealth" }
  /** Writes the environment as it is into a file. */
  | { readonly kind: "writeBackup" }
  /** Writes down what the changes after it take. */
  | { readonly kind: "keepRestore"; readonly restore: Restore }
  /** All was put back. */
  | { readonly kind: "dropRestore"; readonly of: Restore["kind"]; readonly name: string };

/** The actions, roles and groups that are gone with a change, as resources call them. */
export function endsOf(change: Change): string[] {
  switch (change.kind) {
    case "deleteAction":
      return [`action:${change.name}`];
    case "deleteRole":
      return [`role:${change.name}`];
    case "deleteGroup":
      return [`group:${change.name}`];
    default:
      return [];
  }
}

/** Makes a snapshot what it is after a change. `id` is the number that the service gave to what was made. */
export function applyTo(snapshot: Snapshot, change: Change, id?: number): void {
  switch (change.kind) {
    case "createAction":
      snapshot.actions.set(change.name, { id, name: change.name, description: change.description });
      return;
    case "updateAction":
      updateAction(snapshot, change);
      return;
    case "deleteAction":
      deleteAction(snapshot, change.name);
      return;
    case "createRole":
      snapshot.roles.set(change.name, { name: change.name, description: change.description });
      snapshot.roleActions.set(change.name, new Set());
      return;
    case "deleteRole":
      snapshot.roles.delete(change.name);
      snapshot.roleActions.delete(change.name);
      return;
    case "assignAction":
      add(snapshot.roleActions, change.role, change.action);
      return;
    case "unassignAction":
      snapshot.roleActions.get(change.role)?.delete(change.action);
      return;
    case "createMapping":
      snapshot.mappings.set(mappingKey(change), {
        id,
        method: change.method,
        path: change.path,
        action: change.action,
        description: change.description,
      });
      return;
    case "updateMapping":
      updateMapping(snapshot, change);
      return;
    case "deleteMapping":
      snapshot.mappings.delete(mappingKey(change));
      return;
    case "createGroup":
      snapshot.groups.set(change.name, { name: change.name, description: change.description });
      snapshot.groupRoles.set(change.name, new Set());
      snapshot.members.set(change.name, new Set());
      return;
    case "deleteGroup":
      snapshot.groups.delete(change.name);
      snapshot.groupRoles.delete(change.name);
      snapshot.members.delete(change.name);
      return;
    case "assignRole":
      add(snapshot.groupRoles, change.group, change.role);
      return;
    case "unassignRole":
      snapshot.groupRoles.get(change.group)?.delete(change.role);
      return;
    case "addMember":
      add(snapshot.members, change.group, change.cpf);
      return;
    case "removeMember":
      snapshot.members.get(change.group)?.delete(change.cpf);
      return;
    case "checkHealth":
      snapshot.ready = !snapshot.backup;
      return;
    case "writeBackup":
      snapshot.ready = true;
      return;
    case "keepRestore":
      snapshot.restores.set(restoreKey(change.restore.kind, change.restore.name), change.restore);
      return;
    case "dropRestore":
      snapshot.restores.delete(restoreKey(change.of, change.name));
      return;
  }
}

function add(sets: Map<string, Set<string>>, name: string, entry: string): void {
  const set = sets.get(name) ?? new Set();
  sets.set(name, set.add(entry));
}

type Update<K extends Change["kind"]> = Extract<Change, { kind: K }>;

function updateAction(snapshot: Snapshot, { name, to = name, description }: Update<"updateAction">): void {
  const action = snapshot.actions.get(name);
  if (action === undefined) return;
  snapshot.actions.delete(name);
  snapshot.actions.set(to, { ...action, name: to, ...(description === undefined ? {} : { description }) });
  if (to === name) return;
  for (const set of snapshot.roleActions.values()) if (set.delete(name)) set.add(to);
  for (const [key, mapping] of snapshot.mappings) {
    if (mapping.action === name) snapshot.mappings.set(key, { ...mapping, action: to });
  }
}

/** The service deletes an action's mappings and its assignments to roles with it, and does not say so. */
function deleteAction(snapshot: Snapshot, name: string): void {
  snapshot.actions.delete(name);
  for (const set of snapshot.roleActions.values()) set.delete(name);
  for (const [key, { action }] of snapshot.mappings) if (action === name) snapshot.mappings.delete(key);
}

function updateMapping(snapshot: Snapshot, { method, path, to, action, description }: Update<"updateMapping">): void {
  const key = mappingKey({ method, path });
  const mapping = snapshot.mappings.get(key);
  if (mapping === undefined) return;
  const after = {
    ...mapping,
    ...to,
    ...(action === undefined ? {} : { action }),
    ...(description === undefined ? {} : { description: description === "" ? undefined : description }),
  };
  snapshot.mappings.delete(key);
  snapshot.mappings.set(mappingKey(after), after);
}
