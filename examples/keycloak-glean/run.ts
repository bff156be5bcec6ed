// Tells the story of `npm run example:keycloak-glean`: a realm of Keycloak in Glean's directory, as a job.
//   -- --real           a real Keycloak: of KEYCLOAK_HOME, or fetched; it needs Java 17
//   -- --people 20000   a company of another size, with the time that each run took
import path from "node:path";
import { parseArgs } from "node:util";
import { startRealm, type RunningRealm } from "../../test/contract/keycloak/companyRealm.js";
import { Sandbox, findEngine } from "../../test/engine/index.js";
import { REPOSITORY } from "../../test/repository.js";
import { startGlean, type Glean } from "../../test/sandbox/glean/index.js";
import { EXPORTER, HALF_EXPORTER, SECRET, employee, usernameOf } from "../../test/sandbox/keycloak/company.js";
import { chapter, quote, say, table } from "../story/narration.js";
import { onInterrupt, roster, sayEngine, sayTime, type RosterRecord } from "../story/stage.js";

const FOLDER = path.join(REPOSITORY, "examples/keycloak-glean");
/** From here on the limits of the sandbox are lifted: Glean takes 30 requests in a second. */
const MANY = 1000;

interface Stage {
  readonly sandbox: Sandbox;
  readonly realm: RunningRealm;
  readonly glean: Glean;
  readonly people: number;
  readonly times: string[][];
}

async function main(): Promise<void> {
  const started = Date.now();
  const { values } = parseArgs({ options: { real: { type: "boolean" }, people: { type: "string", default: "120" } } });
  const people = Number(values.people);
  const engine = findEngine();
  say("Everybody of a realm of Keycloak in Glean's directory, as a job on a schedule.");
  sayEngine(engine);
  const realm = await startRealm(people, values.real === true);
  say(`Keycloak: ${realm.what}.`);
  const many = people > MANY;
  const glean = await startGlean({
    datasources: ["keycloak"],
    keepCalls: false,
    ...(many ? { limits: undefined } : {}),
  });
  say(`Glean: a sandbox on loopback, ${many ? "without its limits" : "with the limits that Glean documents"}.`);
  const env = { ...environmentFor(realm, glean), ...(many ? { ROSTER_GLEAN_REQUESTS_PER_SECOND: "0" } : {}) };
  const sandbox = new Sandbox({ engine, cwd: FOLDER, stack: "example", env });
  const stop = async (): Promise<unknown> => Promise.all([sandbox.close(), realm.close(), glean.close()]);
  onInterrupt(stop);
  try {
    await story({ sandbox, realm, glean, people, times: [] });
    sayTime(started);
  } finally {
    await stop();
  }
  say("\nWhere to go next:");
  say("  docs/keycloak-glean.md              what maps to what, platforms, and how to switch from the exporter");
  say("  examples/keycloak-glean/index.ts    the program that you have just seen");
}

function environmentFor(realm: RunningRealm, glean: Glean): NodeJS.ProcessEnv {
  const names = Object.keys(process.env).filter(
    (name) => /^(KEYCLOAK_|GLEAN_|ROSTER_|DRY_RUN$|MAX_USERS$|LOG_LEVEL$)/.test(name) && name !== "ROSTER_ENGINE",
  );
  return {
    ...Object.fromEntries(names.map((name) => [name, undefined])),
    KEYCLOAK_BASE_URL: realm.url,
    KEYCLOAK_REALM: "company",
    KEYCLOAK_CLIENT_ID: EXPORTER,
    KEYCLOAK_CLIENT_SECRET: SECRET,
    ...glean.env,
    GLEAN_DATASOURCE: "keycloak",
  };
}

const told = ({ level, source, summary, msg }: RosterRecord): boolean =>
  summary === true || source === "progress" || source === "roster" || level === "warn" || / people?: /.test(msg);
const planned = (record: RosterRecord): boolean => told(record) || /\[\d+\]: "(#|\+ |~ |- )/.test(record.msg);

/** Runs the job and remembers how long it took and what it sent. */
async function job(
  { sandbox, glean, times }: Stage,
  what: string,
  words: readonly string[] = [],
  show: (record: RosterRecord) => boolean = told,
): Promise<void> {
  const before = glean.count();
  const { seconds = 0 } = await roster(sandbox, ["sync", "--create", ...words], { cwd: FOLDER, show });
  times.push([what, `${seconds.toFixed(1)} s`, String(glean.count() - before)]);
}

async function story(stage: Stage): Promise<void> {
  const { glean, realm, times } = stage;
  chapter(1, "Look at three people first");
  await roster(stage.sandbox, ["sync", "--create"], {
    cwd: FOLDER,
    env: { DRY_RUN: "true", MAX_USERS: "3", LOG_LEVEL: "debug" },
    show: ({ level, msg }) => level === "debug" || msg.includes("people were read"),
  });

  chapter(2, "The dry run of all");
  await job(stage, "dry run of the first", ["--dry-run"], (record) => (stage.people > MANY ? told : planned)(record));

  chapter(3, "The first run");
  await job(stage, "first run");
  say(`\nGlean has ${String(glean.people.size)} people now. One of them:`);
  quote(JSON.stringify(glean.people.get(`${usernameOf(11)}@example.com`)?.record, undefined, 2));

  chapter(4, "The next run has nothing to do");
  await job(stage, "nothing to do");

  chapter(5, "Somebody comes, somebody leaves, one in a hundred gets another title");
  await realm.addUser({ ...employee(0), username: "kofi.mensah", email: "kofi.mensah@example.com" });
  await realm.deleteUser(usernameOf(1));
  for (let number = 2; number < stage.people; number += 100) {
    const { attributes } = employee(number);
    await realm.setAttributes(usernameOf(number), { ...attributes, title: ["Lead"] });
  }
  await job(stage, "1 % changed, dry run", ["--dry-run"], planned);
  await job(stage, "1 % changed");

  chapter(6, "What goes wrong has a message and an exit code of its own");
  await failures(stage);

  say("");
  table(["run", "time", "requests to Glean"], times);
}

async function failures({ sandbox, realm }: Stage): Promise<void> {
  // A data source is asked for before something is sent, so there has to be something.
  await realm.setAttributes(usernameOf(3), { ...employee(3).attributes, title: ["Director"] });
  for (const [title, env, expectExit] of [
    ["A wrong secret:", { KEYCLOAK_CLIENT_SECRET: "old" }, 67],
    ["A role is missing:", { KEYCLOAK_CLIENT_ID: HALF_EXPORTER }, 77],
    ["A realm that is not there:", { KEYCLOAK_REALM: "compagny" }, 66],
    ["A data source that Glean refuses:", { GLEAN_DATASOURCE: "workday" }, 73],
  ] as const) {
    say(`\n${title}`);
    await roster(sandbox, ["sync"], { cwd: FOLDER, env, show: () => false, expectExit });
  }
}

main().catch((error: unknown) => {
  console.error(`\nThe example could not go on: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
