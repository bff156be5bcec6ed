import { ADMIN, type Contents } from "./heimdall.js";

/** What the environment holds in which the lines of the contract are true. */
export const CONTENTS: Contents = {
  actions: { "users:read": "Read users", "users:write": "Write users" },
  roles: {
    viewer: { description: "May look", actions: ["users:read"] },
    idle: { description: "Has no actions and no group" },
    held: { description: "Is on a group" },
  },
  mappings: { "GET /users": { action: "users:read", description: "List" }, "PUT /users": { action: "users:write" } },
  groups: { desk: { description: "The desk", roles: ["held"], members: ["11111111111", "22222222222"] } },
};

/** A body that makes an action, a role or a group. */
export const NEW = { name: "new", description: "New" };
const UNPROCESSABLE = [
  { name: "Upper", description: "x" },
  { name: "ok" },
  { name: "x".repeat(101), description: "x" },
];

/** What is asked, and what the contract says is answered: the status, and what the body holds. */
export type Line = readonly [request: string, body: unknown, status: number, holds?: unknown];

/** The contract, line by line; `{users:read}` stands for the number of the action, `{GET /users}` for that of the mapping. */
export const LINES: readonly Line[] = [
  ["GET /healthz", undefined, 200, { status: "healthy" }],
  ["GET /users/me", undefined, 200, { cpf: ADMIN, groups: [], roles: ["superadmin"] }],
  ["GET /actions/?skip=1&limit=1", undefined, 200, { total: 2, skip: 1, limit: 1 }],
  ["GET /actions/?limit=101", undefined, 422],
  ["POST /actions/", NEW, 201, { name: "new", description: "New", endpoint_count: 0 }],
  ["POST /actions/", { ...NEW, name: "users:read" }, 400, { status_code: 400 }],
  ...UNPROCESSABLE.map((body): Line => ["POST /actions/", body, 422]),
  ["POST /actions/", { ...NEW, description: "a\0b" }, 400],
  ["GET /actions/{users:read}", undefined, 200, { name: "users:read", endpoint_count: 1 }],
  ["GET /actions/999", undefined, 404],
  ["GET /actions/x", undefined, 422],
  [
    "PUT /actions/{users:read}",
    { description: null, name: null },
    200,
    { name: "users:read", description: "Read users" },
  ],
  ["PUT /actions/{users:read}", { name: "users:write" }, 400],
  ["PUT /actions/999", NEW, 400],
  ["DELETE /actions/{users:read}", undefined, 204],
  ["DELETE /actions/999", undefined, 400],
  ["GET /roles/?limit=2", undefined, 200, { total: 4, skip: 0, limit: 2, has_more: true }],
  ["GET /roles/?limit=101", undefined, 422],
  ["POST /roles/", NEW, 201, { name: "new", created_by: null, created_at: null }],
  ["POST /roles/", { ...NEW, name: "viewer" }, 409],
  ["POST /roles/", { ...NEW, unknown: "is ignored" }, 201],
  ["POST /roles/", { ...NEW, description: "a\0b" }, 409],
  ["GET /roles/viewer", undefined, 405],
  ["PUT /roles/viewer", NEW, 405],
  ["PATCH /roles/viewer", NEW, 405],
  ["DELETE /roles/idle", undefined, 204],
  ["DELETE /roles/none", undefined, 404],
  ["DELETE /roles/held", undefined, 409],
  ["DELETE /roles/superadmin", undefined, 403],
  ["DELETE /roles/viewer", undefined, 500],
  ["GET /roles/viewer/actions", undefined, 200, [{ name: "users:read", description: "Read users" }]],
  ["GET /roles/none/actions", undefined, 404],
  ["POST /roles/idle/actions", { action_name: "users:read" }, 200, { role: "idle", action: "users:read" }],
  ["POST /roles/viewer/actions", { action_name: "users:read" }, 200],
  ["POST /roles/none/actions", { action_name: "users:read" }, 404],
  ["POST /roles/viewer/actions", { action_name: "none" }, 404],
  ["POST /roles/superadmin/actions", { action_name: "users:read" }, 403],
  ["DELETE /roles/viewer/actions/users:read", undefined, 204],
  ["DELETE /roles/idle/actions/users:read", undefined, 204],
  ["DELETE /roles/none/actions/users:read", undefined, 404],
  ["DELETE /roles/viewer/actions/none", undefined, 404],
  ["GET /mappings/list", undefined, 200, [{ method: "GET", action: "users:read" }, { method: "PUT" }]],
  ["GET /mappings/list?action_filter=WRIT", undefined, 200, [{ method: "PUT" }]],
  ["GET /mappings/list?action_filter=users:write", undefined, 200, [{ method: "PUT", description: null }]],
  ["POST /mappings/", { path_pattern: "/x", method: "GET", action_id: "{users:read}" }, 201, { action: "users:read" }],
  ["POST /mappings/", { path_pattern: "/users", method: "GET", action_id: "{users:read}" }, 409],
  ["POST /mappings/", { path_pattern: "/x", method: "GET", action_id: 999 }, 409],
  ["POST /mappings/", { path_pattern: "/[(", method: "GET", action_id: "{users:read}" }, 201],
  ["POST /mappings/", { path_pattern: "/[()", method: "GET", action_id: "{users:read}" }, 409],
  ["POST /mappings/", { path_pattern: "/x", method: "get", action_id: "{users:read}" }, 422],
  ["POST /mappings/", { path_pattern: "x".repeat(256), method: "GET", action_id: "{users:read}" }, 422],
  ["PUT /mappings/{GET /users}", { description: "" }, 200, { description: "" }],
  ["PUT /mappings/{GET /users}", { description: null }, 200, { description: "List" }],
  ["PUT /mappings/{GET /users}", { action_id: "{users:write}" }, 200, { action: "users:write" }],
  ["PUT /mappings/{GET /users}", { action_id: 999 }, 404],
  ["PUT /mappings/{GET /users}", { path_pattern: "/[()" }, 404],
  ["PUT /mappings/{GET /users}", { method: "PUT" }, 500],
  ["PUT /mappings/999", {}, 404],
  ["DELETE /mappings/{GET /users}", undefined, 204],
  ["DELETE /mappings/999", undefined, 204],
  ["GET /mappings/1", undefined, 405],
  ["GET /mappings/?path=/users&method=GET", undefined, 200, { action: "users:read" }],
  ["GET /mappings/?path=/none&method=GET", undefined, 404],
  ["GET /groups/", undefined, 200, [{ name: "desk", description: "The desk" }]],
  ["GET /groups/?prefix=DE", undefined, 200, []],
  ["GET /groups/?prefix=de", undefined, 200, [{ name: "desk" }]],
  ["GET /groups/?prefix=x", undefined, 200, []],
  ["POST /groups/", NEW, 201, { name: "new" }],
  ["POST /groups/", { ...NEW, name: "desk" }, 409],
  ["POST /groups/", { ...NEW, description: "a\0b" }, 409],
  ["GET /groups/desk", undefined, 405],
  ["DELETE /groups/desk", undefined, 204],
  ["DELETE /groups/none", undefined, 404],
  ["GET /roles/groups/desk/roles", undefined, 200, [{ name: "held" }]],
  ["GET /roles/groups/none/roles", undefined, 404],
  ["POST /roles/groups/desk/roles", { role_name: "held" }, 200],
  ["POST /roles/groups/desk/roles", { role_name: "superadmin" }, 200],
  ["POST /roles/groups/desk/roles", { role_name: "none" }, 404],
  ["POST /roles/groups/none/roles", { role_name: "held" }, 404],
  ["DELETE /roles/groups/desk/roles/none", undefined, 204],
  ["DELETE /roles/groups/none/roles/held", undefined, 204],
  ["GET /groups/desk/members", undefined, 200, [{ subject: "22222222222" }, { subject: "11111111111" }]],
  ["GET /groups/none/members", undefined, 404],
  ["POST /groups/desk/members", { subject: "11111111111" }, 200],
  ["POST /groups/desk/members", { subject: "1111111111" }, 422],
  ["DELETE /groups/none/members/11111111111", undefined, 204],
  ["GET /actions", undefined, 307],
  ["POST /groups", NEW, 307],
  ["GET /nothing/here", undefined, 404, { detail: "Not Found" }],
];

/** What a Heimdall has numbered, the sandbox or a real one. */
export interface Numbered {
  readonly actions: readonly { readonly id: number; readonly name: string }[];
  readonly mappings: readonly { readonly id: number; readonly method: string; readonly path_pattern: string }[];
}

/** A request or a body with the numbers that the service has given. */
export function numbered({ actions, mappings }: Numbered, text: string): string {
  return text.replace(/"?\{([^{}":]+(?::[^{}":]+)?)\}"?/g, (_whole, name: string) => {
    const found =
      actions.find((row) => row.name === name) ?? mappings.find((row) => `${row.method} ${row.path_pattern}` === name);
    return String(found?.id);
  });
}

/** What a body holds of what is expected: lists whole, objects by the names that are expected. */
export function as(body: unknown, expected: unknown): unknown {
  if (Array.isArray(body)) return body.map((entry, index) => as(entry, (expected as unknown[])[index]));
  if (typeof body !== "object" || body === null || typeof expected !== "object") return body;
  const names = Object.keys(expected ?? {});
  return Object.fromEntries(names.map((name) => [name, (body as Record<string, unknown>)[name]]));
}
