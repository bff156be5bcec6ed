import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Properties } from "../../../../provider/core/resource.js";
import { AccessFile } from "../../../../sdk/postgres/accessFile.js";
import { Scene } from "../../../provider/postgres/scene.js";
import type { Program } from "../../../provider/postgres/stack.js";
import { POSTGRES_VERSIONS } from "../../../postgres/server.js";

/** What the class hands to Pulumi for the Access within: Pulumi's own mocks stand for the engine. */
async function inputsOf(files: string): Promise<Properties> {
  const made: Properties[] = [];
  await pulumi.runtime.setMocks({
    newResource: ({ type, inputs }) => {
      if (type.endsWith(":Access")) made.push(inputs as Properties);
      return { id: "", state: inputs as Record<string, unknown> };
    },
    call: () => ({}),
  });
  const file = new AccessFile("company", { files });
  await new Promise((resolve) => file.users.apply(resolve));
  const [inputs = assert.fail("there is no Access")] = made;
  // What the engine takes out, or does not pass on: no password is a secret that holds nothing.
  return Object.fromEntries(Object.entries(inputs).filter(([key]) => !key.startsWith("__") && key !== "passwords"));
}

describe("a file of postgres.AccessFile", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "roster-access-file-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function written(text: string): string {
    const file = path.join(folder, "users.yaml");
    writeFileSync(file, text);
    return file;
  }

  for (const version of POSTGRES_VERSIONS) {
    describe(`on PostgreSQL ${String(version)}`, () => {
      let scene: Scene;
      beforeEach(async () => {
        scene = await Scene.on(version);
        await scene.sql("CREATE DATABASE $db");
        await scene.sql("CREATE ROLE $owner; CREATE ROLE $readers; CREATE ROLE $app");
        await scene.inside(
          "db",
          `CREATE FOREIGN DATA WRAPPER w; CREATE SERVER erp FOREIGN DATA WRAPPER w;
           CREATE SERVER "the CRM" FOREIGN DATA WRAPPER w; CREATE TRUSTED LANGUAGE mine HANDLER plpgsql_call_handler;
           REVOKE ALL ON LANGUAGE mine FROM PUBLIC; CREATE TABLE orders (); CREATE SCHEMA monthly AUTHORIZATION $owner`,
        );
      });
      afterEach(() => scene.clear());

      const ROLES = "users: [{ name: $app, login: false }]\ngroups: [{ name: $readers }]\ndatabases: [{ name: $db }]\n";
      const program = async (grants: string): Promise<Program> => ({
        company: { type: "Access", args: await inputsOf(written(scene.text(`${ROLES}grants:\n${grants}`))) },
      });
      const planOf = async (of: Program): Promise<string[]> => {
        const { plans, errors } = await scene.stack.preview(of);
        assert.deepEqual(errors, []);
        return (plans["company"] ?? []).map((line) => scene.short(line));
      };
      /** That what was planned is what runs, that the server then says so, and that nothing is left to do. */
      const holds = async (of: Program, plan: readonly string[], may: readonly string[]): Promise<void> => {
        assert.deepEqual(await planOf(of), plan);
        scene.sent();
        await scene.stack.succeed(of);
        assert.deepEqual(
          scene.sent().sort(),
          plan.filter((line) => !line.startsWith("\\") && !line.startsWith("--")).sort(),
        );
        for (const what of may) {
          const [row] = await scene.inside<{ may: boolean }>("db", `SELECT ${what} AS may`);
          assert.equal(row?.may, true, what);
        }
        await scene.settled(of);
      };

      it("gives languages, foreign data wrappers and foreign servers, each kind in one statement", async () => {
        const grants = `
  - { to: $app, on: language, objects: [mine], databases: [$db] }
  - { to: $readers, on: foreign data wrapper, objects: [w], databases: [$db] }
  - { to: $app, on: foreign server, objects: [erp, the CRM], databases: [$db] }`;
        const plan = [
          "\\connect $db",
          "GRANT USAGE ON FOREIGN DATA WRAPPER w TO $readers;",
          "GRANT USAGE ON FOREIGN SERVER erp TO $app;",
          'GRANT USAGE ON FOREIGN SERVER "the CRM" TO $app;',
          "GRANT USAGE ON LANGUAGE mine TO $app;",
          "\\connect postgres",
        ];
        await holds(await program(grants), plan, [
          "has_language_privilege('$app', 'mine', 'USAGE')",
          "has_foreign_data_wrapper_privilege('$readers', 'w', 'USAGE')",
          "has_server_privilege('$app', 'the CRM', 'USAGE')",
        ]);
      });

      it("gives tablespaces and parameters, which are of the whole server, or says from which version on", async () => {
        const tablespace = "  - { to: $readers, on: tablespace, objects: [pg_default] }\n";
        const parameters = "  - { to: $app, on: parameter, objects: [log_min_duration_statement, my.own] }\n";
        const all = await program(tablespace + parameters);
        const given = "GRANT CREATE ON TABLESPACE pg_default TO $readers;";
        if (version >= 15) {
          const plan = [
            "GRANT SET ON PARAMETER log_min_duration_statement TO $app;",
            "GRANT SET ON PARAMETER my.own TO $app;",
            given,
          ];
          const may = ["has_parameter_privilege('$app', 'my.own', 'SET')"];
          await holds(all, plan, [...may, "has_tablespace_privilege('$readers', 'pg_default', 'CREATE')"]);
          return;
        }
        const said = await scene.fails(all);
        assert.match(said, /parameter/);
        assert.match(said, /version 15/);
        await holds(await program(tablespace), [], ["has_tablespace_privilege('$readers', 'pg_default', 'CREATE')"]);
      });

      it("gives what exists in several schemas, and what their owners will make, until a day", async () => {
        const grants = `
  - { to: $readers, databases: [$db], schemas: [public, monthly], privileges: SELECT, until: 2027-01-31 }`;
        const of = await program(grants);
        const plan = [
          "\\connect $db",
          "GRANT CONNECT ON DATABASE $db TO $readers;",
          "GRANT USAGE ON SCHEMA monthly TO $readers;",
        ];
        const planned = await planOf(of);
        for (const line of plan) assert.ok(planned.includes(line), `${line}\nis not in\n${planned.join("\n")}`);
        assert.ok(
          planned.includes(
            "ALTER DEFAULT PRIVILEGES FOR ROLE $owner IN SCHEMA monthly GRANT SELECT ON TABLES TO $readers;",
          ),
          planned.join("\n"),
        );
        await scene.stack.succeed(of);
        await scene.inside("db", "SET ROLE $owner; CREATE TABLE monthly.later (); RESET ROLE");
        for (const table of ["public.orders", "monthly.later"]) {
          const [row] = await scene.inside("db", `SELECT has_table_privilege('$readers', '${table}', 'SELECT') AS may`);
          assert.deepEqual(row, { may: true }, table);
        }
        await scene.settled(of);
        await scene.stack.succeed(of, { now: "2027-02-01T00:00:00Z" });
        const [row] = await scene.inside("db", "SELECT has_schema_privilege('$readers', 'monthly', 'USAGE') AS may");
        assert.deepEqual(row, { may: false });
      });

      it("names what is not there, in the plan and in the error, and gives the rest", async () => {
        const of = await program(`
  - { to: $app, on: foreign server, objects: [crm, erp], databases: [$db] }
  - { to: $app, on: language, objects: [cobol], databases: [$db] }`);
        const { plans, warnings } = await scene.stack.preview(of);
        assert.match(plans["company"]?.join("\n") ?? "", /-- cannot be done: there is no foreign server "?crm/);
        assert.match(warnings.join("\n"), /there is no language "?cobol/);
        const said = await scene.fails(of);
        assert.match(said, /there is no foreign server "?crm"? in database "?\$db/);
        assert.match(said, /there is no language "?cobol"? in database "?\$db/);
        assert.deepEqual(await scene.inside("db", "SELECT has_server_privilege('$app', 'erp', 'USAGE') AS may"), [
          { may: true },
        ]);
      });
    });
  }

  it("is refused with file, line and column of every mistake in the grants, before anything is touched", () => {
    const file = written(`users: [{ name: ana }]
grants:
  - to: ana
    on: function
    objects: [report]
    databases: [reports]
  - { to: ana, on: language, databases: [reports] }
  - to: ana
    on: parameter
    objects: [work_mem, ""]
    databases: [reports]
  - { to: ana, on: foreign server, objects: erp, databases: [reports] }
  - { to: ana, databases: [reports], privileges: INSERT }
  - { to: ana, databases: [reports], privileges: SELECT, functions: [report] }
  - { to: ana, on: tablespace, objects: [fast], until: 2027-02-31 }
`);
    assert.throws(
      () => new AccessFile("company", { files: file }),
      (error: Error) => {
        const [first, ...lines] = error.message.replaceAll(file, "users.yaml").split("\n");
        assert.equal(first, 'postgres.AccessFile "company": there are 8 mistakes, and nothing was changed');
        assert.deepEqual(lines, [
          "  users.yaml:4:5: on must be language, foreign data wrapper, foreign server, tablespace or parameter; what is in schemas is given by privileges, ALL or SELECT, and anything else by a postgres.Grant in the program",
          "  users.yaml:7:5: objects is missing: a list of names of what is granted",
          "  users.yaml:10:25: item 2 of objects must not be empty",
          "  users.yaml:11:5: databases have no meaning for a parameter, which all databases share; take them out",
          "  users.yaml:12:36: objects must be a list of names of what is granted, such as [plpgsql]",
          '  users.yaml:13:38: privileges must be ALL or SELECT, not "INSERT"; declare other rights as a postgres.Grant in the program',
          '  users.yaml:14:58: "functions" is not known in a grant: it can have to, databases, privileges, schemas, until, notes',
          "  users.yaml:15:49: until must be a date that there is, such as 2027-01-31, or with time and zone 2027-01-31T18:00:00Z",
        ]);
        return true;
      },
    );
  });
});
