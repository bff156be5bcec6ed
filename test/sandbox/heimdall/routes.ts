import type { Answer, Call } from "../server.js";
import {
  NOTHING,
  NOT_ALLOWED,
  NOT_FOUND,
  PREFIX,
  bodies,
  created,
  invalid,
  ok,
  refuse,
  withBody,
  withPage,
} from "./answers.js";
import type { GroupRow, MappingRow, RoleRow, Store } from "./store.js";

/** Somebody who asks. */
export interface Caller {
  readonly cpf: string;
  readonly admin: boolean;
}

/** A request that has passed the door. */
export interface Asked {
  readonly call: Call;
  readonly caller: Caller;
  readonly store: Store;
  /** The parts of the path that stand for something. */
  readonly parts: readonly string[];
}

type Route = (asked: Asked) => Answer;

/**
 * What the service answers while its policy engine is down, or to somebody who may not: `undefined` for who may. What
 * makes roles asks no policy engine, and lists need no more than a token.
 */
export type Gate = (caller: Caller, kind: "policy" | "action" | "roleCreate" | "roleDelete") => Answer | undefined;

const DUPLICATE = (what: string, name: string): string => `${what} '${name}' already exists`;
const MISSING = (what: string, name: string): string => `${what} '${name}' not found`;

/** How many roles the endpoints for a role's actions know. */
const WITHIN_REACH = 50;

function findRole(store: Store, name: string): RoleRow | undefined {
  return store.roles.find((role) => role.name === name);
}

/** The role, as the endpoints for its actions find it: among the first 50 by name. */
function roleWithinReach(store: Store, name: string): RoleRow | undefined {
  return store
    .sortedRoles()
    .slice(0, WITHIN_REACH)
    .find((role) => role.name === name);
}

function findGroup(store: Store, name: string): GroupRow | undefined {
  return store.groups.find((group) => group.name === name);
}

function actionAnswer(store: Store, { id, name, description }: Store["actions"][number]): object {
  const endpoints = store.mappings.filter(({ action }) => action === name);
  return { id, name, description, endpoint_count: endpoints.length };
}

function mappingAnswer(mapping: MappingRow): object {
  return { ...mapping };
}

/** The service has no column for who made a role, and when. */
function roleAnswer({ id, name, description }: RoleRow): object {
  return { id, name, description, created_by: null, created_at: null };
}

function groupAnswer({ id, name, description, created_by, created_at }: GroupRow): object {
  return { id, name, description, created_by, created_at };
}

const me: Route = ({ caller, store }) => {
  const groups = store.groups.filter(({ members }) => members.some(({ subject }) => subject === caller.cpf));
  const roles = new Set([...(caller.admin ? ["superadmin"] : []), ...groups.flatMap((group) => [...group.roles])]);
  return ok({
    id: 1,
    cpf: caller.cpf,
    display_name: null,
    groups: groups.map(({ name }) => name),
    roles: [...roles].sort(),
  });
};

const listActions: Route = ({ call, store }) =>
  withPage(call, (skip, limit) =>
    ok({
      actions: store.actions.slice(skip, skip + limit).map((action) => actionAnswer(store, action)),
      total: store.actions.length,
      skip,
      limit,
    }),
  );

const createAction: Route = ({ call, store }) =>
  withBody(call, bodies.named, ({ name, description }) => {
    if (store.actions.some((action) => action.name === name)) return refuse(400, DUPLICATE("Action", name));
    return created(actionAnswer(store, store.addAction(name, description)));
  });

function withAction(
  { parts, store }: Asked,
  missing: number,
  then: (action: Store["actions"][number]) => Answer,
): Answer {
  const [text = ""] = parts;
  if (!/^-?\d+$/.test(text)) return invalid([{ loc: ["path", "action_id"] }]);
  const action = store.actions.find(({ id }) => id === Number(text));
  return action === undefined ? refuse(missing, MISSING("Action", text)) : then(action);
}

const getAction: Route = (asked) => withAction(asked, 404, (action) => ok(actionAnswer(asked.store, action)));

const updateAction: Route = (asked) =>
  withBody(asked.call, bodies.actionUpdate, ({ name, description }) =>
    withAction(asked, 400, (action) => {
      const { store } = asked;
      if (name !== undefined && store.actions.some((other) => other !== action && other.name === name)) {
        return refuse(400, DUPLICATE("Action", name));
      }
      if (name !== undefined) store.renameAction(action, name);
      if (description !== undefined) action.description = description;
      store.touchAction(action);
      return ok(actionAnswer(store, action));
    }),
  );

const deleteAction: Route = (asked) =>
  withAction(asked, 400, (action) => {
    asked.store.removeAction(action);
    return NOTHING;
  });

const listRoles: Route = ({ call, store }) =>
  withPage(call, (skip, limit) => {
    const all = store.sortedRoles();
    const items = all.slice(skip, skip + limit);
    if (items.some(({ description }) => description === null)) return refuse(500, "Internal server error");
    return ok({ items: items.map(roleAnswer), total: all.length, skip, limit, has_more: skip + limit < all.length });
  });

const createRole: Route = ({ call, store }) =>
  withBody(call, bodies.named, ({ name, description }) => {
    if (findRole(store, name) !== undefined) return refuse(409, DUPLICATE("Role", name));
    return created(roleAnswer(store.addRole(name, description)));
  });

const deleteRole: Route = ({ parts: [name = ""], store }) => {
  const role = findRole(store, name);
  if (role === undefined) return refuse(404, MISSING("Role", name));
  if (name === "superadmin") return refuse(403, "The superadmin role cannot be deleted");
  if (store.groups.some(({ roles }) => roles.has(name))) return refuse(409, `Role '${name}' is assigned to groups`);
  if (role.actions.size > 0) return refuse(500, "Internal server error");
  store.roles = store.roles.filter((other) => other !== role);
  return NOTHING;
};

const roleActions: Route = ({ parts: [name = ""], store }) => {
  const role = roleWithinReach(store, name);
  if (role === undefined) return refuse(404, MISSING("Role", name));
  return ok(
    [...role.actions].sort().map((action) => {
      const row = store.actions.find((each) => each.name === action);
      return { id: row?.id, name: action, description: row?.description ?? null };
    }),
  );
};

const assignAction: Route = ({ call, parts: [name = ""], store }) =>
  withBody(call, bodies.roleAction, ({ action_name: action }) => {
    const role = roleWithinReach(store, name);
    if (role === undefined) return refuse(404, MISSING("Role", name));
    if (name === "superadmin") return refuse(403, "The actions of superadmin cannot be changed");
    if (!store.actions.some((row) => row.name === action)) return refuse(404, MISSING("Action", action));
    role.actions.add(action);
    return ok({ status: "action_assigned", role: name, action });
  });

const unassignAction: Route = ({ parts: [name = "", action = ""], store }) => {
  const role = roleWithinReach(store, name);
  if (role === undefined) return refuse(404, MISSING("Role", name));
  if (name === "superadmin") return refuse(403, "The actions of superadmin cannot be changed");
  if (!store.actions.some((row) => row.name === action)) return refuse(404, MISSING("Action", action));
  role.actions.delete(action);
  return NOTHING;
};

const listMappings: Route = ({ call, store }) => {
  const filter = call.query.get("action_filter")?.toLowerCase() ?? "";
  return ok(store.mappings.filter(({ action }) => action.toLowerCase().includes(filter)).map(mappingAnswer));
};

const resolveMapping: Route = ({ call, store }) => {
  const [path, method] = [call.query.get("path"), call.query.get("method")];
  if (path === null || method === null) return invalid([{ loc: ["query"] }]);
  const found = store.mappings.find((row) => row.method === method && new RegExp(`^${row.path_pattern}$`).test(path));
  if (found === undefined) return refuse(404, "No mapping found");
  const { id, action, path_pattern, description } = found;
  return ok({ mapping_id: id, action, path_pattern, method, description });
};

/** Without both parentheses a path is a template (`*`, `**`, `:id`), and everything else in it stands for itself. */
function isPattern(path: string): boolean {
  if (!path.includes("(") || !path.includes(")")) return true;
  try {
    new RegExp(path.replaceAll("(?P<", "(?<"));
    return true;
  } catch {
    return false;
  }
}

const createMapping: Route = ({ call, caller, store }) =>
  withBody(call, bodies.mapping, ({ path_pattern, method, action_id, description = null }) => {
    const action = store.actions.find(({ id }) => id === action_id);
    if (action === undefined) return refuse(409, MISSING("Action", String(action_id)));
    if (!isPattern(path_pattern)) return refuse(409, `Invalid path pattern '${path_pattern}'`);
    if (store.mappings.some((row) => row.method === method && row.path_pattern === path_pattern)) {
      return refuse(409, `Mapping for ${method} ${path_pattern} already exists`);
    }
    return created(
      mappingAnswer(store.addMapping({ path_pattern, method, action: action.name, description }, caller.cpf)),
    );
  });

const updateMapping: Route = ({ call, parts: [text = ""], store }) =>
  withBody(call, bodies.mappingUpdate, ({ path_pattern, method, action_id, description }) => {
    if (!/^\d+$/.test(text)) return invalid([{ loc: ["path", "mapping_id"] }]);
    const mapping = store.mappings.find(({ id }) => id === Number(text));
    if (mapping === undefined) return refuse(404, MISSING("Mapping", text));
    const action = action_id === undefined ? undefined : store.actions.find(({ id }) => id === action_id);
    if (action_id !== undefined && action === undefined) return refuse(404, MISSING("Action", String(action_id)));
    if (path_pattern !== undefined && !isPattern(path_pattern))
      return refuse(404, `Invalid path pattern '${path_pattern}'`);
    const after = { method: method ?? mapping.method, path_pattern: path_pattern ?? mapping.path_pattern };
    const clash = store.mappings.some(
      (row) => row !== mapping && row.method === after.method && row.path_pattern === after.path_pattern,
    );
    if (clash) return refuse(500, "Internal server error");
    Object.assign(mapping, after, { updated_at: store.now() });
    if (action !== undefined) mapping.action = action.name;
    if (description !== undefined) mapping.description = description;
    store.mappings = [...store.mappings.filter((row) => row !== mapping), mapping];
    return ok(mappingAnswer(mapping));
  });

const deleteMapping: Route = ({ parts: [text = ""], store }) => {
  if (!/^\d+$/.test(text)) return invalid([{ loc: ["path", "mapping_id"] }]);
  store.mappings = store.mappings.filter(({ id }) => id !== Number(text));
  return NOTHING;
};

const listGroups: Route = ({ call, store }) => {
  const prefix = call.query.get("prefix") ?? "";
  if (store.groups.some(({ description }) => description === null)) return refuse(500, "Internal server error");
  return ok(store.groups.filter(({ name }) => name.startsWith(prefix)).map(groupAnswer));
};

const createGroup: Route = ({ call, caller, store }) =>
  withBody(call, bodies.named, ({ name, description }) => {
    if (findGroup(store, name) !== undefined) return refuse(409, DUPLICATE("Group", name));
    return created(groupAnswer(store.addGroup(name, description, caller.cpf)));
  });

const deleteGroup: Route = ({ parts: [name = ""], store }) => {
  if (findGroup(store, name) === undefined) return refuse(404, MISSING("Group", name));
  store.groups = store.groups.filter((group) => group.name !== name);
  return NOTHING;
};

const groupRoles: Route = ({ parts: [name = ""], store }) => {
  const group = findGroup(store, name);
  if (group === undefined) return refuse(404, MISSING("Group", name));
  return ok(
    store
      .sortedRoles()
      .filter((role) => group.roles.has(role.name))
      .map(roleAnswer),
  );
};

const assignRole: Route = ({ call, parts: [name = ""], store }) =>
  withBody(call, bodies.groupRole, ({ role_name: role }) => {
    const group = findGroup(store, name);
    if (group === undefined) return refuse(404, MISSING("Group", name));
    if (findRole(store, role) === undefined) return refuse(404, MISSING("Role", role));
    group.roles.add(role);
    return ok({ status: "success", group: name, role });
  });

const unassignRole: Route = ({ parts: [name = "", role = ""], store }) => {
  findGroup(store, name)?.roles.delete(role);
  return NOTHING;
};

const members: Route = ({ parts: [name = ""], store }) => {
  const group = findGroup(store, name);
  if (group === undefined) return refuse(404, MISSING("Group", name));
  return ok(group.members.map((member) => ({ ...member, display_name: null })));
};

const addMember: Route = ({ call, caller, parts: [name = ""], store }) =>
  withBody(call, bodies.member, ({ subject }) => {
    store.users.add(subject);
    const group = findGroup(store, name);
    if (group === undefined) return refuse(403, `Insufficient permissions for group '${name}'`);
    store.join(group, subject, caller.cpf);
    return ok({ status: "member_added", group: name, subject });
  });

const removeMember: Route = ({ parts: [name = "", subject = ""], store }) => {
  const found = findGroup(store, name);
  const index = found?.members.findIndex((member) => member.subject === subject) ?? -1;
  if (index >= 0) found?.members.splice(index, 1);
  return NOTHING;
};

interface Entry {
  readonly route: Route;
  /** Behind which gate it is; none for what everybody with a token may ask. */
  readonly gate?: Parameters<Gate>[1];
}

const open = (route: Route): Entry => ({ route });
const policy = (route: Route): Entry => ({ route, gate: "policy" });
const action = (route: Route): Entry => ({ route, gate: "action" });

/** Every route of the contract's table: path with `*` for what stands for something, then by method. */
const TABLE: readonly (readonly [string, Readonly<Record<string, Entry>>])[] = [
  ["/users/me", { GET: open(me) }],
  ["/actions/", { GET: open(listActions), POST: action(createAction) }],
  ["/actions/*", { GET: open(getAction), PUT: action(updateAction), DELETE: action(deleteAction) }],
  ["/roles/", { GET: open(listRoles), POST: { route: createRole, gate: "roleCreate" } }],
  ["/roles/groups/*/roles", { GET: policy(groupRoles), POST: policy(assignRole) }],
  ["/roles/groups/*/roles/*", { DELETE: policy(unassignRole) }],
  ["/roles/*", { DELETE: { route: deleteRole, gate: "roleDelete" } }],
  ["/roles/*/actions", { GET: policy(roleActions), POST: policy(assignAction) }],
  ["/roles/*/actions/*", { DELETE: policy(unassignAction) }],
  ["/mappings/", { GET: open(resolveMapping), POST: policy(createMapping) }],
  ["/mappings/list", { GET: open(listMappings) }],
  ["/mappings/*", { PUT: policy(updateMapping), DELETE: policy(deleteMapping) }],
  ["/groups/", { GET: open(listGroups), POST: policy(createGroup) }],
  ["/groups/*", { DELETE: policy(deleteGroup) }],
  ["/groups/*/members", { GET: policy(members), POST: policy(addMember) }],
  ["/groups/*/members/*", { DELETE: policy(removeMember) }],
];

/** Every route as `GET /api/v1/actions/`, for whoever holds them against the published description. */
export const ROUTES: readonly string[] = TABLE.flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => `${method} ${PREFIX}${path}`),
);

function match(pattern: string, path: string): string[] | undefined {
  const [ours, theirs] = [pattern.split("/"), path.split("/")];
  if (ours.length !== theirs.length) return undefined;
  const fits = ours.every((part, index) => (part === "*" ? theirs[index] !== "" : part === theirs[index]));
  return fits ? theirs.filter((_part, index) => ours[index] === "*").map(decodeURIComponent) : undefined;
}

/** Finds what answers a request and answers it. */
export function answer(call: Call, caller: Caller, store: Store, gate: Gate): Answer {
  const path = call.path.startsWith(PREFIX) ? call.path.slice(PREFIX.length) : "";
  for (const [pattern, methods] of TABLE) {
    const parts = match(pattern, path);
    if (parts === undefined) continue;
    const entry = methods[call.method];
    if (entry === undefined) return NOT_ALLOWED;
    const stopped = entry.gate === undefined ? undefined : gate(caller, entry.gate);
    return stopped ?? entry.route({ call, caller, store, parts });
  }
  // A collection without its slash is somewhere else.
  if (TABLE.some(([pattern]) => pattern === `${path}/`)) {
    const query = call.query.size === 0 ? "" : `?${call.query.toString()}`;
    return { status: 307, headers: { location: `${call.path}/${query}` } };
  }
  return NOT_FOUND;
}
