import type { Contents, Store } from "../../sandbox/heimdall/heimdall.js";

/** How large an environment is. */
export interface EnvironmentSize {
  readonly actions: number;
  readonly roles: number;
  readonly mappings: number;
  readonly groups: number;
}

/** As the service's own sync script was measured. */
export const ORDINARY: EnvironmentSize = { actions: 20, roles: 10, mappings: 50, groups: 10 };
/** As many roles as the service can take, with room for superadmin. */
export const LARGE: EnvironmentSize = { actions: 300, roles: 45, mappings: 1000, groups: 100 };

/** Actions of each role. */
export const ACTIONS_OF_A_ROLE = 4;
/** Roles of each group. */
export const ROLES_OF_A_GROUP = 2;

function many(count: number): number[] {
  return Array.from({ length: count }, (_none, index) => index);
}

/** An environment of a size, the same every time. */
export function workload({ actions, roles, mappings, groups }: EnvironmentSize): Contents {
  const action = (index: number): string => `service:action_${String(index % actions).padStart(4, "0")}`;
  const role = (index: number): string => `role_${String(index % roles).padStart(3, "0")}`;
  return {
    actions: Object.fromEntries(many(actions).map((index) => [action(index), `Allows thing ${index}`])),
    roles: Object.fromEntries(
      many(roles).map((index) => [
        role(index),
        { description: `Role ${index}`, actions: many(ACTIONS_OF_A_ROLE).map((each) => action(index * 3 + each)) },
      ]),
    ),
    mappings: Object.fromEntries(
      many(mappings).map((index) => [
        `${index % 2 === 0 ? "GET" : "POST"} /api/v1/thing/${index}`,
        { action: action(index), description: `Endpoint ${index}` },
      ]),
    ),
    groups: Object.fromEntries(
      many(groups).map((index) => [
        `group_${String(index).padStart(3, "0")}`,
        { description: `Group ${index}`, roles: many(ROLES_OF_A_GROUP).map((each) => role(index + each)) },
      ]),
    ),
  };
}

/** Entities and assignments of an environment: the fewest requests that make it. */
export function thingsIn({ actions, roles, mappings, groups }: EnvironmentSize): number {
  return actions + roles + mappings + groups + roles * ACTIONS_OF_A_ROLE + groups * ROLES_OF_A_GROUP;
}

/** Requests that read an environment: pages, and one for each role and group. */
export function readsOf({ actions, roles, groups }: EnvironmentSize): number {
  const pages = (entries: number): number => Math.max(1, Math.ceil(entries / 100));
  return pages(actions) + pages(roles + 1) + 2 + roles + groups;
}

/** Changes one thing of each kind by hand, and tells how many requests repair that. */
export function drift(store: Store): number {
  const [action] = store.actions;
  const [mapping, gone] = store.mappings;
  const role = store.roles.find(({ name }) => name !== "superadmin");
  const [group] = store.groups;
  if (
    action === undefined ||
    mapping === undefined ||
    gone === undefined ||
    role === undefined ||
    group === undefined
  ) {
    throw new Error("the environment is empty");
  }
  action.description = "Changed by hand";
  mapping.description = "Changed by hand";
  store.mappings = store.mappings.filter((each) => each !== gone);
  store.addAction("by:hand", "Made by hand");
  role.actions.add("by:hand");
  group.roles.clear();
  store.addGroup("by_hand", "Made by hand", null);
  // An action and a mapping changed, a mapping made, an action and a group deleted, one action and two roles assigned.
  return 2 + 1 + 2 + 1 + ROLES_OF_A_GROUP;
}
