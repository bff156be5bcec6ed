import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { API_KEY } from "../sandbox/civis/index.js";
import { onServer } from "../sandbox/civis/database.js";
import { startRedshift, type Redshift } from "../sandbox/redshift/index.js";
import { CROSSWALK, startCompany } from "./company.js";
import { groupSync, type Declaration } from "./declare.js";
import { onEachEngine } from "./scene.js";
import { plans, Workspace } from "./workspace.js";

const GIVEN = [
  ...["ana", "rui", "mei", "zoe", "svc_etl"].map((name) => `CREATE USER ${name} PASSWORD 'Larkspur1';`),
  "CREATE GROUP data_analysts_group WITH USER rui, zoe, svc_etl;",
  "CREATE SCHEMA mart;",
  "GRANT USAGE ON SCHEMA mart TO GROUP data_analysts_group;",
  "CREATE GROUP finance;",
];

const sync: Declaration[] = [
  groupSync("warehouse", { crosswalk: "crosswalk.yaml", ignoreUsers: ["svc_*"], connection: "warehouse" }),
];

onEachEngine("groups of Civis Platform in Amazon Redshift", (engine) => {
  let warehouse: Redshift;
  const { civis } = startCompany({ execute: () => onServer(warehouse) });

  beforeEach(async () => {
    warehouse = await startRedshift();
    for (const sql of GIVEN) await warehouse.query(sql);
  });
  afterEach(() => warehouse.stop());

  async function members(): Promise<Record<string, string[]>> {
    const rows = await warehouse.query<{ groname: string; usename: string }>(
      "SELECT g.groname, u.usename FROM pg_group g, pg_user u WHERE u.usesysid = ANY(g.grolist) ORDER BY 1, 2",
    );
    const groups = [...new Set(rows.map(({ groname }) => groname))];
    return Object.fromEntries(
      groups.map((group) => [group, rows.filter(({ groname }) => groname === group).map(({ usename }) => usename)]),
    );
  }

  const direct = (): Record<string, string> => ({
    ROSTER_WAREHOUSE_HOST: warehouse.host,
    ROSTER_WAREHOUSE_PORT: String(warehouse.port),
    ROSTER_WAREHOUSE_USER: warehouse.user,
    ROSTER_WAREHOUSE_PASSWORD: warehouse.password,
    ROSTER_WAREHOUSE_DATABASE: "postgres",
  });
  const through = (): Record<string, string> => ({
    ROSTER_WAREHOUSE_VIA: "civis",
    ROSTER_WAREHOUSE_DATABASE: "warehouse",
    ROSTER_WAREHOUSE_CIVIS_POLLING: "0.002",
  });

  for (const [how, settings] of [
    ["directly", direct],
    ["through Platform", through],
  ] as const) {
    it(`shows the statements of the script's dry run, and does them, ${how}`, async () => {
      const workspace = await Workspace.create(engine, {
        ...settings(),
        ROSTER_WAREHOUSE_DIALECT: "redshift",
        CIVIS_API_ENDPOINT: civis().url,
        CIVIS_API_KEY: API_KEY,
      });
      try {
        writeFileSync(path.join(workspace.folder, "crosswalk.yaml"), CROSSWALK);
        const before = await members();
        assert.deepEqual(plans(await workspace.preview(sync))["warehouse"], [
          "CREATE GROUP data_engineers_group;",
          "ALTER GROUP data_analysts_group DROP USER zoe;",
          "ALTER GROUP data_analysts_group ADD USER ana;",
          "ALTER GROUP data_engineers_group ADD USER mei, rui;",
        ]);
        assert.deepEqual(await members(), before, "the dry run writes nothing");
        await workspace.up(sync);
        assert.deepEqual(await members(), {
          data_analysts_group: ["ana", "rui", "svc_etl"],
          data_engineers_group: ["mei", "rui"],
        });
        await workspace.expectNoChanges();
        await warehouse.query("ALTER GROUP data_engineers_group DROP USER rui");
        await workspace.up(sync, "--refresh");
        assert.deepEqual((await members())["data_engineers_group"], ["mei", "rui"]);
        await workspace.destroy();
        assert.deepEqual(await members(), { data_analysts_group: ["svc_etl"] });
        const refused = warehouse.seen.filter((seen) => seen.refusal !== undefined);
        assert.deepEqual(refused, [], "the gate takes every statement");
      } finally {
        await workspace.remove();
      }
    });
  }
});
