import assert from "node:assert/strict";
import fc from "fast-check";
import { blankCatalog, type RoleSettings } from "../../../provider/postgres/catalog.js";
import {
  observedSettings,
  parameterValue,
  settingArguments,
  settingDelta,
} from "../../../provider/postgres/roleSettings.js";
import type { Properties } from "../../../provider/core/resource.js";
import { POSTGRES_VERSIONS } from "../../postgres/server.js";
import { Scene } from "./scene.js";
import type { Program } from "./stack.js";

const kept = (settings: unknown): Readonly<Record<string, string>> => settingArguments.settings.parse(settings) ?? {};

describe("settings of a role", () => {
  it("are kept as the server keeps them", () => {
    assert.deepEqual(
      kept({
        Work_Mem: "64MB",
        search_path: ["$user", "Mixed", "public"],
        enable_seqscan: false,
        statement_timeout: 3000,
      }),
      { enable_seqscan: "off", search_path: '"$user", "Mixed", public', statement_timeout: "3000", work_mem: "64MB" },
    );
    assert.deepEqual(kept({ search_path: '"$user",public ,  Mixed' }), { search_path: '"$user", public, mixed' });
  });

  it("mean the same when they are read again", () => {
    const name = fc.string({ minLength: 1, unit: "grapheme" }).filter((text) => !text.includes("\u0000"));
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (names) => {
        const { search_path: once = "" } = kept({ search_path: names });
        assert.deepEqual(kept({ search_path: once }), { search_path: once });
        assert.equal(parameterValue("search_path", once), once);
      }),
    );
  });

  it("are refused where the name is none", () => {
    for (const name of ["", "a b", "x;y", "1a", 'a"b', "a..b"]) {
      assert.equal(settingArguments.settings.safeParse({ [name]: "1" }).success, false, name);
    }
  });

  it("differ by nothing after the changes that make them equal", () => {
    const values = fc.dictionary(
      fc.constantFrom("work_mem", "search_path", "app.x"),
      fc.constantFrom("a", "b, c", ""),
      {
        noNullPrototype: true,
      },
    );
    fc.assert(
      fc.property(values, values, (live, wanted) => {
        const catalog = blankCatalog();
        const settings: RoleSettings = new Map([["", new Map(Object.entries(live))]]);
        catalog.settings.set("ana", settings);
        const declared = { settings: kept(wanted) };
        const after = new Map(Object.entries(observedSettings(catalog, "ana", declared).settings ?? {}));
        for (const change of settingDelta(catalog, "ana", "ana", declared).changes) {
          assert.ok(change.kind === "setParameter");
          if (change.value === null) after.delete(change.name);
          else after.set(change.name, change.value);
        }
        assert.deepEqual(Object.fromEntries([...after].sort()), declared.settings);
      }),
    );
  });
});

for (const version of POSTGRES_VERSIONS) {
  describe(`settings of a role on PostgreSQL ${String(version)}`, () => {
    let scene: Scene;
    beforeEach(async () => {
      scene = await Scene.on(version);
      await scene.sql("CREATE DATABASE $db");
    });
    afterEach(() => scene.clear());

    const ana = (args: Properties): Program => ({
      ana: { type: "User", args: { name: scene.n("ana"), password: "her password", ...args } },
    });
    const show = async (parameter: string, database = "postgres"): Promise<unknown> => {
      const as = { user: scene.n("ana"), password: "her password", database };
      const [row] = await scene.server.query<Record<string, string>>(`SELECT current_setting('${parameter}') AS v`, as);
      return row?.["v"];
    };

    it("count for the sessions of the user, in one database or in all, and are repaired", async () => {
      const program = ana({
        settings: {
          search_path: ["Odd; name", "$user", "public"],
          statement_timeout: "30s",
          "app.tenant": "it's \\ one",
        },
        databaseSettings: { [scene.n("db")]: { statement_timeout: 10_000 } },
      });
      const { plans } = await scene.stack.preview(program);
      assert.deepEqual(
        plans["ana"]?.slice(1).map((line) => scene.short(line)),
        [
          "ALTER ROLE $ana SET app.tenant TO E'it''s \\\\ one';",
          'ALTER ROLE $ana SET search_path TO "Odd; name", "$user", public;',
          "ALTER ROLE $ana SET statement_timeout TO '30s';",
          "ALTER ROLE $ana IN DATABASE $db SET statement_timeout TO '10000';",
        ],
      );
      await scene.stack.succeed(program);
      assert.equal(await show("search_path"), '"Odd; name", "$user", public');
      assert.deepEqual(
        [await show("statement_timeout"), await show("statement_timeout", scene.n("db"))],
        ["30s", "10s"],
      );
      assert.equal(await show("app.tenant"), "it's \\ one");
      await scene.settled(program);
      await scene.sql(
        "ALTER ROLE $ana SET work_mem TO '1MB'; ALTER ROLE $ana RESET search_path; ALTER ROLE $ana IN DATABASE $db SET statement_timeout TO '5s'",
      );
      await scene.stack.refresh();
      const repair = (await scene.stack.preview(program)).plans["ana"]?.map((line) => scene.short(line));
      assert.deepEqual(repair, [
        "ALTER ROLE $ana RESET work_mem;",
        'ALTER ROLE $ana SET search_path TO "Odd; name", "$user", public;',
        "ALTER ROLE $ana IN DATABASE $db SET statement_timeout TO '10000';",
      ]);
      await scene.stack.succeed(program);
      await scene.settled(program);
    });

    it("are left alone where nobody declares them, and go with the user's name", async () => {
      await scene.stack.succeed(ana({ settings: { work_mem: "1MB" } }));
      await scene.sql("ALTER ROLE $ana IN DATABASE $db SET work_mem TO '2MB'");
      await scene.settled(ana({ settings: { work_mem: "1MB" } }));
      await scene.stack.succeed(ana({ name: scene.n("anna"), settings: {} }));
      const set = await scene.sql<{ database: string }>(
        "SELECT coalesce(d.datname, '') AS database FROM pg_db_role_setting s LEFT JOIN pg_database d ON d.oid = s.setdatabase WHERE setrole = '$anna'::regrole",
      );
      assert.deepEqual(set, [{ database: scene.n("db") }]);
    });

    it("that the server does not take are an error with the statement, and a database that is not there is named", async () => {
      assert.match(
        await scene.fails(ana({ settings: { work_mem: "much" } })),
        /tried: +ALTER ROLE \$ana SET work_mem TO 'much';/,
      );
      assert.match(
        await scene.fails(ana({ databaseSettings: { nowhere: { work_mem: "1MB" } } })),
        /there is no database "nowhere"/,
      );
    });

    it("do not make a user a stranger whom a run that was cut off has made", async () => {
      const program = ana({ settings: { work_mem: "1MB" } });
      await scene.stack.up(program, { faults: (statements) => (statements.length > 0 ? "killed after" : undefined) });
      assert.equal(scene.stack.state.size, 0);
      await scene.stack.succeed(program);
      await scene.settled(program);
    });
  });
}
