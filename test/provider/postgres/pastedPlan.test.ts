import assert from "node:assert/strict";
import { encodeLines, encodeNames } from "../../../provider/core/lines.js";
import type { Properties } from "../../../provider/core/resource.js";
import { POSTGRES_VERSIONS, startPostgres, type PostgresServer } from "../../postgres/server.js";
import { skip } from "../../skip.js";
import { accessArguments } from "./accessProgram.js";
import { HAS_PSQL, everything, pasteIntoPsql, pasteLineByLine } from "./pasted.js";
import { Stack, type Program } from "./stack.js";

const SALES = "Sales d'été";
const target = (of: object): string => JSON.stringify(of);

/** A server with all that an Access can declare; `later` is the same with all of it changed. */
function company(version: number, later: boolean): Program {
  const all = encodeNames(["ana", "Rui B", "readers"]);
  const few = later ? encodeNames(["readers"]) : all;
  const many = later ? all : encodeNames(["ana"]);
  const roles = accessArguments({
    users: {
      ana: { password: "one", comment: later ? "it's\nher" : "hers", ...(later ? { createdb: true } : {}) },
      "Rui B": { password: "two", connectionLimit: 3, settings: { work_mem: later ? "8MB" : "4MB" } },
      owner: {},
      ...(later ? { mei: { validUntil: "2031-01-01T00:00:00Z" } } : { zoe: {} }),
    },
    groups: { readers: later ? ["Rui B", "mei"] : ["ana", "zoe"], writers: ["readers"] },
  });
  const objects: Properties = {
    databases: encodeLines([
      { name: "reports", attributes: { owner: later ? "ana" : "owner", connectionLimit: later ? 9 : 8 } },
      { name: SALES, attributes: { comment: later ? "old" : "new" } },
    ]),
    schemas: { [SALES]: encodeLines([{ name: "App", attributes: { owner: later ? "ana" : "owner" } }]) },
    grants: {
      "": {
        [target({ on: "tablespace", objects: ["pg_default"], privileges: ["CREATE"] })]: few,
        ...(version < 15
          ? {}
          : { [target({ on: "parameter", objects: ["work_mem", "my.own"], privileges: ["SET"] })]: few }),
      },
      reports: {
        [target({ on: "database", privileges: ["CONNECT"], exact: true })]: encodeNames(["PUBLIC", "readers"]),
        [target({ on: "language", objects: ["plpgsql"], privileges: ["USAGE"], grantOption: true })]: few,
      },
      [SALES]: {
        [target({ on: "schema", schema: "App", privileges: ["USAGE"] })]: many,
        [target({ on: "table", schema: "App", privileges: ["SELECT"], future: true })]: few,
        [target({ on: "table", schema: "public", privileges: later ? ["INSERT"] : ["INSERT", "UPDATE"] })]: all,
        ...(later
          ? {
              [target({ on: "table", schema: "public", objects: ["t t"], columns: ["a"], privileges: ["SELECT"] })]:
                few,
              [target({ on: "function", schema: "public", objects: ["f(int)"], privileges: ["EXECUTE"] })]: few,
              [target({ on: "foreign server", objects: ["erp"], privileges: ["USAGE"] })]: few,
              [target({ on: "foreign data wrapper", objects: ["w"], privileges: ["USAGE"] })]: few,
            }
          : {}),
      },
    },
    defaultPrivileges: {
      [SALES]: {
        [target({ owner: "owner", on: "sequence", privileges: ["USAGE"] })]: many,
        [target({ owner: "owner", on: "function", privileges: later ? [] : ["EXECUTE"] })]: encodeNames(["PUBLIC"]),
      },
    },
  };
  return { access: { type: "Access", args: { ...roles, ...objects } } };
}

/** What the company makes itself between the runs. */
const MADE = `CREATE TABLE "t t" (a int, b int); CREATE TABLE "App".orders (id serial); ALTER TABLE "App".orders OWNER TO owner;
  CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FOREIGN DATA WRAPPER w; CREATE SERVER erp FOREIGN DATA WRAPPER w`;

const VARIABLES = { ana_password: "one", Rui_B_password: "two" };

for (const version of POSTGRES_VERSIONS) {
  describe(`the plan of an Access on PostgreSQL ${String(version)}, pasted by hand`, () => {
    let server: PostgresServer;
    let byHand: PostgresServer;
    let stack: Stack;
    beforeEach(async () => {
      [server, byHand] = await Promise.all([startPostgres({ version }), startPostgres({ version })]);
      stack = new Stack(server);
    });
    afterEach(() => Promise.all([server.stop(), byHand.stop()]));

    for (const [how, by, there] of [
      ["into psql", pasteIntoPsql, HAS_PSQL],
      ["line by line", pasteLineByLine, true],
    ] as const) {
      it(`${how}, leaves the server exactly as up does: all made, all changed, all gone`, async function () {
        if (!there) skip(this, "there is no psql on the PATH");
        const run = async (program: Program): Promise<void> => {
          const { plans, errors, warnings } = await stack.preview(program, { maxRemovals: 1000 });
          assert.deepEqual([errors, warnings], [[], []]);
          const plan = plans["access"] ?? [];
          assert.notDeepEqual(plan, []);
          assert.doesNotMatch(plan.join("\n"), /SCRAM/);
          await by(byHand, plan, VARIABLES);
          await stack.succeed(program, { maxRemovals: 1000 });
          assert.deepEqual(await everything(byHand, version), await everything(server, version));
        };
        await run(company(version, false));
        for (const each of [server, byHand]) await each.query(MADE, { database: SALES });
        await stack.refresh();
        await run(company(version, true));
        await run({ access: { type: "Access", args: { name: "access", users: encodeNames(["ana", "owner"]) } } });
      });
    }
  });
}
