import assert from "node:assert/strict";
import type { Properties } from "../../../provider/core/resource.js";
import { POSTGRES_VERSIONS } from "../../postgres/server.js";
import { Scene } from "./scene.js";
import type { Program } from "./stack.js";

/*
 * What is in no schema: languages, foreign data wrappers and servers of a database; tablespaces and parameters of the
 * whole server.
 */

const OBJECTS = `
  CREATE FOREIGN DATA WRAPPER w; CREATE FOREIGN DATA WRAPPER "W 2";
  CREATE SERVER erp FOREIGN DATA WRAPPER w; CREATE SERVER "the CRM" FOREIGN DATA WRAPPER w;
  CREATE TRUSTED LANGUAGE mine HANDLER plpgsql_call_handler; REVOKE ALL ON LANGUAGE plpgsql, mine FROM PUBLIC`;

for (const version of POSTGRES_VERSIONS) {
  describe(`grants on what is in no schema, on PostgreSQL ${String(version)}`, () => {
    let scene: Scene;
    beforeEach(async () => {
      scene = await Scene.on(version);
      await scene.sql("CREATE DATABASE $db");
      await scene.sql("CREATE ROLE $ana; CREATE ROLE $rui");
      await scene.inside("db", OBJECTS);
    });
    afterEach(() => scene.clear());

    const one = (args: Properties, type = "Grant"): Program => ({
      grant: { type, args: { grantee: scene.n("ana"), ...args } },
    });
    const inDatabase = (args: Properties, type?: string): Program => one({ database: scene.n("db"), ...args }, type);
    const plan = async (program: Program): Promise<string[]> => {
      const { plans, errors, warnings } = await scene.stack.preview(program);
      assert.deepEqual([errors, warnings], [[], []]);
      return (plans["grant"] ?? []).map((line) => scene.short(line)).filter((line) => !line.startsWith("\\connect"));
    };
    const may = async (what: string): Promise<boolean> => {
      const [row] = await scene.inside<{ may: boolean }>("db", `SELECT ${what} AS may`);
      return row?.may === true;
    };

    const KINDS: readonly (readonly [Properties, string, string])[] = [
      [
        { on: "language", objects: "mine\nplpgsql\n", privileges: ["USAGE"] },
        "USAGE ON LANGUAGE mine, plpgsql",
        "has_language_privilege('$ana', 'mine', 'USAGE')",
      ],
      [
        { on: "foreign data wrapper", objects: "W 2\n", privileges: ["ALL"] },
        'USAGE ON FOREIGN DATA WRAPPER "W 2"',
        "has_foreign_data_wrapper_privilege('$ana', 'W 2', 'USAGE')",
      ],
      [
        { on: "foreign server", objects: "erp\nthe CRM\n", privileges: ["usage"] },
        'USAGE ON FOREIGN SERVER erp, "the CRM"',
        "has_server_privilege('$ana', 'the CRM', 'USAGE')",
      ],
    ];

    for (const [args, words, allowed] of KINDS) {
      it(`on a ${String(args["on"])}: given as planned, found when taken by hand, taken back at the end`, async () => {
        assert.deepEqual(await plan(inDatabase(args)), [`GRANT ${words} TO $ana;`]);
        assert.equal(await may(allowed), false);
        await scene.stack.succeed(inDatabase(args));
        assert.deepEqual(scene.sent(), [`GRANT ${words} TO $ana;`]);
        assert.equal(await may(allowed), true);
        await scene.settled(inDatabase(args));
        await scene.inside("db", `REVOKE ${words} FROM $ana`);
        await scene.stack.refresh();
        assert.deepEqual(await plan(inDatabase(args)), [`GRANT ${words} TO $ana;`]);
        await scene.stack.succeed(inDatabase(args));
        assert.equal(await may(allowed), true);
        await scene.stack.destroy();
        assert.equal(await may(allowed), false);
      });
    }

    it("on a tablespace, which all databases share", async () => {
      const program = one({ on: "tablespace", objects: "pg_default\n", privileges: ["CREATE"] });
      assert.deepEqual(await plan(program), ["GRANT CREATE ON TABLESPACE pg_default TO $ana;"]);
      await scene.stack.succeed(program);
      assert.equal(await may("has_tablespace_privilege('$ana', 'pg_default', 'CREATE')"), true);
      await scene.settled(program);
      await scene.stack.destroy();
      assert.equal(await may("has_tablespace_privilege('$ana', 'pg_default', 'CREATE')"), false);
    });

    it("everything on a set, with Privileges: what is added by hand is taken back", async () => {
      const program = inDatabase({ on: "foreign server", objects: "erp\nthe CRM\n", privileges: [] }, "Privileges");
      await scene.inside(
        "db",
        'GRANT USAGE ON FOREIGN SERVER erp TO $ana; GRANT USAGE ON FOREIGN SERVER "the CRM" TO $rui',
      );
      assert.deepEqual(await plan(program), ["REVOKE USAGE ON FOREIGN SERVER erp FROM $ana;"]);
      await scene.stack.succeed(program);
      assert.equal(await may("has_server_privilege('$rui', 'the CRM', 'USAGE')"), true);
      await scene.settled(program);
    });

    it("changes a list in place: what leaves it is taken, what comes is given", async () => {
      const list = (objects: string): Program => inDatabase({ on: "language", objects, privileges: ["USAGE"] });
      await scene.stack.succeed(list("mine\n"));
      scene.sent();
      await scene.stack.succeed(list("plpgsql\n"));
      assert.deepEqual(scene.sent(), [
        "REVOKE USAGE ON LANGUAGE mine FROM $ana;",
        "GRANT USAGE ON LANGUAGE plpgsql TO $ana;",
      ]);
    });

    it("says what is not there, and where it comes from", async () => {
      for (const [on, name, message] of [
        ["language", "c", /there is no language c in database "\$db".*not trusted/s],
        ["language", "cobol", /there is no language cobol in database "\$db".*CREATE EXTENSION/s],
        [
          "foreign data wrapper",
          "nothing",
          /there is no foreign data wrapper nothing in database.*CREATE EXTENSION postgres_fdw/s,
        ],
        ["foreign server", "sap", /there is no foreign server sap in database "\$db".*CREATE SERVER/s],
      ] as const) {
        assert.match(await scene.fails(inDatabase({ on, objects: `${name}\n`, privileges: ["USAGE"] })), message);
      }
      const space = one({ on: "tablespace", objects: "nowhere\n", privileges: ["CREATE"] });
      assert.match(await scene.fails(space), /there is no tablespace nowhere\n/);
    });

    it("refuses what such a grant cannot have", async () => {
      for (const [args, message] of [
        [{ on: "language", schema: "s", objects: "x\n" }, /has no meaning for privileges on a language/],
        [{ on: "foreign server" }, /is required for privileges on a foreign server: the names/],
        [{ on: "parameter", objects: "work_mem\n", database: "x" }, /all databases of the server share/],
        [
          { on: "tablespace", objects: "x\n", privileges: ["USAGE"] },
          /no privilege "USAGE" on a tablespace; there are CREATE/,
        ],
        [{ on: "language", objects: "x\n", future: true }, /is for all of a schema/],
      ] as const) {
        const { errors } = await scene.stack.preview(one({ privileges: ["ALL"], ...args }));
        assert.match(errors.map((error) => error.message).join(), message);
      }
    });

    it("tells what keeps a user from being dropped, and takes it all back with reassignTo", async () => {
      await scene.sql("GRANT CREATE ON TABLESPACE pg_default TO $ana; ALTER ROLE $ana CREATEDB");
      await scene.inside("db", 'GRANT USAGE ON FOREIGN SERVER erp TO $ana; ALTER SERVER "the CRM" OWNER TO $ana');
      const user = (args: Properties = {}): Program => ({
        ana: {
          type: "User",
          args: { name: scene.n("ana"), createdb: true, existing: "adopt", onRemove: "drop", ...args },
        },
      });
      await scene.stack.succeed(user());
      const text = await scene.fails({});
      assert.match(text, /it has CREATE on tablespace pg_default/);
      assert.match(
        text,
        /has USAGE on foreign server erp.*owns foreign server the CRM|owns foreign server the CRM.*has USAGE on foreign server erp/,
      );
      await scene.stack.succeed(user({ reassignTo: scene.n("rui") }));
      await scene.stack.succeed({});
      assert.deepEqual(await scene.roles(), ["rui"]);
    });

    const parameters = (): Program =>
      one({
        on: "parameter",
        objects: "Log_Min_Duration_Statement\nmy.param\nwork_mem\n",
        privileges: ["SET"],
      });

    if (version < 15) {
      it("on a parameter: refused in the preview, because this version has no such privileges", async () => {
        const { errors } = await scene.stack.preview(parameters());
        assert.match(
          errors.map(({ message }) => message).join(),
          /PostgreSQL 14 has no privileges on a parameter.*from version 15 on/,
        );
      });
    } else {
      it("on parameters, in any case, also of extensions: given, found, repaired, taken back", async () => {
        const words = "ON PARAMETER log_min_duration_statement, my.param, work_mem";
        assert.deepEqual(await plan(parameters()), [`GRANT SET ${words} TO $ana;`]);
        await scene.stack.succeed(parameters());
        const set = "has_parameter_privilege('$ana', 'log_min_duration_statement', 'SET')";
        assert.equal(await may(set), true);
        await scene.settled(parameters());
        await scene.sql("REVOKE SET ON PARAMETER work_mem FROM $ana; GRANT ALTER SYSTEM ON PARAMETER my.param TO $ana");
        await scene.stack.refresh();
        // A Grant looks after what it names only.
        assert.deepEqual(await plan(parameters()), ["GRANT SET ON PARAMETER work_mem TO $ana;"]);
        await scene.stack.succeed(parameters());
        await scene.stack.destroy();
        assert.equal(await may(set), false);
        assert.equal(await may("has_parameter_privilege('$ana', 'my.param', 'ALTER SYSTEM')"), true);
      });

      it("on a parameter that the server does not know: says which", async () => {
        const program = one({ on: "parameter", objects: "wrok_mem\n", privileges: ["SET"] });
        assert.match(
          await scene.fails(program),
          /tried: +GRANT SET ON PARAMETER wrok_mem TO.*unrecognized configuration parameter.*SHOW ALL/s,
        );
      });

      it("reads privileges on parameters where somebody asks for them, and then once", async () => {
        scene.stack.wire.reset();
        await scene.stack.succeed(one({ on: "tablespace", objects: "pg_default\n", privileges: ["CREATE"] }));
        assert.deepEqual(scene.stack.wire.queries, []);
        const both = {
          ...parameters(),
          more: {
            type: "Grant",
            args: { grantee: scene.n("rui"), on: "parameter", objects: "work_mem\n", privileges: ["SET"] },
          },
        };
        scene.stack.wire.reset();
        await scene.stack.succeed(both);
        assert.equal(scene.stack.wire.queries.length, 1);
        await scene.settled(both);
      });
    }
  });
}
