import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { AccessFile } from "../../../../sdk/postgres/accessFile.js";
import type { Redshift } from "../../../sandbox/redshift/index.js";
import type { Program } from "../stack.js";
import { Scene, messages } from "./scene.js";

/*
 * A file for people, as it is for PostgreSQL: what its words mean where everybody may connect and nothing has sequences
 * or comments.
 */

const SHORT = `- username: newuser
  databases: [newdb]
  privileges: ALL
  notes: Runs the loads.
- username: app_reader
  databases: [reports]
  privileges: SELECT
`;
const FULL = `users:
  - { name: ana, groups: [{ name: Analysts, until: 2027-01-31 }], notes: Of the finance team. }
groups:
  - { name: Analysts, notes: Read only. }
databases:
  - { name: reports, owner: ana, notes: Monthly figures. }
grants:
  - { to: Analysts, databases: [reports], schemas: [public, monthly], privileges: SELECT }
`;

describe("files for people on Amazon Redshift", function () {
  this.timeout(60_000);
  let scene: Scene;
  let redshift: Redshift;
  let folder: string;

  before(async () => {
    scene = await Scene.start();
    redshift = scene.redshift;
    folder = mkdtempSync(path.join(tmpdir(), "roster-"));
    await redshift.query("CREATE DATABASE reports");
    await redshift.query("CREATE SCHEMA monthly; CREATE TABLE monthly.sums (id int); CREATE TABLE orders (id int)", {
      database: "reports",
    });
  });
  after(async () => {
    rmSync(folder, { recursive: true });
    await scene.stop();
  });
  beforeEach(() => {
    scene.begin();
  });
  afterEach(() => scene.end());

  /** What the sdk makes of a file, as it goes to the provider. */
  async function programOf(text: string): Promise<Program> {
    const file = path.join(folder, "users.yaml");
    writeFileSync(file, text);
    const made = new Promise<Record<string, unknown>>((resolve) => {
      void pulumi.runtime.setMocks({
        newResource: ({ type, id, inputs }) => {
          if (type.endsWith("postgres:Access")) resolve(inputs as Record<string, unknown>);
          return { id: id ?? "", state: {} };
        },
        call: () => ({}),
      });
    });
    new AccessFile("company", { files: file, passwords: { newuser: "Kestrel77x" } });
    const { __instance, __provider, ...args } = await made;
    assert.ok(__instance !== undefined && __provider !== undefined);
    const { value } = args["passwords"] as { value: unknown };
    return { company: { type: "Access", args: { ...args, passwords: value } } };
  }

  it("gives what ALL and SELECT mean of what is there", async () => {
    const { company = [] } = await scene.settles(await programOf(SHORT));
    const later = "ALTER DEFAULT PRIVILEGES FOR USER postgres IN SCHEMA public GRANT";
    for (const line of [
      "CREATE DATABASE newdb OWNER newuser;",
      "GRANT CREATE, USAGE ON SCHEMA public TO newuser;",
      `${later} SELECT, INSERT, UPDATE, DELETE, REFERENCES, DROP ON TABLES TO newuser;`,
      "GRANT USAGE ON SCHEMA public TO app_reader;",
      "GRANT SELECT ON TABLE public.orders TO app_reader;",
      `${later} SELECT ON TABLES TO app_reader;`,
    ])
      assert.ok(company.includes(line), `${line}\nis not among\n${company.join("\n")}`);
    assert.ok(!company.some((line) => line.includes("rdsdb")), "nobody makes tables as the cluster itself");
    assert.ok(!company.some((line) => /COMMENT|CONNECT|SEQUENCE/.test(line)));
    const held = await redshift.query(
      "SELECT relation_name AS r, identity_name AS i, privilege_type AS p FROM svv_relation_privileges",
      { database: "reports" },
    );
    assert.deepEqual(held, [{ r: "orders", i: "app_reader", p: "SELECT" }]);
    // The file keeps databases, and so their owners.
    const said = messages((await scene.stack.destroy()).errors).join("\n");
    assert.match(said, /"newuser" owns or holds something[^]*answer: +in the cluster: owns database newdb\n/);
    await redshift.query(`ALTER DATABASE newdb OWNER TO ${redshift.user}`);
  });

  it("gives groups, owners and more schemas in the fuller format, and takes no notes along", async () => {
    const { company = [] } = await scene.settles(await programOf(FULL));
    for (const line of [
      "CREATE GROUP analysts;",
      "ALTER GROUP analysts ADD USER ana;",
      "ALTER DATABASE reports OWNER TO ana;",
      "GRANT USAGE ON SCHEMA monthly TO GROUP analysts;",
      "GRANT SELECT ON TABLE monthly.sums TO GROUP analysts;",
      "GRANT SELECT ON TABLE public.orders TO GROUP analysts;",
    ])
      assert.ok(company.includes(line), `${line}\nis not among\n${company.join("\n")}`);
    await redshift.query(`ALTER DATABASE reports OWNER TO ${redshift.user}`);
  });

  it("refuses what a file says in words of its own and Redshift has not", async () => {
    const grant = "{ to: ana, on: foreign server, objects: [erp], databases: [reports] }";
    assert.match(await scene.reasons(await programOf(`${FULL}  - ${grant}\n`)), /no foreign servers; grant USAGE/);
    const group = "  - { name: robots, login: false }\n";
    assert.match(
      await scene.reasons(await programOf(FULL.replace("users:\n", `users:\n${group}`))),
      /PASSWORD DISABLE/,
    );
  });
});
