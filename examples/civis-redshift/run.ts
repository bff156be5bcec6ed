// Tells the story of `npm run example:civis`: Civis Platform and an Amazon Redshift, both as sandboxes.
import { join } from "node:path";
import { Sandbox, findEngine } from "../../test/engine/index.js";
import { REPOSITORY } from "../../test/repository.js";
import { API_KEY, platformOf, startCivis, type CivisSandbox } from "../../test/sandbox/civis/index.js";
import { startRedshift, type Redshift } from "../../test/sandbox/redshift/index.js";
import { chapter, say, table } from "../story/narration.js";
import { onInterrupt, pulumi, sayEngine, sayTime } from "../story/stage.js";

const PASSWORD = "Larkspur1";
const USERS = ["ana", "chidi", "mei", "rui", "tomas"];

async function main(): Promise<void> {
  const started = Date.now();
  const engine = findEngine();
  say("Groups of a warehouse that follow the groups of Civis Platform, as a Pulumi program.");
  sayEngine(engine);
  const [civis, warehouse] = await Promise.all([startPlatform(), startWarehouse()]);
  const sandbox = new Sandbox({
    engine,
    cwd: join(REPOSITORY, "examples/civis-redshift"),
    stack: "example",
    env: environmentFor(civis, warehouse),
  });
  const stop = async (): Promise<unknown> => Promise.all([sandbox.close(), civis.close(), warehouse.stop()]);
  onInterrupt(stop);
  try {
    await sandbox.open();
    await story(civis, warehouse, sandbox);
    sayTime(started);
  } finally {
    await stop();
  }
  say("\nWhere to go next: docs/civis.md, for a team that does this with a script today.");
}

/** Zoe has left the company; Kofi has no user in the warehouse yet. */
function startPlatform(): Promise<CivisSandbox> {
  return startCivis(
    platformOf(
      {
        "Data Analysts": ["ana", "mei", "zoe", "kofi"],
        "Data Engineers": ["chidi", "mei"],
        Interns: ["rui"],
        "Report Viewers": ["ana"],
      },
      { away: ["zoe"] },
    ),
  );
}

async function startWarehouse(): Promise<Redshift> {
  const warehouse = await startRedshift();
  const users = [...USERS, "zoe", "svc_etl"].map((name) => `CREATE USER ${name} PASSWORD '${PASSWORD}';`);
  for (const sql of [
    ...users,
    "CREATE GROUP data_analysts_group WITH USER zoe, tomas, svc_etl;",
    "CREATE GROUP finance;",
    "CREATE SCHEMA mart;",
    "GRANT USAGE ON SCHEMA mart TO GROUP data_analysts_group;",
  ]) {
    await warehouse.query(sql);
  }
  return warehouse;
}

function environmentFor(civis: CivisSandbox, warehouse: Redshift): NodeJS.ProcessEnv {
  const others = Object.keys(process.env).filter(
    (name) => /^(PG|ROSTER_|CIVIS_)/.test(name) && name !== "ROSTER_ENGINE",
  );
  return {
    ...Object.fromEntries(others.map((name) => [name, undefined])),
    CIVIS_API_ENDPOINT: civis.url,
    CIVIS_API_KEY: API_KEY,
    ROSTER_WAREHOUSE_DIALECT: "redshift",
    ROSTER_WAREHOUSE_HOST: warehouse.host,
    ROSTER_WAREHOUSE_PORT: String(warehouse.port),
    ROSTER_WAREHOUSE_USER: warehouse.user,
    ROSTER_WAREHOUSE_PASSWORD: warehouse.password,
    ROSTER_WAREHOUSE_DATABASE: "postgres",
  };
}

async function story(civis: CivisSandbox, warehouse: Redshift, sandbox: Sandbox): Promise<void> {
  chapter(1, "Two lists of who is in which group");
  say("Civis Platform says one thing (zoe has left), and the warehouse another:\n");
  showPlatform(civis);
  say("");
  await showWarehouse(warehouse);

  chapter(2, "The dry run");
  say("examples/civis-redshift/crosswalk.yaml says which group feeds which. The preview shows everybody who comes and");
  say("goes, and the statements; it writes nothing.\n");
  await pulumi(sandbox, ["preview", "--diff", "--show-full-output"]);

  chapter(3, "Apply");
  await pulumi(sandbox, ["up", "--yes", "--skip-preview"]);
  say("\nThe warehouse now; svc_etl is on the ignore list, finance is nobody's business:\n");
  await showWarehouse(warehouse);

  chapter(4, "Somebody changes teams, and somebody is put into a group by hand");
  const [analysts, engineers] = civis.platform.groups;
  const mei = civis.platform.users.find(({ username }) => username === "mei")?.id ?? 0;
  if (analysts !== undefined) analysts.members = analysts.members.filter((member) => member !== mei);
  await warehouse.query("ALTER GROUP data_engineers_group ADD USER tomas;");
  await pulumi(sandbox, ["preview", "--refresh", "--diff", "--show-full-output"]);
  await pulumi(sandbox, ["up", "--refresh", "--yes", "--skip-preview"]);

  chapter(5, "Somebody empties a group of Platform by mistake");
  say("A group that has nobody to give empties nothing, unless its line in the crosswalk says mayEmpty: true.\n");
  if (engineers !== undefined) engineers.members = [];
  await pulumi(sandbox, ["up", "--yes", "--skip-preview"]);
  say("");
  await showWarehouse(warehouse);
}

function showPlatform({ platform }: CivisSandbox): void {
  const nameOf = (id: number): string => {
    const user = platform.users.find((each) => each.id === id);
    return user === undefined ? "" : `${user.username}${user.active ? "" : " (not active)"}`;
  };
  table(
    ["group of Platform", "members"],
    platform.groups.map(({ name, members }) => [name, members.map(nameOf).join(", ")]),
  );
}

async function showWarehouse(warehouse: Redshift): Promise<void> {
  const groups = await warehouse.query<{ name: string }>("SELECT groname AS name FROM pg_group ORDER BY 1");
  const rows = await warehouse.query<{ name: string; member: string }>(
    "SELECT g.groname AS name, u.usename AS member FROM pg_group g, pg_user u WHERE u.usesysid = ANY(g.grolist) ORDER BY 1, 2",
  );
  const membersOf = (group: string): string[] => rows.filter(({ name }) => name === group).map(({ member }) => member);
  table(
    ["group of the warehouse", "members"],
    groups.map(({ name }) => [name, membersOf(name).join(", ")]),
  );
}

main().catch((error: unknown) => {
  console.error(`\nThe example could not go on: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
