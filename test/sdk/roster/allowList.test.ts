import assert from "node:assert/strict";
import { allows, isExpired, readAllowList, type AllowedThing } from "../../../sdk/roster/allowList.js";

const ENTRY: AllowedThing = { system: "postgres", name: "svc_*", reason: "the pipeline's", place: "a.yaml:2:5" };

describe("allow-list", () => {
  it("is read with the place of each entry", () => {
    const text =
      "allow:\n  - system: postgres\n    kind: login\n    name: eve\n    reason: break glass\n    expires: 2027-06-30\n";
    assert.deepEqual(readAllowList("a.yaml", text), [
      {
        system: "postgres",
        kind: "login",
        name: "eve",
        reason: "break glass",
        expires: "2027-06-30",
        place: "a.yaml:2:5",
      },
    ]);
    assert.deepEqual(readAllowList("a.yaml", "allow: []\n"), []);
  });

  it("names all mistakes with file, line and column", () => {
    const text =
      "allow:\n  - system: oracle\n    name: eve\n    reason: x\n    expires: soon\n    who: me\n  - system: glean\n    name: a\n";
    assert.throws(
      () => readAllowList("a.yaml", text),
      (error: Error) => {
        const lines = error.message.split("\n").map((line) => line.trim());
        assert.equal(lines[0], "the allow-list cannot be used:");
        assert.ok(
          lines.some((line) => /^a\.yaml:2:\d+: .*must be postgres, heimdall, glean or databricks$/.test(line)),
          error.message,
        );
        assert.ok(
          lines.some((line) => /^a\.yaml:5:\d+: .*must be a date such as 2027-06-30$/.test(line)),
          error.message,
        );
        assert.ok(
          lines.some((line) => line.startsWith("a.yaml:6:5: who is no key of an entry")),
          error.message,
        );
        assert.ok(
          lines.some((line) => /^a\.yaml:7:\d+: .*must say why/.test(line)),
          error.message,
        );
        return true;
      },
    );
  });

  it("counts to the end of the last day", () => {
    const entry = { ...ENTRY, expires: "2027-06-30" };
    assert.equal(isExpired(entry, new Date("2027-06-30T23:59:59Z")), false);
    assert.equal(isExpired(entry, new Date("2027-07-01T00:00:00Z")), true);
    assert.equal(isExpired(ENTRY, new Date()), false);
  });

  it("is about a system, a kind where one is given, and names by pattern", () => {
    const thing = { system: "postgres", kind: "login", name: "svc_a.b" };
    assert.equal(allows(ENTRY, thing), true);
    assert.equal(allows({ ...ENTRY, system: "glean" }, thing), false);
    assert.equal(allows({ ...ENTRY, kind: "group" }, thing), false);
    assert.equal(allows({ ...ENTRY, name: "svc_a?b" }, { ...thing, name: "svc_aXb" }), true);
    assert.equal(allows({ ...ENTRY, name: "svc_a.b" }, { ...thing, name: "svc_aXb" }), false);
    assert.equal(allows(ENTRY, { ...thing, name: "my_svc_a" }), false);
  });
});
