// Tells the story of `npm run example:everything`: one stack with all systems, a day with changes by hand, and a repair.
import { join } from "node:path";
import { Sandbox, findEngine } from "../../test/engine/index.js";
import { REPOSITORY } from "../../test/repository.js";
import { chapter, say, table } from "../story/narration.js";
import { onInterrupt, pulumi, rosterText, sayEngine, sayTime } from "../story/stage.js";
import { Company } from "../../test/sandbox/company/company.js";
import { CHANGES, STRAYS, type Deed } from "../../test/sandbox/company/mischief.js";

const FOLDER = join(REPOSITORY, "examples/everything");

async function main(): Promise<void> {
  const started = Date.now();
  const engine = findEngine();
  say("Roster: who has access to what in all of a company's systems, in one stack.");
  sayEngine(engine);
  say(
    "Systems: a real PostgreSQL, and sandboxes of Redshift, Civis Platform, Heimdall, Keycloak, Glean and Databricks.",
  );
  const company = await Company.start();
  const sandbox = new Sandbox({
    engine,
    cwd: FOLDER,
    stack: "example",
    env: company.environment(),
  });
  const stop = async (): Promise<void> => {
    await sandbox.close();
    await company.stop();
  };
  onInterrupt(stop);
  try {
    await sandbox.open();
    await story(company, sandbox);
    sayTime(started);
  } finally {
    await stop();
  }
}

async function story(company: Company, sandbox: Sandbox): Promise<void> {
  chapter(1, "The first preview");
  say("The address and the password of the database `orders` are outputs of another resource, and not known yet.\n");
  await pulumi(sandbox, ["preview", "--diff", "--show-full-output"]);

  chapter(2, "One update for all of it");
  await pulumi(sandbox, ["up", "--yes", "--skip-preview"]);

  chapter(3, "Somebody changes things by hand, in every system");
  await happens(company, [...CHANGES, ...STRAYS]);
  await rosterText(sandbox, ["drift", "--unmanaged"], { cwd: FOLDER, expectExit: 2 });

  chapter(4, "Repair: what no stack manages is for somebody to decide");
  await rosterText(sandbox, ["drift", "--repair"], { cwd: FOLDER });
  await pulumi(sandbox, ["preview", "--refresh", "--expect-no-changes"]);
}

async function happens(company: Company, deeds: readonly Deed[]): Promise<void> {
  for (const { does } of deeds) await does(company);
  table(
    ["where", "what"],
    deeds.map(({ where, told }) => [where, told]),
  );
  say("");
}

main().catch((error: unknown) => {
  console.error(`\nThe example could not go on: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
