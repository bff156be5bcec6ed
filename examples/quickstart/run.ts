// Tells the story of `npm run quickstart`: a real PostgreSQL, a preview, an update, drift and its repair.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Sandbox, findEngine } from "../../test/engine/index.js";
import { keepServers, removeRun, startPostgres, type PostgresServer } from "../../test/postgres/server.js";
import { REPOSITORY } from "../../test/repository.js";
import { chapter, prompt, say, table } from "../story/narration.js";
import { environmentFor, onInterrupt, pulumi, sayEngine, sayTime } from "../story/stage.js";

const FOLDER = join(REPOSITORY, ".quickstart");
const KEPT = join(FOLDER, "kept.json");
const ENVIRONMENT = join(FOLDER, "env.sh");
const BY_HAND = ["GRANT analysts TO tomas;", "ALTER ROLE ana CREATEDB;", "REVOKE analysts FROM chidi;"];

const HELP = `npm run quickstart [-- --keep | --stop | --port <number>]

Shows Roster at work on a PostgreSQL of its own: preview, update, drift, repair.

  --keep           leave the server and the stack up, to try more by hand
  --stop           remove what --keep left
  --port <number>  the server's port; by default one that is free
`;

/** What an earlier run with --keep left. */
interface Kept {
  readonly servers: string;
  readonly sandbox: string;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      keep: { type: "boolean" },
      stop: { type: "boolean" },
      port: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help) {
    say(HELP);
    return;
  }
  await removeKept();
  if (values.stop) return;
  const port = portOf(values.port);
  const started = Date.now();
  const engine = findEngine();
  say("Roster: who may log in, and who is in which group, as a Pulumi program.");
  sayEngine(engine);
  const server = await startServer(port);
  const sandbox = new Sandbox({
    engine,
    cwd: REPOSITORY,
    stack: "quickstart",
    env: environmentFor(server, "larkspur"),
  });
  onInterrupt(() => Promise.all([sandbox.close(), server.stop()]));
  try {
    await sandbox.open();
    await story(server, sandbox);
    sayTime(started);
    if (values.keep) await keep(server, sandbox);
  } finally {
    if (!values.keep || !existsSync(KEPT)) {
      await sandbox.close();
      await server.stop();
    }
  }
  whereToGo(values.keep ?? false);
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65536) return port;
  throw new Error(`--port ${text} is no port: give a number from 1 to 65535.`);
}

async function startServer(port: number | undefined): Promise<PostgresServer> {
  chapter(1, "A database with a history");
  const server = await startPostgres({ version: 18, ...(port === undefined ? {} : { port }) });
  await server.query("CREATE DATABASE larkspur");
  await server.query(readFileSync(join(REPOSITORY, "examples/quickstart/company.sql"), "utf8"), {
    database: "larkspur",
  });
  say(
    `A PostgreSQL 18 of its own runs on ${server.host}:${String(server.port)}, with the tables of Larkspur Logistics, two groups`,
  );
  say("that may read them, and accounts that somebody made by hand long ago:\n");
  await showGroups(server);
  return server;
}

async function story(server: PostgresServer, sandbox: Sandbox): Promise<void> {
  chapter(2, "Look before you leap");
  say("examples/quickstart/index.ts says who ought to have access. The preview is the dry run: it shows the SQL that");
  say("an update would run, and changes nothing.\n");
  await pulumi(sandbox, ["preview", "--diff", "--show-full-output"]);

  chapter(3, "Apply");
  await pulumi(sandbox, ["up", "--yes", "--skip-preview"]);
  say(
    "\nWho is in what now, as the database itself tells it (svc_reports is on the ignore list, tomas is nobody's business):\n",
  );
  await showGroups(server);

  chapter(4, "Somebody changes things by hand");
  for (const statement of BY_HAND) {
    prompt(`psql larkspur -c '${statement}'`);
    await server.query(statement, { database: "larkspur" });
  }
  say("\nThis is how that is found, in a terminal or in CI. The command fails when there is drift:\n");
  await pulumi(sandbox, ["preview", "--refresh", "--diff", "--show-full-output", "--expect-no-changes"], "any");

  chapter(5, "Repair");
  await pulumi(sandbox, ["up", "--refresh", "--yes", "--skip-preview"]);
  say("");
  await showGroups(server);
  say("\nAnd the check from before is content:\n");
  await pulumi(sandbox, ["preview", "--refresh", "--expect-no-changes"]);
}

async function showGroups(server: PostgresServer): Promise<void> {
  const rows = await server.query<{ role: string; login: string; rights: string; groups: string }>(
    `SELECT r.rolname AS role, CASE WHEN r.rolcanlogin THEN 'yes' ELSE 'no' END AS login,
            concat_ws(', ', CASE WHEN r.rolcreatedb THEN 'createdb' END, CASE WHEN r.rolcreaterole THEN 'createrole' END) AS rights,
            coalesce((SELECT string_agg(g.rolname, ', ' ORDER BY g.rolname) FROM pg_auth_members m
                        JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid), '') AS groups
       FROM pg_roles r WHERE r.rolname !~ '^pg_' AND r.rolname <> current_user AND r.rolcanlogin ORDER BY 1`,
  );
  table(
    ["user", "may log in", "is in", "and has"],
    rows.map(({ role, login, groups, rights }) => [role, login, groups, rights]),
  );
}

async function keep(server: PostgresServer, sandbox: Sandbox): Promise<void> {
  const kept: Kept = { servers: await keepServers(), sandbox: sandbox.folder };
  mkdirSync(FOLDER, { recursive: true });
  const names = [
    "PULUMI_HOME",
    "PULUMI_BACKEND_URL",
    "PULUMI_CONFIG_PASSPHRASE",
    "PULUMI_STACK",
    "PGHOST",
    "PGPORT",
    "PGUSER",
    "PGPASSWORD",
    "PGDATABASE",
  ];
  const environment = sandbox.environment();
  const lines = names.map((name) => `export ${name}='${environment[name] ?? ""}'`);
  const { command, args } = sandbox.engine;
  if (sandbox.engine.kind === "stand-in")
    lines.push(`pulumi() { '${command}' ${args.map((arg) => `'${arg}'`).join(" ")} "$@"; }`);
  writeFileSync(ENVIRONMENT, `${lines.join("\n")}\n`, { mode: 0o600 });
  writeFileSync(KEPT, JSON.stringify(kept));
  say(
    `\nThe server stays up at ${server.host}:${String(server.port)}, and the stack with it. To go on by hand, here in this folder:\n`,
  );
  for (const line of [
    "source .quickstart/env.sh          # the server, the stack, and `pulumi`",
    "psql                               # the database, where psql is installed",
    "$EDITOR examples/quickstart/index.ts",
    "pulumi preview --diff",
    "pulumi up --yes",
    "pulumi preview --refresh --expect-no-changes",
    "pulumi destroy --yes",
    "npm run quickstart -- --stop       # removes all of it",
  ]) {
    say(`  ${line}`);
  }
}

/** Removes what an earlier run with --keep left. Runs that were killed leave nothing that is not removed by itself. */
async function removeKept(): Promise<void> {
  if (existsSync(KEPT)) {
    const { servers, sandbox } = JSON.parse(readFileSync(KEPT, "utf8")) as Kept;
    say("Removing the server and the stack that an earlier quickstart kept.");
    await removeRun(servers);
    rmSync(sandbox, { recursive: true, force: true });
  }
  rmSync(FOLDER, { recursive: true, force: true });
  rmSync(join(REPOSITORY, "Pulumi.quickstart.yaml"), { force: true });
}

function whereToGo(kept: boolean): void {
  say("\nWhere to go next:");
  say("  examples/quickstart/index.ts   the program that you have just seen");
  say("  README.md                      your first program, connections, secrets, drift in CI");
  if (!kept) say("  npm run quickstart -- --keep   the same, with the server left up to play with");
}

main().catch((error: unknown) => {
  console.error(`\nThe quickstart could not go on: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
