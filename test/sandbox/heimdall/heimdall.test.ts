import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { REPOSITORY } from "../../repository.js";
import { describeUnless } from "../../skip.js";
import { CONTENTS, LINES, NEW, as, numbered } from "./contract.js";
import { PREFIX, ROUTES, startHeimdall, type HeimdallSandbox } from "./heimdall.js";

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

  async function speak(request: string, body?: unknown, token: string | undefined = heimdall.token): Promise<Spoken> {
    const [method = "", target = ""] = numbered(heimdall.store, request).split(/ (.*)/s);
    const answer = await fetch(heimdall.url + PREFIX + target, {
      method,
      redirect: "manual",
      headers: {
        ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: numbered(heimdall.store, JSON.stringify(body)) }),
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
    for (const gated of ["/roles/viewer/actions", "/roles/groups/desk/roles", "/groups/desk/members"]) {
      assert.equal((await speak(`GET ${gated}`, undefined, other)).status, 403, gated);
    }
    assert.equal((await speak("POST /groups/", NEW, other)).status, 403);
    assert.equal((await speak("POST /roles/", NEW, other)).status, 403);
    assert.equal((await speak("POST /actions/", NEW, other)).status, 500);
    heimdall.revoke(other);
    assert.equal((await speak("GET /users/me", undefined, other)).status, 401);
  });

  it("answers 503 while its policy engine is down, and 500 for actions and the deletion of roles; lists need no engine", async () => {
    heimdall.policyEngine = "down";
    for (const [request, status] of [
      ["GET /actions/", 200],
      ["GET /roles/", 200],
      ["GET /mappings/list", 200],
      ["GET /groups/", 200],
      ["GET /roles/viewer/actions", 503],
      ["GET /roles/groups/desk/roles", 503],
      ["GET /groups/desk/members", 503],
      ["POST /roles/", 201],
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

  async function resolved(method: string, path: string): Promise<unknown> {
    const { status, body } = await speak(`GET /mappings/?path=${path}&method=${method}`);
    return status === 404 ? undefined : (body as { action: string }).action;
  }

  it("goes on telling gateways of mappings that went with their action, and of the name that an action had", async () => {
    await speak("PUT /actions/{users:write}", { name: "users:change" });
    assert.equal(await resolved("PUT", "/users"), "users:write");
    const version = heimdall.store.policyVersion;
    await speak("PUT /mappings/{PUT /users}", { action_id: "{users:change}" });
    assert.equal(await resolved("PUT", "/users"), "users:change");
    assert.equal(heimdall.store.policyVersion, version, "and the policies know the action by the old one");
    await speak("DELETE /actions/{users:read}");
    assert.equal(await resolved("GET", "/users"), "users:read");
  });

  it("goes on answering for the method that a mapping had, until it is deleted", async () => {
    const path = numbered(heimdall.store, "/mappings/{GET /users}");
    await speak(`PUT ${path}`, { method: "POST" });
    assert.deepEqual([await resolved("GET", "/users"), await resolved("POST", "/users")], ["users:read", "users:read"]);
    await speak(`DELETE ${path}`);
    assert.deepEqual([await resolved("GET", "/users"), await resolved("POST", "/users")], [undefined, undefined]);
  });

  it("looks at a request before it looks at who asks, and at some of its own rules", async () => {
    const other = heimdall.issue({ admin: false });
    assert.equal((await speak("POST /actions/", {}, other)).status, 422);
    assert.equal((await speak("GET /nothing/here", undefined, "")).status, 404);
    heimdall.policyEngine = "down";
    assert.equal((await speak("DELETE /roles/none")).status, 404);
    assert.equal((await speak("DELETE /roles/superadmin")).status, 403);
    assert.equal((await speak("POST /roles/superadmin/actions", { action_name: "users:read" })).status, 403);
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
    for (let index = 0; index < 46; index += 1) heimdall.store.addRole(`m${String(index)}`, "Many");
    assert.equal((await speak("GET /roles/viewer/actions")).status, 200);
    heimdall.store.addRole("a_first", "One more");
    assert.equal((await speak("GET /roles/viewer/actions")).status, 404);
    assert.equal((await speak("POST /roles/viewer/actions", { action_name: "users:write" })).status, 404);
    assert.equal((await speak("DELETE /roles/viewer/actions/users:read")).status, 404);
  });

  it("fails a page of roles, and all groups, where one has no description", async () => {
    heimdall.store.addRole("zz_null", "x").description = null;
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
