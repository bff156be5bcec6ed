import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { REPOSITORY } from "../../repository.js";
import { describeUnless } from "../../skip.js";
import { ADMIN, PREFIX, ROUTES, startHeimdall, type Contents, type HeimdallSandbox } from "./heimdall.js";

const CONTENTS: Contents = {
  actions: { "users:read": "Read users", "users:write": "Write users" },
  roles: {
    viewer: { description: "May look", actions: ["users:read"] },
    idle: { description: "Has no actions and no group" },
    held: { description: "Is on a group" },
  },
  mappings: { "GET /users": { action: "users:read", description: "List" }, "PUT /users": { action: "users:write" } },
  groups: { desk: { description: "The desk", roles: ["held"], members: ["11111111111", "22222222222"] } },
};

const NEW = { name: "new", description: "New" };
const UNPROCESSABLE = [
  { name: "Upper", description: "x" },
  { name: "ok" },
  { name: "x".repeat(101), description: "x" },
];

/** What is asked, and what the contract says is answered: the status, and what the body holds. */
type Line = readonly [request: string, body: unknown, status: number, holds?: unknown];

const LINES: readonly Line[] = [
  ["GET /healthz", undefined, 200, { status: "healthy" }],
  ["GET /users/me", undefined, 200, { cpf: ADMIN, groups: [], roles: ["superadmin"] }],
  ["GET /actions/?skip=1&limit=1", undefined, 200, { total: 2, skip: 1, limit: 1 }],
  ["GET /actions/?limit=101", undefined, 422],
  ["POST /actions/", NEW, 201, { name: "new", description: "New", endpoint_count: 0 }],
  ["POST /actions/", { ...NEW, name: "users:read" }, 400, { status_code: 400 }],
  ...UNPROCESSABLE.map((body): Line => ["POST /actions/", body, 422]),
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
  ["POST /roles/", NEW, 201, { name: "new", created_by: ADMIN }],
  ["POST /roles/", { ...NEW, name: "viewer" }, 409],
  ["POST /roles/", { ...NEW, unknown: "is ignored" }, 201],
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
  [
    "GET /mappings/list",
    undefined,
    200,
    [{ method: "GET", action: "users:read", updated_at: null }, { method: "PUT" }],
  ],
  ["GET /mappings/list?action_filter=users:write", undefined, 200, [{ method: "PUT", description: null }]],
  ["POST /mappings/", { path_pattern: "/x", method: "GET", action_id: "{users:read}" }, 201, { action: "users:read" }],
  ["POST /mappings/", { path_pattern: "/users", method: "GET", action_id: "{users:read}" }, 409],
  ["POST /mappings/", { path_pattern: "/x", method: "GET", action_id: 999 }, 409],
  ["POST /mappings/", { path_pattern: "/(", method: "GET", action_id: "{users:read}" }, 409],
  ["POST /mappings/", { path_pattern: "/x", method: "get", action_id: "{users:read}" }, 422],
  ["POST /mappings/", { path_pattern: "x".repeat(256), method: "GET", action_id: "{users:read}" }, 422],
  ["PUT /mappings/{GET /users}", { description: "" }, 200, { description: "" }],
  ["PUT /mappings/{GET /users}", { description: null }, 200, { description: "List" }],
  ["PUT /mappings/{GET /users}", { action_id: "{users:write}" }, 200, { action: "users:write" }],
  ["PUT /mappings/{GET /users}", { action_id: 999 }, 404],
  ["PUT /mappings/{GET /users}", { path_pattern: "/(" }, 404],
  ["PUT /mappings/{GET /users}", { method: "PUT" }, 500],
  ["PUT /mappings/999", {}, 404],
  ["DELETE /mappings/{GET /users}", undefined, 204],
  ["DELETE /mappings/999", undefined, 204],
  ["GET /mappings/1", undefined, 405],
  ["GET /mappings/?path=/users&method=GET", undefined, 200, { action: "users:read" }],
  ["GET /mappings/?path=/none&method=GET", undefined, 404],
  ["GET /groups/", undefined, 200, [{ name: "desk", description: "The desk" }]],
  ["GET /groups/?prefix=DE", undefined, 200, [{ name: "desk" }]],
  ["GET /groups/?prefix=x", undefined, 200, []],
  ["POST /groups/", NEW, 201, { name: "new" }],
  ["POST /groups/", { ...NEW, name: "desk" }, 409],
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

/** What a body holds of what is expected: lists whole, objects by the names that are expected. */
function as(body: unknown, expected: unknown): unknown {
  if (Array.isArray(body)) return body.map((entry, index) => as(entry, (expected as unknown[])[index]));
  if (typeof body !== "object" || body === null || typeof expected !== "object") return body;
  const names = Object.keys(expected ?? {});
  return Object.fromEntries(names.map((name) => [name, (body as Record<string, unknown>)[name]]));
}

interface Spoken {
  readonly status: number;
  readonly body: unknown;
  readonly location: string | null;
}

describe("the sandbox of Heimdall", () => {
  let heimdall: HeimdallSandbox;
  beforeEach(async () => {
    heimdall = await startHeimdall(CONTENTS);
  });
  afterEach(() => heimdall.close());

  /** `{users:read}` stands for the number of the action, `{GET /users}` for that of the mapping. */
  function numbered(text: string): string {
    const { actions, mappings } = heimdall.store;
    return text.replace(/"?\{([^{}":]+(?::[^{}":]+)?)\}"?/g, (_whole, name: string) => {
      const found =
        actions.find((row) => row.name === name) ??
        mappings.find((row) => `${row.method} ${row.path_pattern}` === name);
      return String(found?.id);
    });
  }

  async function speak(request: string, body?: unknown, token: string | undefined = heimdall.token): Promise<Spoken> {
    const [method = "", target = ""] = numbered(request).split(/ (.*)/s);
    const answer = await fetch(heimdall.url + PREFIX + target, {
      method,
      redirect: "manual",
      headers: {
        ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: numbered(JSON.stringify(body)) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      body: text === "" ? undefined : JSON.parse(text),
      location: answer.headers.get("location"),
    };
  }

  for (const [request, body, status, holds] of LINES) {
    it(`answers ${request} ${body === undefined ? "" : JSON.stringify(body).slice(0, 80)} with ${String(status)}`, async () => {
      const answer = await speak(request, body);
      assert.equal(answer.status, status, JSON.stringify(answer.body));
      if (holds !== undefined) assert.deepEqual(as(answer.body, holds), holds);
      if (status === 204) assert.equal(answer.body, undefined);
      if (status === 422) assert.ok("error" in (answer.body as object) && "details" in (answer.body as object));
    });
  }

  it("sends a collection without its slash to where it is", async () => {
    assert.equal((await speak("GET /actions?limit=3")).location, `${PREFIX}/actions/?limit=3`);
  });

  it("knows who asks", async () => {
    assert.equal((await speak("GET /groups/", undefined, "")).status, 403);
    assert.equal((await speak("GET /groups/", undefined, "forged")).status, 401);
    assert.equal((await speak("GET /groups/", undefined, heimdall.issue({ exp: 1 }))).status, 401);
    const other = heimdall.issue({ admin: false, cpf: "33333333333" });
    assert.equal((await speak("GET /groups/", undefined, other)).status, 200);
    assert.equal((await speak("POST /groups/", NEW, other)).status, 403);
    assert.equal((await speak("POST /actions/", NEW, other)).status, 500);
    heimdall.revoke(other);
    assert.equal((await speak("GET /users/me", undefined, other)).status, 401);
  });

  it("answers 503 while its policy engine is down, and 500 for actions and the deletion of roles", async () => {
    heimdall.policyEngine = "down";
    for (const [request, status] of [
      ["GET /groups/", 503],
      ["GET /roles/viewer/actions", 503],
      ["POST /groups/", 503],
      ["POST /actions/", 500],
      ["DELETE /roles/idle", 500],
      ["GET /users/me", 200],
      ["GET /healthz", 200],
    ] as const) {
      assert.equal((await speak(request, request.startsWith("POST") ? NEW : undefined)).status, status, request);
    }
  });

  it("makes superadmin when an administrator comes by", async () => {
    assert.ok(!heimdall.store.roles.some(({ name }) => name === "superadmin"));
    await speak("GET /users/me");
    assert.ok(heimdall.store.roles.some(({ name }) => name === "superadmin"));
  });

  it("deletes an action's mappings and its place in roles with it, and says nothing", async () => {
    await speak("DELETE /actions/{users:read}");
    const { mappings, roles } = heimdall.store.picture();
    assert.deepEqual([Object.keys(mappings), roles["viewer"]?.actions], [["PUT /users"], []]);
  });

  it("renames an action wherever it is used", async () => {
    await speak("PUT /actions/{users:read}", { name: "users:see" });
    const { mappings, roles } = heimdall.store.picture();
    assert.deepEqual([mappings["GET /users"]?.action, roles["viewer"]?.actions], ["users:see", ["users:see"]]);
  });

  it("deletes a group with its members and roles", async () => {
    await speak("DELETE /groups/desk");
    await speak("POST /groups/", { name: "desk", description: "Again" });
    assert.deepEqual(heimdall.store.picture().groups["desk"], { description: "Again", roles: [], members: [] });
  });

  it("makes a user even where it refuses a member for a group that does not exist", async () => {
    assert.equal((await speak("POST /groups/none/members", { subject: "44444444444" })).status, 403);
    assert.ok(heimdall.store.users.has("44444444444"));
  });

  it("moves entries between pages when something is written", async () => {
    const page = async (skip: number): Promise<string[]> =>
      ((await speak(`GET /actions/?skip=${String(skip)}&limit=1`)).body as { actions: { name: string }[] }).actions.map(
        ({ name }) => name,
      );
    const first = await page(0);
    await speak("PUT /actions/{users:read}", { description: "Moved" });
    assert.deepEqual([...first, ...(await page(1))], ["users:read", "users:read"]);
  });

  it("knows the actions of the first 50 roles by name only, superadmin among them", async () => {
    await speak("GET /users/me");
    for (let index = 0; index < 46; index += 1) heimdall.store.addRole(`m${String(index)}`, "Many", null);
    assert.equal((await speak("GET /roles/viewer/actions")).status, 200);
    heimdall.store.addRole("a_first", "One more", null);
    assert.equal((await speak("GET /roles/viewer/actions")).status, 404);
    assert.equal((await speak("POST /roles/viewer/actions", { action_name: "users:write" })).status, 404);
    assert.equal((await speak("DELETE /roles/viewer/actions/users:read")).status, 404);
  });

  it("fails a page of roles, and all groups, where one has no description", async () => {
    heimdall.store.addRole("zz_null", "x", null).description = null;
    assert.equal((await speak("GET /roles/?limit=3")).status, 200);
    assert.equal((await speak("GET /roles/?limit=100")).status, 500);
    heimdall.store.addGroup("null", "x", null).description = null;
    assert.equal((await speak("GET /groups/")).status, 500);
  });

  it("gives times as ISO 8601 with microseconds and +00:00", async () => {
    const { created_at } = (await speak("POST /groups/", NEW)).body as { created_at: string };
    assert.match(created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/);
  });
});

const DESCRIPTION = path.join(REPOSITORY, "..", "shared", "contracts", "heimdall", "openapi.json");

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

interface Described {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          { readonly responses: Readonly<Record<string, { content?: { "application/json"?: { schema: Schema } } }>> }
        >
      >
    >
  >;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

describeUnless(
  existsSync(DESCRIPTION) ? undefined : "the service's published description is not there (../shared/contracts)",
  "the sandbox of Heimdall and the service's published description",
  () => {
    const described = JSON.parse(readFileSync(DESCRIPTION, "utf8")) as Described;
    const published = Object.entries(described.paths).flatMap(([route, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${route.replace(/\{[^}]+\}/g, "*")}`),
    );

    it("have the same routes, but for those that Roster has no use for", () => {
      const own = new Set([...ROUTES, `GET ${PREFIX}/healthz`]);
      assert.deepEqual(
        [...own].filter((route) => !published.includes(route)),
        [],
      );
      assert.deepEqual(published.filter((route) => !own.has(route)).sort(), [
        `GET ${PREFIX}/cerbos-policy-template`,
        `GET ${PREFIX}/readyz`,
        `GET ${PREFIX}/users/`,
        `GET ${PREFIX}/users/*`,
      ]);
    });

    function holds(schema: Schema | undefined, body: unknown, where: string): void {
      const { $ref, items, required = [], properties = {} } = schema ?? {};
      if ($ref !== undefined) {
        holds(described.components.schemas[$ref.replace("#/components/schemas/", "")], body, where);
        return;
      }
      if (items !== undefined) {
        assert.ok(Array.isArray(body), `${where} is a list`);
        for (const entry of body) holds(items, entry, `${where}[]`);
        return;
      }
      if (required.length + Object.keys(properties).length === 0) return;
      const given = body as Record<string, unknown>;
      for (const name of required) assert.ok(name in given, `${where} has ${name}`);
      for (const [name, value] of Object.entries(given)) {
        assert.ok(name in properties, `${where} has no ${name}`);
        holds(properties[name], value, `${where}.${name}`);
      }
    }

    for (const [request, status] of [
      ["GET /users/me", "200"],
      ["GET /actions/", "200"],
      ["GET /roles/", "200"],
      ["GET /roles/{role_name}/actions", "200"],
      ["GET /mappings/list", "200"],
      ["GET /groups/", "200"],
      ["GET /groups/{group_name}/members", "200"],
      ["GET /roles/groups/{group_name}/roles", "200"],
      ["POST /actions/", "201"],
      ["POST /roles/", "201"],
      ["POST /groups/", "201"],
    ] as const) {
      it(`say the same of ${request}`, async () => {
        const heimdall = await startHeimdall(CONTENTS);
        try {
          const [method = "", route = ""] = request.split(" ");
          const responses = described.paths[PREFIX + route]?.[method.toLowerCase()]?.responses ?? {};
          const schema = (responses[status] ?? responses["200"])?.content?.["application/json"]?.schema;
          assert.ok(schema, "it is described");
          const target = route.replace("{role_name}", "viewer").replace("{group_name}", "desk");
          const answer = await fetch(heimdall.url + PREFIX + target, {
            method,
            headers: { authorization: `Bearer ${heimdall.token}`, "content-type": "application/json" },
            ...(method === "POST" ? { body: JSON.stringify(NEW) } : {}),
          });
          holds(schema, await answer.json(), request);
        } finally {
          await heimdall.close();
        }
      });
    }
  },
);
