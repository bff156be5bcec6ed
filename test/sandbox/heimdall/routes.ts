import type * as z from "zod";
import type { Answer, Call } from "../server.js";
import {
  NOTHING,
  NOT_ALLOWED,
  NOT_FOUND,
  NUL,
  PREFIX,
  bodies,
  created,
  invalid,
  ok,
  refuse,
  unfitBody,
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
export type Gate = (
  caller: Caller,
  kind: "policy" | "action" | "roleCreate" | "roleDelete",
  call: Call,
) => Answer | undefined;

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
    if (description.includes("\0")) return refuse(400, NUL);
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
    if (description.includes("\0")) return refuse(409, NUL);
    return created(roleAnswer(store.addRole(name, description)));
  });

function groupsOf(store: Store, role: string): string[] {
  return store.groups.filter(({ roles }) => roles.has(role)).map(({ name }) => name);
}

const deleteRole: Route = ({ parts: [name = ""], store }) => {
  const role = findRole(store, name);
  if (role === undefined) return refuse(404, MISSING("Role", name));
  if (groupsOf(store, name).length > 0)
    return refuse(409, `Cannot delete role '${name}': still assigned to groups: ${groupsOf(store, name).join(", ")}`);
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
    if (!store.actions.some((row) => row.name === action)) return refuse(404, MISSING("Action", action));
    role.actions.add(action);
    return ok({ status: "action_assigned", role: name, action });
  });

const unassignAction: Route = ({ parts: [name = "", action = ""], store }) => {
  const role = roleWithinReach(store, name);
  if (role === undefined) return refuse(404, MISSING("Role", name));
  if (!store.actions.some((row) => row.name === action)) return refuse(404, MISSING("Action", action));
  role.actions.delete(action);
  return NOTHING;
};

const orderOf = ({ path_pattern, method }: MappingRow): string => `${path_pattern}\0${method}`;

const listMappings: Route = ({ call, store }) => {
  const filter = call.query.get("action_filter")?.toLowerCase() ?? "";
  const found = store.mappings.filter(({ action }) => action.toLowerCase().includes(filter));
  return ok(found.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1)).map(mappingAnswer));
};

/** What Redis does not know is looked for in the database, and written to Redis. */
function storedMapping(store: Store, method: string, path: string): MappingRow | undefined {
  const found = store.mappings.find((row) => row.method === method && new RegExp(`^${row.path_pattern}$`).test(path));
  if (found !== undefined) store.resolver.write(found);
  return found;
}

const resolveMapping: Route = ({ call, store }) => {
  const [path, method] = [call.query.get("path"), call.query.get("method")];
  if (path === null || method === null) return invalid([{ loc: ["query"] }]);
  const found = store.resolver.find(method, path) ?? storedMapping(store, method, path);
  if (found === undefined) return refuse(404, `No mapping found for path '${path}' and method '${method}'`);
  const { id, description, ...rest } = found;
  return ok({ mapping_id: id, action: rest.action, path_pattern: rest.path_pattern, method: rest.method, description });
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
    if (!isPattern(path_pattern)) return refuse(409, `Invalid path pattern: ${path_pattern}`);
    if (path_pattern.includes("\0")) return refuse(409, NUL);
    if (store.mappings.some((row) => row.method === method && row.path_pattern === path_pattern)) {
      return refuse(409, `Mapping for pattern '${path_pattern}' and method '${method}' already exists`);
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
      return refuse(404, `Invalid path pattern: ${path_pattern}`);
    const after = { method: method ?? mapping.method, path_pattern: path_pattern ?? mapping.path_pattern };
    const clash = store.mappings.some(
      (row) => row !== mapping && row.method === after.method && row.path_pattern === after.path_pattern,
    );
    if (clash) return refuse(500, "Internal server error");
    Object.assign(mapping, after, { updated_at: store.now() });
    if (action !== undefined) mapping.action = action.name;
    if (description !== undefined) mapping.description = description;
    store.mappings = [...store.mappings.filter((row) => row !== mapping), mapping];
    const given = [path_pattern, method, action_id, description];
    if (given.some((each) => each !== undefined)) store.resolver.write(mapping);
    return ok(mappingAnswer(mapping));
  });

const deleteMapping: Route = ({ parts: [text = ""], store }) => {
  if (!/^\d+$/.test(text)) return invalid([{ loc: ["path", "mapping_id"] }]);
  const mapping = store.mappings.find(({ id }) => id === Number(text));
  if (mapping !== undefined) store.resolver.remove(mapping.id, mapping.method);
  store.mappings = store.mappings.filter((row) => row !== mapping);
  return NOTHING;
};

const listGroups: Route = ({ call, store }) => {
  const prefix = call.query.get("prefix") ?? "";
  if (store.groups.some(({ description }) => description === null)) return refuse(500, "Internal server error");
  const found = store.groups.filter(({ name }) => name.startsWith(prefix));
  return ok(found.sort((a, b) => (a.name < b.name ? -1 : 1)).map(groupAnswer));
};

const createGroup: Route = ({ call, caller, store }) =>
  withBody(call, bodies.named, ({ name, description }) => {
    if (findGroup(store, name) !== undefined) return refuse(409, DUPLICATE("Group", name));
    if (description.includes("\0")) return refuse(409, NUL);
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
    return ok({ status: "role_assigned", group: name, role });
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
    if (group === undefined) return refuse(403, `Permission denied to add member to group '${name}'`);
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
  /** What is refused before it is looked who asks. */
  readonly before?: ((asked: Asked) => Answer | undefined) | undefined;
}

const open = (route: Route): Entry => ({ route });
const policy = (route: Route, before?: Entry["before"]): Entry => ({ route, gate: "policy", before });
const action = (route: Route, before?: Entry["before"]): Entry => ({ route, gate: "action", before });

const body =
  (schema: z.ZodType): Entry["before"] =>
  ({ call }) =>
    unfitBody(call, schema);
const id =
  (name: string): Entry["before"] =>
  ({ parts: [text = ""] }) =>
    /^-?\d+$/.test(text) ? undefined : invalid([{ loc: ["path", name] }]);
const both =
  (one: Entry["before"], other: Entry["before"]): Entry["before"] =>
  (asked) =>
    one?.(asked) ?? other?.(asked);

/** The one role whose actions nobody changes. */
const isSuperadmin: Entry["before"] = ({ parts: [name] }) =>
  name === "superadmin"
    ? refuse(403, "Cannot modify superadmin role: it is protected and has wildcard permissions")
    : undefined;

const isDeletable: Entry["before"] = ({ parts: [name = ""], store }) => {
  if (findRole(store, name) === undefined) return refuse(404, MISSING("Role", name));
  return name === "superadmin"
    ? refuse(403, "Cannot delete superadmin role: it is protected and immutable")
    : undefined;
};

/** Every route of the contract's table: path with `*` for what stands for something, then by method. */
const TABLE: readonly (readonly [string, Readonly<Record<string, Entry>>])[] = [
  ["/users/me", { GET: open(me) }],
  ["/actions/", { GET: open(listActions), POST: action(createAction, body(bodies.named)) }],
  [
    "/actions/*",
    {
      GET: open(getAction),
      PUT: action(updateAction, both(id("action_id"), body(bodies.actionUpdate))),
      DELETE: action(deleteAction, id("action_id")),
    },
  ],
  ["/roles/", { GET: open(listRoles), POST: { route: createRole, gate: "roleCreate", before: body(bodies.named) } }],
  ["/roles/groups/*/roles", { GET: policy(groupRoles), POST: policy(assignRole, body(bodies.groupRole)) }],
  ["/roles/groups/*/roles/*", { DELETE: policy(unassignRole) }],
  ["/roles/*", { DELETE: { route: deleteRole, gate: "roleDelete", before: isDeletable } }],
  [
    "/roles/*/actions",
    { GET: policy(roleActions), POST: policy(assignAction, both(body(bodies.roleAction), isSuperadmin)) },
  ],
  ["/roles/*/actions/*", { DELETE: policy(unassignAction, isSuperadmin) }],
  ["/mappings/", { GET: open(resolveMapping), POST: policy(createMapping, body(bodies.mapping)) }],
  ["/mappings/list", { GET: open(listMappings) }],
  [
    "/mappings/*",
    {
      PUT: policy(updateMapping, both(id("mapping_id"), body(bodies.mappingUpdate))),
      DELETE: policy(deleteMapping, id("mapping_id")),
    },
  ],
  ["/groups/", { GET: open(listGroups), POST: policy(createGroup, body(bodies.named)) }],
  ["/groups/*", { DELETE: policy(deleteGroup) }],
  ["/groups/*/members", { GET: policy(members), POST: policy(addMember, body(bodies.member)) }],
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

const withinPrefix = ({ path }: Call): string => (path.startsWith(PREFIX) ? path.slice(PREFIX.length) : "");

/** A collection without its slash is somewhere else. */
const withSlash = (path: string): boolean => TABLE.some(([pattern]) => pattern === `${path}/`);

/** Whether a request leads anywhere, which is told to everybody. */
export function isRoute(call: Call): boolean {
  const path = withinPrefix(call);
  return withSlash(path) || TABLE.some(([pattern]) => match(pattern, path) !== undefined);
}

/** Whether the service has policies written again after it: not for mappings, and not for an action's new name. */
function renewsPolicies(method: string, pattern: string): boolean {
  return method !== "GET" && method !== "PUT" && !pattern.startsWith("/mappings/");
}

/** Finds what answers a request and answers it. */
export function answer(call: Call, caller: Caller, store: Store, gate: Gate): Answer {
  const path = withinPrefix(call);
  for (const [pattern, methods] of TABLE) {
    const parts = match(pattern, path);
    if (parts === undefined) continue;
    const entry = methods[call.method];
    if (entry === undefined) return NOT_ALLOWED;
    const asked = { call, caller, store, parts };
    const stopped = entry.before?.(asked) ?? (entry.gate === undefined ? undefined : gate(caller, entry.gate, call));
    if (stopped !== undefined) return stopped;
    const answered = entry.route(asked);
    if (answered.status < 300 && renewsPolicies(call.method, pattern)) store.policyVersion += 1;
    return answered;
  }
  if (withSlash(path)) {
    const query = call.query.size === 0 ? "" : `?${call.query.toString()}`;
    return { status: 307, headers: { location: `${call.path}/${query}` } };
  }
  return NOT_FOUND;
}
