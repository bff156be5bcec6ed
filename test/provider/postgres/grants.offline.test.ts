import assert from "node:assert/strict";
import type { Properties, Resource } from "../../../provider/core/resource.js";
import { blankCatalog } from "../../../provider/postgres/catalog.js";
import { DefaultPrivileges } from "../../../provider/postgres/defaultPrivileges.js";
import { Grant } from "../../../provider/postgres/grant.js";
import { Privileges } from "../../../provider/postgres/privileges.js";
import { MemoryServer } from "./memory.js";

/** The plan of a change from state alone. */
async function plan(resource: Resource, before: Properties | undefined, after: Properties): Promise<unknown> {
  const host = new MemoryServer(blankCatalog()).host({ options: { maxRemovals: undefined, offline: true } });
  const olds = before === undefined ? {} : (await resource.check(host, {}, before)).inputs;
  const fresh = new MemoryServer(blankCatalog()).host({ options: { maxRemovals: undefined, offline: true } });
  const { inputs, failures } = await resource.check(fresh, olds, { ...after, __dryRun: true });
  assert.deepEqual(failures, []);
  const lines = (inputs["plan"] ?? []) as string[];
  assert.match(lines[0] ?? "-- roster:offline", /^-- roster:offline/);
  return lines.slice(1);
}

describe("grants planned from state alone", () => {
  const tables = { database: "app", on: "table", schema: "s", grantee: "ana" };

  it("show what leaves and what comes, for all of a schema and for a list", async () => {
    for (const [objects, what] of [
      [{}, "ALL TABLES IN SCHEMA s"],
      [{ objects: "a\nb\n" }, "TABLE s.a, s.b"],
    ] as const) {
      const lines = await plan(
        Grant,
        { ...tables, ...objects, privileges: ["SELECT", "INSERT"] },
        { ...tables, ...objects, privileges: ["SELECT", "UPDATE"] },
      );
      assert.deepEqual(lines, [
        "\\connect app",
        `REVOKE INSERT ON ${what} FROM ana;`,
        `GRANT UPDATE ON ${what} TO ana;`,
      ]);
    }
  });

  it("show a new one whole, and nothing for one that is as it was", async () => {
    assert.deepEqual(
      await plan(Grant, undefined, { on: "database", database: "app", privileges: ["CONNECT"], grantee: "PUBLIC" }),
      ["GRANT CONNECT ON DATABASE app TO PUBLIC;"],
    );
    const same = { ...tables, privileges: ["SELECT"] };
    assert.deepEqual(await plan(Privileges, same, same), []);
  });

  it("show default privileges of a named owner", async () => {
    const later = { on: "table", owner: "boss", schema: "s", grantee: "ana" };
    assert.deepEqual(
      await plan(DefaultPrivileges, { ...later, privileges: ["SELECT"] }, { ...later, privileges: ["INSERT"] }),
      [
        "ALTER DEFAULT PRIVILEGES FOR ROLE boss IN SCHEMA s REVOKE SELECT ON TABLES FROM ana;",
        "ALTER DEFAULT PRIVILEGES FOR ROLE boss IN SCHEMA s GRANT INSERT ON TABLES TO ana;",
      ],
    );
  });
});
