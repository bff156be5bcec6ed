import assert from "node:assert/strict";
import type { CheckFailure, Host, Properties, Resource } from "../../../provider/core/resource.js";
import { UNKNOWN } from "../../../provider/core/unknown.js";
import { Access } from "../../../provider/postgres/access.js";
import { User } from "../../../provider/postgres/user.js";
import { testHost } from "../host.js";

const WHY =
  "a password cannot be set through Civis Platform: Platform keeps the text of each query. " +
  "Set passwords over a connection to the database itself.";

/** A run that has no address to connect to: nothing may be asked of a server. */
const run = (variables: Readonly<Record<string, string>> = {}): Host =>
  testHost({
    environment: { ROSTER_POSTGRES_VIA: "civis", ...variables },
    options: { maxRemovals: undefined, offline: true },
    warn: () => undefined,
  });

async function failures(resource: Resource, args: Properties, olds: Properties = {}): Promise<CheckFailure[]> {
  const previewed = await resource.check(run(), olds, { ...args, __dryRun: true });
  const updated = await resource.check(run(), olds, args);
  assert.deepEqual(updated.failures, previewed.failures, "an update says the same");
  return previewed.failures;
}

/** What the state holds after an update over a connection to the database. */
async function stored(resource: Resource, args: Properties): Promise<Properties> {
  const host = testHost({ environment: {}, warn: () => undefined });
  return (await resource.check(host, {}, args)).inputs;
}

describe("passwords over a connection through Civis Platform", () => {
  const zed = { name: "zed", password: "correct horse battery" };

  it("are refused in the preview, with why", async () => {
    assert.deepEqual(await failures(User, zed), [{ property: "", reason: `password: ${WHY}` }]);
    assert.deepEqual(await failures(User, { ...zed, password: UNKNOWN }), [
      { property: "", reason: `password: ${WHY}` },
    ]);
    const access = { name: "all", users: "ana\nrui\nzed\n", passwords: { rui: "one horse", zed: "correct horse" } };
    assert.deepEqual(await failures(Access, access), [{ property: "", reason: `passwords: "rui", "zed": ${WHY}` }]);
  });

  it("are refused for a server of Redshift too", async () => {
    const host = run({ ROSTER_POSTGRES_DIALECT: "redshift" });
    const { failures } = await User.check(host, {}, { ...zed, password: "Correct1horse" });
    assert.deepEqual(failures, [{ property: "", reason: `password: ${WHY}` }]);
  });

  for (const version of [undefined, 1, "auto"] as const) {
    it(`that were set over another connection may stay, version ${String(version)}, and may not change`, async () => {
      const versioned = { ...zed, ...(version === undefined ? {} : { passwordVersion: version }) };
      const state = await stored(User, versioned);
      assert.deepEqual(await failures(User, versioned, state), []);
      const other = version === "auto" ? { password: "another horse" } : { passwordVersion: 2 };
      assert.deepEqual(await failures(User, { ...versioned, ...other }, state), [
        { property: "", reason: `password: ${WHY}` },
      ]);
    });
  }

  it("that were set over another connection may stay in an Access, beside users that get none", async () => {
    const line = (version: number): string => `zed\t{"passwordVersion":${String(version)}}\n`;
    const access = { name: "all", users: line(1), passwords: { zed: "correct horse" } };
    const state = { ...access, passwords: { zed: (await stored(User, zed))["password"] } };
    assert.deepEqual(await failures(Access, access, state), []);
    assert.deepEqual(await failures(Access, { ...access, users: line(2) }, state), [
      { property: "", reason: `passwords: "zed": ${WHY}` },
    ]);
  });

  it("are no matter where nobody has one, or nobody knows yet who", async () => {
    const bare = { name: "all", users: "ana\n" };
    assert.deepEqual((await Access.check(run(), bare, bare)).failures, []);
    const unknown = { name: "all", users: UNKNOWN, passwords: UNKNOWN, __dryRun: true };
    assert.deepEqual((await Access.check(run(), bare, unknown)).failures, []);
  });
});
