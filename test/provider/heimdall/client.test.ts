import assert from "node:assert/strict";
import { resolveConnection } from "../../../provider/core/connections.js";
import { openClient, type Client } from "../../../provider/heimdall/client.js";
import { healthOf } from "../../../provider/heimdall/health.js";
import { openSource, readEnvironment, readForMirror } from "../../../provider/heimdall/read.js";
import { connections } from "../../../provider/heimdall/settings.js";
import { ADMIN, startHeimdall, type Contents, type HeimdallSandbox } from "../../sandbox/heimdall/heimdall.js";
import { startSandboxServer } from "../../sandbox/server.js";
import { CITY } from "./scene.js";

describe("the client of Heimdall", () => {
  let heimdall: HeimdallSandbox;
  afterEach(() => heimdall.close());

  async function start(contents: Contents = CITY): Promise<Client> {
    heimdall = await startHeimdall(contents);
    return open();
  }

  function open(env: Readonly<Record<string, string>> = { HEIMDALL_TOKEN: heimdall.token }): Client {
    const environment = { HEIMDALL_URL: heimdall.url, ...env };
    const connection = resolveConnection(connections, undefined, { environment, config: undefined });
    return openClient(connection, { pause: () => Promise.resolve() });
  }

  const everything = (client: Client): ReturnType<typeof readEnvironment> => readEnvironment(client, { members: true });

  it("reads everything, sorted, without superadmin", async () => {
    const { actions, roles, mappings, groups } = await everything(await start());
    assert.deepEqual(
      actions.map(({ name }) => name),
      ["users:read", "users:write"],
    );
    assert.deepEqual(roles, [
      { name: "editor", description: "The editor", actions: ["users:read", "users:write"] },
      { name: "viewer", description: "The viewer", actions: ["users:read"] },
    ]);
    assert.deepEqual(mappings, [
      { method: "GET", path: "/users", action: "users:read", description: "List" },
      { method: "PUT", path: "/users", action: "users:write" },
    ]);
    assert.deepEqual(groups, [
      { name: "desk", description: "The desk", roles: ["viewer"], members: ["11111111111", "22222222222"] },
      { name: "office", description: "The office", roles: ["editor", "viewer"], members: [] },
    ]);
  });

  it("leaves out what is ignored, and members where they are not asked for", async () => {
    const { actions, roles, mappings, groups } = await readEnvironment(await start(), {
      members: false,
      ignore: ["*:write", "desk"],
    });
    assert.deepEqual(
      actions.map(({ name }) => name),
      ["users:read"],
    );
    assert.deepEqual(roles[0]?.actions, ["users:read"]);
    assert.equal(mappings.length, 1);
    assert.deepEqual(groups, [{ name: "office", description: "The office", roles: ["editor", "viewer"] }]);
    assert.ok(!heimdall.requests().some((request) => request.includes("members")));
  });

  const many: Contents = {
    actions: Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`a:${String(index)}`, "x"])),
  };

  it("reads all pages", async () => {
    assert.equal((await everything(await start(many))).actions.length, 250);
    assert.deepEqual(
      heimdall
        .requests()
        .filter((request) => request.includes("/actions/"))
        .sort(),
      [
        "GET /api/v1/actions/?skip=0&limit=100",
        "GET /api/v1/actions/?skip=100&limit=100",
        "GET /api/v1/actions/?skip=200&limit=100",
      ],
    );
  });

  it("reads again where a list changed between two pages", async () => {
    const client = await start(many);
    let moved = false;
    heimdall.fault({
      when: ({ query }) => {
        if (query.get("skip") === "100" && !moved) {
          moved = true;
          const [first] = heimdall.store.actions;
          if (first !== undefined) heimdall.store.touchAction(first);
        }
        return false;
      },
      failure: "cut",
    });
    const names = new Set((await everything(client)).actions.map(({ name }) => name));
    assert.equal(names.size, 250);
    assert.ok(heimdall.calls.length > 8);
  });

  it("gives up where a list never stops changing", async () => {
    const client = await start(many);
    heimdall.fault({
      when: ({ query }) => {
        const [first] = heimdall.store.actions;
        if (query.get("skip") === "100" && first !== undefined) heimdall.store.touchAction(first);
        return false;
      },
      failure: "cut",
    });
    await assert.rejects(client.actions(), {
      message: /a list changed while it was read[^]*Somebody else is changing/,
    });
  });

  it("has no more than 8 requests at once", async () => {
    heimdall = await startHeimdall(CITY);
    let [now, most] = [0, 0];
    let enough: () => void = () => undefined;
    const eight = new Promise<void>((resolve) => (enough = resolve));
    const slow = await startSandboxServer(async (call) => {
      now += 1;
      most = Math.max(most, now);
      // Held until as many are there as may be, and then a little, for those that may not.
      if (now === 8) enough();
      if (call.path.includes("/roles/groups/")) await eight;
      await new Promise((resolve) => setTimeout(resolve, 5));
      now -= 1;
      const [kind] = call.path.split("/").slice(-2);
      if (call.path.endsWith("/groups/")) {
        const groups = Array.from({ length: 40 }, (_, id) => ({ name: `g${String(id)}`, description: "x" }));
        return { status: 200, body: groups };
      }
      if (kind === "actions") return { status: 200, body: { actions: [], total: 0 } };
      return { status: 200, body: call.path.endsWith("/roles/") ? { items: [], total: 0 } : [] };
    });
    try {
      await everything(open({ HEIMDALL_URL: slow.url, HEIMDALL_TOKEN: "x-token" }));
    } finally {
      await slow.close();
    }
    assert.equal(most, 8);
  });

  describe("never takes a failure for nothing", () => {
    for (const path of [
      "/actions/",
      "/roles/",
      "/mappings/list",
      "/groups/",
      "/roles/viewer/actions",
      "/roles/groups/desk/roles",
      "/groups/desk/members",
    ]) {
      for (const failure of [{ answer: { status: 503 } }, { answer: { status: 404 } }, "cut"] as const) {
        it(`GET ${path}: ${typeof failure === "string" ? failure : String(failure.answer.status)}`, async () => {
          const client = await start();
          heimdall.fault({ when: (call) => call.path === `/api/v1${path}`, failure });
          await assert.rejects(everything(client), { name: "RosterError" });
        });
      }
    }

    it("an answer of another kind", async () => {
      const client = await start();
      heimdall.fault({ when: (call) => call.path.endsWith("/list"), failure: { answer: { status: 200, body: {} } } });
      await assert.rejects(everything(client), { message: /does not understand[^]*Check the url/ });
    });
  });

  it("says that there are too many roles, and why that matters", async () => {
    const roles = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [`r:${String(index)}`, { description: "x" }]),
    );
    const client = await start({ roles });
    await assert.rejects(everything(client), { message: /has 51 roles[^]*first 50 by name only \(superadmin is one/ });
    await assert.rejects(client.roleActions("superadmin"), {
      message: /cannot tell the actions of the role "superadmin"/,
    });
    assert.deepEqual(await client.roleActions("r:0"), []);
  });

  it("says what 500 means for lists with NULL, and 503 and 403 for what the policy engine decides", async () => {
    const client = await start();
    heimdall.store.addGroup("null", "x", null).description = null;
    await assert.rejects(client.groups(), { message: /has no description in its database \(NULL\)/ });
    heimdall.policyEngine = "down";
    await assert.rejects(client.roleActions("viewer"), { message: /policy engine \(Cerbos\) is not healthy/ });
    heimdall.policyEngine = "up";
    const other = open({ HEIMDALL_TOKEN: heimdall.issue({ admin: false }) });
    await assert.rejects(other.members("desk"), { message: /told to administrators only[^]*has lost its policies/ });
  });

  describe("that only reads", () => {
    it("sends nothing but GET, whatever it is asked", async () => {
      await start();
      const environment = { ROSTER_STAGING_URL: heimdall.url, ROSTER_STAGING_TOKEN: heimdall.token };
      const client = openSource("staging", { environment, config: undefined });
      await readForMirror(client, { members: true });
      for (const method of ["POST", "PUT", "PATCH", "DELETE"] as const) {
        await assert.rejects(client.write({ method, path: "/api/v1/actions/" }), { message: /is only read/ });
        await assert.rejects(client.http.send({ method, path: "/api/v1/actions/" }), { message: /is only read/ });
      }
      assert.deepEqual([...new Set(heimdall.calls.map(({ method }) => method))], ["GET"]);
    });

    it("does not mirror a source that is not well, or that the token may not see as a whole", async () => {
      await start();
      const token = heimdall.issue({ admin: false });
      await assert.rejects(readForMirror(open({ HEIMDALL_TOKEN: token }), { members: false }), {
        message: /is not well[^]*no administrator's/,
      });
    });

    it("says what of a source cannot be made elsewhere, because it has no description, unless that is ignored", async () => {
      const client = await start();
      heimdall.store.addAction("old:read", "x").description = null;
      await assert.rejects(readForMirror(client, { members: false }), {
        message: /has no description of "old:read"[^]*Give one there[^]*ignore/,
      });
      const { actions } = await readForMirror(client, { members: false, ignore: ["old:*"] });
      assert.ok(!actions.some(({ name }) => name === "old:read"));
    });
  });

  describe("with tokens of client credentials", () => {
    it("asks for one, renews it after a refusal, and shows it nowhere", async () => {
      await start();
      let issued = 0;
      const provider = await startSandboxServer(() => {
        issued += 1;
        return {
          status: 200,
          body: { access_token: heimdall.issue({ exp: issued === 1 ? 1 : 4_000_000_000 }), expires_in: 300 },
        };
      });
      try {
        const client = open({
          HEIMDALL_TOKEN_URL: `${provider.url}/token`,
          HEIMDALL_CLIENT_ID: "roster",
          HEIMDALL_CLIENT_SECRET: "a-client-secret",
        });
        assert.equal((await client.groups()).length, 2);
        assert.equal(issued, 2, "the first one had ended");
        assert.equal(
          provider.calls[0]?.text,
          "grant_type=client_credentials&client_id=roster&client_secret=a-client-secret",
        );
      } finally {
        await provider.close();
      }
    });

    it("says which settings there are", async () => {
      await start();
      assert.throws(() => open({}), { message: /has no token[^]*ROSTER_HEIMDALL_TOKEN or HEIMDALL_TOKEN/ });
      assert.throws(() => open({ HEIMDALL_TOKEN: "x", HEIMDALL_CLIENT_ID: "y" }), {
        message: /several kinds of tokens/,
      });
      assert.throws(() => open({ HEIMDALL_CLIENT_ID: "y" }), { message: /has no tokenUrl/ });
      assert.throws(() => open({ HEIMDALL_URL: "heimdall.example", HEIMDALL_TOKEN: "x" }), {
        message: /https:\/\/ or http:/,
      });
    });
  });
});

describe("the health of an environment", () => {
  let heimdall: HeimdallSandbox;
  beforeEach(async () => {
    heimdall = await startHeimdall({ groups: { desk: { description: "x", members: ["33333333333"] } } });
  });
  afterEach(() => heimdall.close());

  async function health(token: string = heimdall.token, url = heimdall.url): ReturnType<typeof healthOf> {
    const environment = { HEIMDALL_URL: url, HEIMDALL_TOKEN: token };
    const connection = resolveConnection(connections, undefined, { environment, config: undefined });
    const found = await healthOf(openClient(connection, { readOnly: true, pause: () => Promise.resolve() }));
    assert.ok(found.problems.every((problem) => !problem.includes(token)));
    return found;
  }

  it("is good: whose the token is, until when, and that it may write; nothing is written", async () => {
    const token = heimdall.issue({ exp: 1_900_000_000 });
    assert.deepEqual(await health(token), {
      environment: `connection heimdall (${heimdall.url})`,
      up: true,
      tokenValid: true,
      cpf: ADMIN,
      expires: "2030-03-17T17:46:40.000Z",
      superadmin: true,
      mayWrite: true,
      problems: [],
    });
    assert.deepEqual(heimdall.requests(), [
      "GET /api/v1/healthz",
      "GET /api/v1/users/me",
      "GET /api/v1/roles/superadmin/actions",
    ]);
  });

  it("tells a token that ended, one that is nobody's, and one of somebody else", async () => {
    for (const token of [heimdall.issue({ exp: 1 }), "forged-token"]) {
      const { up, tokenValid, mayWrite, problems } = await health(token);
      assert.deepEqual([up, tokenValid, mayWrite], [true, false, false]);
      assert.match(problems.join(), /refuses the token/);
    }
    const other = await health(heimdall.issue({ admin: false, cpf: "33333333333" }));
    assert.deepEqual(
      [other.tokenValid, other.cpf, other.superadmin, other.mayWrite],
      [true, "33333333333", false, false],
    );
    assert.match(other.problems.join(), /heimdall-admin/);
  });

  it("tells that the policy engine is down", async () => {
    heimdall.policyEngine = "down";
    const { superadmin, mayWrite, problems } = await health();
    assert.deepEqual([superadmin, mayWrite], [true, false]);
    assert.match(problems.join(), /policy engine/);
  });

  it("tells that the policy engine refuses an administrator", async () => {
    heimdall.fault({
      when: ({ path }) => path.endsWith("/roles/superadmin/actions"),
      failure: { answer: { status: 403, body: { error: "Permission denied", status_code: 403 } } },
    });
    const { superadmin, mayWrite, problems } = await health();
    assert.deepEqual([superadmin, mayWrite], [true, false]);
    assert.match(problems.join(), /does not allow this[^]*has lost its policies/);
  });

  it("is good where superadmin is not among the first 50 roles, whose actions the service finds", async () => {
    for (let index = 0; index < 60; index += 1) heimdall.store.addRole(`a${String(index)}`, "Many");
    assert.deepEqual((await health()).problems, []);
  });

  it("tells that nothing answers", async () => {
    const { up, problems } = await health(heimdall.token, "http://127.0.0.1:9");
    assert.equal(up, false);
    assert.match(problems.join(), /nothing answers there/);
  });
});
