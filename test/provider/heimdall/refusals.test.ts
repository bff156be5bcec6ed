import assert from "node:assert/strict";
import { resolveConnection } from "../../../provider/core/connections.js";
import { RosterError } from "../../../provider/core/errors.js";
import type { HttpRequest } from "../../../provider/core/httpRequest.js";
import { statusOf } from "../../../provider/core/httpErrors.js";
import { openClient } from "../../../provider/heimdall/client.js";
import { connections } from "../../../provider/heimdall/settings.js";
import { CONTENTS, LINES, NEW, numbered } from "../../sandbox/heimdall/contract.js";
import { PREFIX, startHeimdall, type HeimdallSandbox } from "../../sandbox/heimdall/heimdall.js";

/** What messages say besides what the service answers, where that alone would mislead. */
const EXPLAINED: Readonly<Record<string, RegExp>> = {
  "DELETE /roles/viewer": /just assigned an action to it/,
  "PUT /mappings/{GET /users}": /another mapping has the same method and path/,
};

describe("a refusal of Heimdall", () => {
  let heimdall: HeimdallSandbox;
  beforeEach(async () => {
    heimdall = await startHeimdall(CONTENTS);
  });
  afterEach(() => heimdall.close());

  async function refusal(line: string, body: unknown, token = heimdall.token): Promise<RosterError> {
    const environment = { HEIMDALL_URL: heimdall.url, HEIMDALL_TOKEN: token };
    const connection = resolveConnection(connections, undefined, { environment, config: undefined });
    const client = openClient(connection, { pause: () => Promise.resolve() });
    await client.http.send({ method: "GET", path: `${PREFIX}/healthz` });
    const [method = "", target = ""] = numbered(heimdall.store, line).split(/ (.*)/s);
    const { pathname, searchParams } = new URL(target, "http://heimdall");
    try {
      await client.http.send({
        method: method as HttpRequest["method"],
        path: PREFIX + pathname,
        query: Object.fromEntries(searchParams),
        ...(body === undefined ? {} : { body: JSON.parse(numbered(heimdall.store, JSON.stringify(body))) as unknown }),
      });
    } catch (error) {
      assert.ok(error instanceof RosterError);
      assert.ok(!error.message.includes(token));
      return error;
    }
    return assert.fail("nothing was thrown");
  }

  for (const [line, body, status] of LINES.filter((each) => each[2] >= 300)) {
    it(`is told as it is: ${line} ${body === undefined ? "" : JSON.stringify(body).slice(0, 60)}: ${String(status)}`, async () => {
      const error = await refusal(line, body);
      assert.equal(statusOf(error), status);
      const [method = ""] = line.split(" ");
      assert.match(error.message, new RegExp(`tried: {6}${method} /api/v1/.*\\n.*answer: {5}${String(status)} `));
      if (status === 500) assert.match(error.message, EXPLAINED[line] ?? /\0/);
    });
  }

  it("says what 401, 403 and 500 mean for a token", async () => {
    const other = heimdall.issue({ admin: false });
    assert.match(
      (await refusal("GET /groups/", undefined, heimdall.issue({ exp: 1 }))).message,
      /whether it has ended: .*HEIMDALL_TOKEN/,
    );
    assert.match((await refusal("POST /groups/", NEW, other)).message, /does not allow this[^]*what the token may do/);
    assert.match(
      (await refusal("POST /actions/", NEW, other)).message,
      /does not allow this[^]*not an administrator's[^]*Cerbos/,
    );
    assert.match(
      (await refusal("POST /groups/none/members", { subject: "11111111111" })).message,
      /group does not exist/,
    );
  });

  it("says that the policy engine is down, and that nothing was changed", async () => {
    heimdall.policyEngine = "down";
    assert.match(
      (await refusal("POST /groups/", NEW)).message,
      /cannot check permissions[^]*Nothing was read or changed/,
    );
    for (const line of ["DELETE /roles/idle", "DELETE /actions/{users:read}"]) {
      assert.match((await refusal(line, undefined)).message, /cannot check permissions[^]*\(Cerbos\)[^]*half a minute/);
    }
  });

  it("says what a path may be, also where the service says that something is not found", async () => {
    const path_pattern = "/[()";
    for (const [line, body] of [
      ["POST /mappings/", { path_pattern, method: "GET", action_id: "{users:read}" }],
      ["PUT /mappings/{GET /users}", { path_pattern }],
    ] as const) {
      assert.match((await refusal(line, body)).message, /the path of a mapping[^]*Python's re[^]*\(\?P<name>/);
    }
  });

  it("says of a role beyond the first 50 that it may be there", async () => {
    for (let index = 0; index < 50; index += 1) heimdall.store.addRole(`a${String(index)}`, "Many");
    const error = await refusal("POST /roles/viewer/actions", { action_name: "users:read" });
    assert.match(error.message, /does not find the role[^]*first 50 roles by name/);
  });

  it("follows no 307", async () => {
    const error = await refusal("GET /groups", undefined);
    assert.match(error.message, /is somewhere else[^]*\/api\/v1\/groups\//);
  });
});
