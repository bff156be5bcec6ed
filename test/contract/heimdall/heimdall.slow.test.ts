import assert from "node:assert/strict";
import {
  HeimdallStack,
  action,
  environment,
  group,
  groupMember,
  mapping,
  role,
  roleAction,
} from "../../provider/heimdall/scene.js";
import type { Program } from "../../provider/stack.js";
import { CONTENTS, LINES, as, numbered } from "../../sandbox/heimdall/contract.js";
import { describeUnless } from "../../skip.js";
import { REAL, RealHeimdall } from "./real.js";

const absent = REAL === undefined ? "HEIMDALL_TEST_URL and HEIMDALL_TEST_TOKEN name no Heimdall" : undefined;

const PROGRAM: Program = {
  read: action("users:read"),
  write: action("users:write"),
  viewer: role("viewer", { actions: ["users:read"] }, ["read"]),
  editor: role("editor"),
  also: roleAction("editor", "users:write", ["editor", "write"]),
  list: mapping("GET /users", "users:read", { description: "List" }, ["read"]),
  desk: group("desk", { roles: ["viewer"] }, ["viewer"]),
  ana: groupMember("desk", "11111111111", ["desk"]),
};

describeUnless(absent, "Heimdall itself", () => {
  const heimdall = new RealHeimdall(REAL?.url ?? "", REAL?.token ?? "");
  let isOurs = false;
  before(async () => {
    await heimdall.expectEmpty();
    isOurs = true;
  });
  afterEach(async () => {
    if (isOurs) await heimdall.empty();
  });

  describe("answers as the sandbox does", () => {
    beforeEach(() => heimdall.fill(CONTENTS));

    for (const [request, body, status, holds] of LINES) {
      it(`${request} ${body === undefined ? "" : JSON.stringify(body).slice(0, 80)} with ${String(status)}`, async () => {
        const held = await heimdall.held();
        const text = body === undefined ? undefined : numbered(held, JSON.stringify(body));
        const answer = await heimdall.speak(
          numbered(held, request),
          text === undefined ? undefined : (JSON.parse(text) as unknown),
        );
        assert.equal(answer.status, status, JSON.stringify(answer.body));
        // Whose token it is, the environment says.
        const expected = request === "GET /users/me" ? { cpf: heimdall.cpf } : holds;
        if (expected !== undefined) assert.deepEqual(as(answer.body, expected), expected);
      });
    }
  });

  let stack: HeimdallStack;
  beforeEach(() => {
    const { url, token } = heimdall;
    stack = new HeimdallStack({ url, token, fault: () => assert.fail("a real one does not fail on request") });
  });
  afterEach(() => stack.end());
  const resolved = async (method: string, path: string): Promise<unknown> => {
    const { status, body } = await heimdall.speak(`GET /mappings/?path=${path}&method=${method}`);
    return status === 404 ? undefined : (body as { action: string }).action;
  };

  it("is what a program says, is no change then, and is empty when it goes", async () => {
    await stack.succeed(PROGRAM);
    await stack.refresh();
    const again = await stack.succeed(PROGRAM);
    assert.deepEqual([...new Set(Object.values(again.ops))], ["same"]);
    await heimdall.speak("DELETE /roles/groups/desk/roles/viewer");
    await stack.refresh();
    assert.deepEqual((await stack.preview(PROGRAM)).plans["desk"], [
      'POST /api/v1/roles/groups/desk/roles {"role_name":"viewer"}',
    ]);
    await stack.succeed(PROGRAM);
    await stack.destroy();
    await heimdall.expectEmpty();
  });

  it("tells gateways the new name of an action, and nothing of what has gone", async () => {
    const at = (name: string, key: string): Program => ({
      read: action(name, { description: "Read", onRemove: "drop" }),
      it: mapping(key, name, {}, ["read"]),
    });
    await stack.succeed(at("users:read", "GET /users"));
    await stack.succeed(at("users:see", "GET /users"));
    assert.equal(await resolved("GET", "/users"), "users:see");
    await stack.succeed(at("users:see", "POST /users"));
    assert.deepEqual([await resolved("GET", "/users"), await resolved("POST", "/users")], [undefined, "users:see"]);
    const [{ id } = assert.fail()] = (await heimdall.held()).actions;
    await heimdall.speak("POST /mappings/", { method: "GET", path_pattern: "/by-hand", action_id: id });
    assert.equal(await resolved("GET", "/by-hand"), "users:see");
    await stack.destroy();
    assert.deepEqual([await resolved("POST", "/users"), await resolved("GET", "/by-hand")], [undefined, undefined]);
  });

  it("is a whole environment, whose descriptions change and whose members stay", async () => {
    const city = (description: string): Program => ({
      city: environment({
        actions: { "users:read": description },
        roles: { viewer: { description, actions: ["users:read"] } },
        mappings: { "GET /users": { action: "users:read", description } },
        groups: { desk: { description, roles: ["viewer"] } },
      }),
    });
    await stack.succeed(city("before"));
    await heimdall.speak("POST /groups/desk/members", { subject: "11111111111" });
    await stack.succeed(city("after"), { env: { ROSTER_HEIMDALL_RECREATE: "true" } });
    const { body } = await heimdall.speak("GET /groups/desk/members");
    assert.deepEqual(as(body, [{ subject: "" }]), [{ subject: "11111111111" }]);
    assert.deepEqual(stack.restores(), []);
    await stack.refresh();
    assert.deepEqual([...new Set(Object.values((await stack.succeed(city("after"))).ops))], ["same"]);
  });
});
