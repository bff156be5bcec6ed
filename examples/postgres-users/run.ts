// Tells the story of `npm run example:postgres-users`: users.yaml as a job on a real PostgreSQL, and each user's login.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Sandbox, findEngine } from "../../test/engine/index.js";
import { startPostgres, type PostgresServer } from "../../test/postgres/server.js";
import { REPOSITORY } from "../../test/repository.js";
import { chapter, prompt, quote, say, table } from "../story/narration.js";
import { environmentFor, onInterrupt, roster, sayEngine, sayTime, type RosterRecord } from "../story/stage.js";

const FOLDER = path.join(REPOSITORY, "examples/postgres-users");

const summary = (record: RosterRecord): boolean => record.summary === true;

/** What is tried as a user in the end: a database, a statement, and whether it ought to be allowed. */
type Attempt = readonly [user: string, database: string, statement: string, allowed: boolean];

const ATTEMPTS: readonly Attempt[] = [
  ["newuser", "newdb", "CREATE TABLE orders (id serial, item text)", true],
  ["newuser", "newdb", "INSERT INTO orders (item) VALUES ('lamp')", true],
  ["newuser", "reports", "SELECT * FROM sales", false],
  ["newuser", "postgres", "CREATE ROLE somebody", false],
  ["app_reader", "reports", "SELECT * FROM sales", true],
  ["app_reader", "reports", "INSERT INTO sales VALUES (2)", false],
  ["app_reader", "reports", "CREATE TABLE mine (id int)", false],
  ["app_reader", "newdb", "SELECT * FROM orders", false],
];

async function main(): Promise<void> {
  const started = Date.now();
  const engine = findEngine();
  say("users.yaml on a schedule: users, databases and privileges of a PostgreSQL from a file that anyone can edit.");
  sayEngine(engine);
  const secrets = new Secrets();
  const server = await startPostgres({ version: 18 });
  const env = { ...environmentFor(server, "postgres"), SECRETS_FOLDER: secrets.folder };
  const sandbox = new Sandbox({ engine, cwd: FOLDER, stack: "example", env });
  const cleanUp = async (): Promise<void> => {
    await sandbox.close();
    await server.stop();
    secrets.remove();
  };
  onInterrupt(cleanUp);
  try {
    await story(server, sandbox, secrets);
    sayTime(started);
  } finally {
    await cleanUp();
  }
  say("\nWhere to go next:");
  say("  docs/users-yaml.md                   on a schedule in Kubernetes, and for those who run SQL scripts today");
  say("  examples/postgres-users/index.ts     the program that you have just seen");
}

async function story(server: PostgresServer, sandbox: Sandbox, secrets: Secrets): Promise<void> {
  chapter(1, "A file and a folder with secrets");
  prompt("cat users.yaml");
  quote(readFileSync(path.join(FOLDER, "users.yaml"), "utf8"));
  secrets.write("newuser", "first-of-newuser");
  secrets.write("app_reader", "first-of-app_reader");
  say("\nThe passwords are in files beside it, as Kubernetes mounts a secret: secrets/newuser, secrets/app_reader.");

  chapter(2, "Look before you leap");
  await roster(sandbox, ["sync", "--create", "--dry-run"], { cwd: FOLDER });

  chapter(3, "The job, as the CronJob runs it");
  await roster(sandbox, ["sync", "--create", "--refresh"], { cwd: FOLDER });

  chapter(4, "The next run has nothing to do");
  await roster(sandbox, ["sync", "--create", "--refresh"], { cwd: FOLDER, show: summary });

  chapter(5, "Each user logs in");
  // The database is theirs who own the data; a reader reads also what is made after the run.
  await server.query("CREATE TABLE sales (id int); INSERT INTO sales VALUES (1)", { database: "reports" });
  await logIn(server, secrets);

  chapter(6, "A secret changes");
  const old = secrets.read("app_reader");
  secrets.write("app_reader", "second-of-app_reader");
  say("Somebody rotates the password of app_reader, and nothing else. The next run sets it:\n");
  await roster(sandbox, ["sync", "--create", "--refresh"], { cwd: FOLDER, show: summary });
  say("");
  const statement = "SELECT * FROM sales";
  const outcomes = [
    ["old", await attempt(server, ["app_reader", "reports", statement, false], old)],
    ["new", await attempt(server, ["app_reader", "reports", statement, true], secrets.read("app_reader"))],
  ];
  table(["password of app_reader", "answer"], outcomes);
}

async function logIn(server: PostgresServer, secrets: Secrets): Promise<void> {
  const rows: string[][] = [];
  for (const each of ATTEMPTS) {
    const [user, database, statement] = each;
    rows.push([user, database, statement, await attempt(server, each, secrets.read(user))]);
  }
  table(["user", "database", "statement", "answer"], rows);
}

/** Runs a statement as a user; gives the server's answer. Throws where it is not what the file says. */
async function attempt(
  server: PostgresServer,
  [user, database, statement, allowed]: Attempt,
  password: string,
): Promise<string> {
  const answer = await server.query(statement, { user, password, database }).then(
    () => "allowed",
    (error: unknown) => `refused: ${(error as Error).message}`,
  );
  if ((answer === "allowed") === allowed) return answer;
  throw new Error(`${user} in ${database}: ${statement}: ${answer}, which is not what users.yaml says`);
}

/** A folder with secrets, a file for each user. */
class Secrets {
  readonly folder = mkdtempSync(path.join(tmpdir(), "roster-secrets-"));

  write(user: string, password: string): void {
    writeFileSync(path.join(this.folder, user), `${password}\n`, { mode: 0o600 });
  }

  read(user: string): string {
    return readFileSync(path.join(this.folder, user), "utf8").trimEnd();
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(`\nThe example could not go on: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
