import assert from "node:assert/strict";
import { UNKNOWN } from "../../../provider/core/unknown.js";
import { AUTO, storedPassword, type VersionedPassword } from "../../../provider/postgres/passwords.js";
import { scramVerifier, verifies } from "../../../provider/postgres/scram.js";
import { sharedPostgres } from "../../postgres/shared.js";
import { Scene } from "./scene.js";

describe("the password that is stored", () => {
  const first = (version?: string | number): Promise<VersionedPassword> =>
    storedPassword({ password: "one", version }, undefined);

  it("is a verifier of what was given", async () => {
    const { password, version } = await first(1);
    assert.equal(await verifies("one", password), true);
    assert.equal(await verifies("two", password), false);
    assert.equal(version, 1);
  });

  it("stays for the same version, whatever is given, and not for another", async () => {
    const kept = await first(1);
    assert.deepEqual(await storedPassword({ password: "two", version: 1 }, kept), kept);
    const next = await storedPassword({ password: "two", version: 2 }, kept);
    assert.deepEqual([await verifies("two", next.password), next.version], [true, 2]);
  });

  it("stays with the version auto for the same password, and gets a version of its own for another", async () => {
    const kept = await first(AUTO);
    assert.match(String(kept.version), /^auto-[0-9a-f]{8}$/);
    assert.deepEqual(await storedPassword({ password: "one", version: AUTO }, kept), kept);
    const next = await storedPassword({ password: "two", version: AUTO }, kept);
    assert.equal(await verifies("two", next.password), true);
    assert.match(String(next.version), /^auto-[0-9a-f]{8}$/);
    assert.notEqual(next.version, kept.version);
  });

  it("knows a verifier that is given, also of another number of iterations, and can only compare one of md5", async () => {
    const verifier = await scramVerifier("one", Buffer.from("sixteen bytes ok"), 5000);
    const kept = await storedPassword({ password: verifier, version: AUTO }, undefined);
    assert.equal(kept.password, verifier);
    assert.deepEqual(await storedPassword({ password: "one", version: AUTO }, kept), kept);
    const md5 = `md5${"a".repeat(32)}`;
    assert.equal(await verifies(md5, md5), true);
    assert.equal(await verifies("anything", md5), false);
  });

  it("keeps the last version while the password is not known yet, and is set once by who changes to auto", async () => {
    const kept = await first(AUTO);
    assert.deepEqual(await storedPassword({ password: UNKNOWN, version: AUTO }, kept), { ...kept, password: UNKNOWN });
    const before = await first(7);
    const now = await storedPassword({ password: "one", version: AUTO }, before);
    assert.notEqual(now.version, 7);
    assert.deepEqual(await storedPassword({ password: "one", version: AUTO }, now), now);
  });

  it("is set by a run for each new password, in an Access, and by no run for the same", async () => {
    const scene = await Scene.on(18);
    const server = await sharedPostgres(18);
    const program = (password: string): ReturnType<Scene["program"]> =>
      scene.program({ users: { $ana: { password, passwordVersion: AUTO } } });
    const stored = async (): Promise<string> => {
      const sql = "SELECT rolpassword FROM pg_authid WHERE rolname = $1";
      const [row] = await server.query<{ rolpassword: string }>(sql, { values: [scene.n("ana")] });
      return row?.rolpassword ?? "";
    };
    try {
      await scene.stack.succeed(program("one"));
      assert.equal(await verifies("one", await stored()), true);
      await scene.settled(program("one"));
      await scene.stack.succeed(program("two"));
      assert.equal(await verifies("two", await stored()), true);
      await scene.settled(program("two"));
    } finally {
      await scene.clear();
    }
  });
});
