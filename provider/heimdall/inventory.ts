import { inventoryOf, type HeldResource, type Holdings, type Thing } from "../core/inventory.js";
import { memberThing } from "./groupMember.js";
import { assignmentThing } from "./assignments.js";
import { openClient } from "./client.js";
import { resources } from "./index.js";
import { load } from "./load.js";
import type { Change } from "./changes.js";
import { mappingThing } from "./mapping.js";
import { PREFIX, shownChange } from "./requests.js";
import { SUPERADMIN, blankSnapshot, parts, type Snapshot } from "./snapshot.js";
import { heimdall } from "./system.js";

/** What is in an environment of Heimdall and no resource manages. Sends nothing but GET. */
export const inventory = inventoryOf({
  ...heimdall,
  resources,
  look: async (connection, holdings) => {
    const snapshot = blankSnapshot();
    const client = openClient(connection, { readOnly: true });
    await load(client, snapshot, [parts.actions, parts.roles, parts.groups, parts.mappings]);
    // What an environment that is declared as a whole holds too much is drift.
    const whole = holdings.has("environment:as a whole");
    const groups = [...snapshot.groups.keys()].filter((group) => holdings.has(`group:${group}`));
    const roles = [...snapshot.roles.keys()].filter((role) => !whole && holdings.has(`role:${role}`));
    await load(client, snapshot, [
      ...groups.flatMap((group) => [parts.members(group), parts.groupRoles(group)]),
      ...roles.map((role) => parts.roleActions(role)),
    ]);
    return [
      ...(whole ? [] : objects(snapshot)),
      ...assignments(snapshot, groups, holdings),
      ...allowed(snapshot, roles, holdings),
    ];
  },
});

function objects({ actions, roles, groups, mappings }: Snapshot): Thing[] {
  const named = (kind: "action" | "role" | "group", name: string): Thing => ({
    key: `${kind}:${name}`,
    kind,
    name,
    text: `the ${kind} ${JSON.stringify(name)}`,
    remedy: `DELETE ${PREFIX}/${kind}s/${encodeURIComponent(name)}`,
  });
  return [
    ...[...actions.values()].map(({ name, id }) => ({
      ...named("action", name),
      remedy: `DELETE ${PREFIX}/actions/${String(id)}`,
    })),
    ...[...roles.keys()].filter((name) => name !== SUPERADMIN).map((name) => named("role", name)),
    ...[...groups.keys()].map((name) => named("group", name)),
    ...[...mappings.values()].map((mapping) => ({
      key: mappingThing(mapping),
      kind: "mapping",
      name: `${mapping.method} ${mapping.path}`,
      text: `the mapping ${mapping.method} ${mapping.path}, which asks for ${JSON.stringify(mapping.action)}`,
      remedy: `DELETE ${PREFIX}/mappings/${String(mapping.id)}`,
    })),
  ];
}

/** Of groups that are managed: what a list that a resource decides holds too much is drift, and the rest is told here. */
function assignments(
  { members, groupRoles }: Snapshot,
  groups: readonly string[],
  { has, resources: held }: Holdings,
): Thing[] {
  const whole = has("environment:as a whole");
  return groups.flatMap((group) => [
    ...(decidesMembers(held, group) ? [] : [...(members.get(group) ?? [])]).map((who) => ({
      key: memberThing(group, who),
      kind: "member",
      name: `${who} in ${group}`,
      text: `${who} is in the group ${JSON.stringify(group)}`,
      remedy: takeAway({ kind: "removeMember", group, cpf: who }),
    })),
    ...(has(`role list of group:${group}`) || whole ? [] : [...(groupRoles.get(group) ?? [])]).map((role) => ({
      key: assignmentThing("role", group, role),
      kind: "role",
      name: `${role} in ${group}`,
      text: `the group ${JSON.stringify(group)} has the role ${JSON.stringify(role)}`,
      remedy: takeAway({ kind: "unassignRole", group, role }),
    })),
  ]);
}

/** Of roles that are managed: the actions that they have besides, where no resource decides all of them. */
function allowed({ roleActions }: Snapshot, roles: readonly string[], { has }: Holdings): Thing[] {
  return roles
    .filter((role) => !has(`action list of role:${role}`))
    .flatMap((role) =>
      [...(roleActions.get(role) ?? [])].map((action) => ({
        key: assignmentThing("action", role, action),
        kind: "action",
        name: `${action} in ${role}`,
        text: `the role ${JSON.stringify(role)} has the action ${JSON.stringify(action)}`,
        remedy: takeAway({ kind: "unassignAction", role, action }),
      })),
    );
}

/** The request of a change that needs no number of the service. */
function takeAway(change: Change): string {
  return shownChange(blankSnapshot(), change);
}

/** Whether a resource decides who is in a group: an environment whose groups have lists of members. */
function decidesMembers(held: readonly HeldResource[], group: string): boolean {
  return held.some(
    ({ properties: { members } }) => typeof members === "object" && members !== null && group in members,
  );
}
