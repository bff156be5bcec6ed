import assert from "node:assert/strict";
import { encodeNames } from "../../../provider/core/lines.js";
import { POSTGRES_VERSIONS, type PostgresServer } from "../../postgres/server.js";
import { Scene } from "./scene.js";
import type { Program } from "./stack.js";

/** What would make a superuser, or drop something, if it ever reached a server as SQL. */
const EVIL = [
  `"; ALTER ROLE $mallory SUPERUSER; --`,
  `'; ALTER ROLE $mallory SUPERUSER; --`,
  `\\'; ALTER ROLE $mallory SUPERUSER; --`,
  `x) TO $mallory; ALTER ROLE $mallory SUPERUSER; --`,
  `\n\\! touch /tmp/x\n\\connect evil`,
  `$$ -- /* :'x' "" %s`,
];

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

for (const version of POSTGRES_VERSIONS) {
  describe(`text that looks like SQL on PostgreSQL ${String(version)}`, () => {
    let scene: Scene;
    let server: PostgresServer;
    beforeEach(async () => {
      scene = await Scene.on(version);
      server = scene.server;
      await scene.sql("CREATE ROLE $mallory");
      await scene.sql("CREATE DATABASE $db");
    });
    afterEach(async () => {
      await scene.clear();
    });

    const isHarmless = async (): Promise<void> => {
      const [row] = await scene.sql<{ rolsuper: boolean }>("SELECT rolsuper FROM pg_roles WHERE rolname = '$mallory'");
      assert.equal(row?.rolsuper, false, "mallory is no superuser");
    };

    for (const text of EVIL) {
      it(`is only a name: ${JSON.stringify(text)}`, async () => {
        const evil = scene.text(text).slice(0, 50);
        const [db, role] = [scene.n(`d${evil}`).slice(0, 60), scene.n(`r${evil}`).slice(0, 60)];
        const place = { database: db, schema: evil };
        const program: Program = {
          role: { type: "Group", args: { name: role } },
          user: {
            type: "User",
            args: {
              name: scene.n("u"),
              settings: { search_path: [evil], application_name: evil },
              databaseSettings: { [db]: { "app.x": evil } },
            },
            after: ["app"],
          },
          app: { type: "Database", args: { name: db, owner: role, comment: evil, onRemove: "drop" }, after: ["role"] },
          schema: {
            type: "Schema",
            args: { database: db, name: evil, owner: role, comment: evil },
            after: ["app"],
          },
          connect: {
            type: "Grant",
            args: { database: db, on: "database", privileges: ["CONNECT"], grantee: role },
            after: ["schema"],
          },
          usage: {
            type: "Grant",
            args: { ...place, on: "schema", privileges: ["ALL"], grantee: scene.n("u") },
            after: ["schema", "user"],
          },
          later: {
            type: "DefaultPrivileges",
            args: { ...place, owner: role, on: "table", privileges: ["SELECT"], grantee: scene.n("u") },
            after: ["schema", "user"],
          },
        };
        await scene.stack.succeed(program);
        await scene.settled(program);
        const inside = quoted(evil);
        await server.query(
          `CREATE TABLE ${inside}.${inside} (${inside} int); CREATE SEQUENCE ${inside}.${quoted(`s${evil}`.slice(0, 60))};
           CREATE TYPE ${inside}.${quoted(`t${evil}`.slice(0, 60))} AS ENUM ('x');
           CREATE FUNCTION ${inside}.${inside}(${inside}.${quoted(`t${evil}`.slice(0, 60))}) RETURNS int LANGUAGE sql AS 'SELECT 1'`,
          { database: db },
        );
        const grantee = role;
        const more: Program = {
          ...program,
          table: {
            type: "Grant",
            after: ["schema", "user"],
            args: {
              ...place,
              on: "table",
              objects: encodeNames([evil]),
              privileges: ["SELECT"],
              grantee: scene.n("u"),
            },
          },
          columns: {
            type: "Privileges",
            after: ["schema", "user"],
            args: {
              ...place,
              on: "table",
              objects: encodeNames([evil]),
              columns: [evil],
              privileges: ["SELECT"],
              grantee: scene.n("mallory"),
            },
          },
          sequences: {
            type: "Privileges",
            after: ["schema", "user"],
            args: { ...place, on: "sequence", privileges: ["USAGE"], grantee: scene.n("u"), future: true },
          },
          types: {
            type: "Privileges",
            after: ["schema", "user"],
            args: { ...place, on: "type", privileges: [], grantee: "PUBLIC" },
          },
          functions: {
            type: "Privileges",
            after: ["schema", "user"],
            args: { ...place, on: "function", privileges: [], grantee: "PUBLIC" },
          },
          function: {
            type: "Grant",
            after: ["schema", "user"],
            args: { ...place, on: "function", privileges: ["EXECUTE"], grantee },
          },
        };
        await scene.stack.succeed(more);
        await scene.settled(more);
        await isHarmless();
        await server.query(`DROP SCHEMA ${inside} CASCADE`, { database: db });
        await scene.stack.refresh();
        assert.deepEqual(scene.errors(await scene.stack.destroy()), "");
        await isHarmless();
      });
    }

    it("is refused where no name can be: privileges, types of arguments, parameters, providers of locales", async () => {
      const base = { database: scene.n("db"), schema: "public", grantee: scene.n("mallory") };
      const attack = scene.text("x); ALTER ROLE $mallory SUPERUSER; --");
      const programs: Program[] = [
        { a: { type: "Grant", args: { ...base, on: "table", privileges: [`SELECT ON TABLE t TO x; ${attack}`] } } },
        { a: { type: "Grant", args: { ...base, on: "table; DROP", privileges: ["SELECT"] } } },
        {
          a: {
            type: "Grant",
            args: { ...base, on: "function", objects: encodeNames([`f(int${attack})`]), privileges: ["EXECUTE"] },
          },
        },
        {
          a: {
            type: "Grant",
            args: {
              ...base,
              on: "function",
              objects: encodeNames([`f(int) TO x; ${attack}`]),
              privileges: ["EXECUTE"],
            },
          },
        },
        { a: { type: "User", args: { name: scene.n("x"), settings: { [`work_mem TO '1'; ${attack}`]: "1" } } } },
        { a: { type: "Database", args: { name: scene.n("x"), locale: "C", localeProvider: `icu; ${attack}` } } },
      ];
      for (const program of programs) {
        scene.sent();
        const { errors } = await scene.stack.up(program);
        assert.equal(errors.length, 1, JSON.stringify(program));
        assert.deepEqual(scene.sent(), [], JSON.stringify(program));
      }
      await isHarmless();
    });
  });
}
