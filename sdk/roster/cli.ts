#!/usr/bin/env node
import { readFileSync } from "node:fs";
import path from "node:path";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { EXIT, type ExitCode } from "./exitCodes.js";
import { LEVELS, makeLog, type Level } from "./log.js";
import { pulumiCommand } from "./pulumi.js";
import { sync } from "./sync.js";

type Environment = Readonly<Record<string, string | undefined>>;

const PACKAGE = path.resolve(__dirname, "../../../package.json");

interface SyncFlags {
  readonly cwd: string;
  readonly stack?: string;
  readonly create: boolean;
  readonly dryRun: boolean;
  readonly refresh: boolean;
  readonly json: boolean;
  readonly logLevel: Level;
}

/** A variable that says yes or no, as in the documents of the scripts that this replaces: `DRY_RUN=true`. */
function flag(environment: Environment, name: string): boolean {
  const value = environment[name]?.toLowerCase() ?? "";
  if (["", "0", "false", "no", "off"].includes(value)) return false;
  if (["1", "true", "yes", "on"].includes(value)) return true;
  throw new CommanderError(EXIT.usage, "roster.variable", `the environment variable ${name} is neither true nor false`);
}

function level(text: string): Level {
  const found = LEVELS.find((known) => known === text.toLowerCase().replace(/^warning$/, "warn"));
  if (found === undefined) throw new InvalidArgumentError(`It can be ${LEVELS.join(", ")}.`);
  return found;
}

/** The command line. `done` is told how a command ended. */
function commandLine(environment: Environment, done: (code: ExitCode) => void): Command {
  const { version } = JSON.parse(readFileSync(PACKAGE, "utf8")) as { version: string };
  const program = new Command("roster")
    .description("Access as code: jobs and reports around a Pulumi stack of pulumi-roster.")
    .version(version)
    .showHelpAfterError("(roster --help shows what there is)")
    .exitOverride();

  program
    .command("sync")
    .description("Run a stack as a job: one update, or with --dry-run one preview, with a summary at the end.")
    .option("-C, --cwd <folder>", "the folder of Pulumi.yaml", ".")
    .addOption(new Option("-s, --stack <name>", "the stack; else the selected one").env("PULUMI_STACK"))
    .option("--create", "make the stack where it is not there yet", false)
    .option("--dry-run", "show what would be done and change nothing (DRY_RUN=true)", flag(environment, "DRY_RUN"))
    .option("--refresh", "look at the live systems first, and repair what was changed by hand", false)
    .option("--json", "log JSON, a record a line; else only where the output is no terminal", !process.stdout.isTTY)
    .addOption(new Option("--log-level <level>", LEVELS.join(", ")).env("LOG_LEVEL").argParser(level).default("info"))
    .addHelpText("after", SYNC_HELP)
    .action(async ({ json, logLevel, ...flags }: SyncFlags) => {
      const color = process.stdout.isTTY && environment["NO_COLOR"] === undefined;
      const log = makeLog({ level: logLevel, json, color });
      done(await sync({ ...flags, stack: flags.stack, pulumi: pulumiCommand(environment), log }));
    });
  return program;
}

const SYNC_HELP = `
Examples:
  $ roster sync --stack prod --create
  $ DRY_RUN=true roster sync --stack prod --json | jq 'select(.summary)'

Exit codes:
  ${String(EXIT.done)}   done, or nothing to do
  ${String(EXIT.failed)}   something failed: what was done is kept, the next run does the rest
  ${String(EXIT.usage)}  the command line cannot be
  ${String(EXIT.locked)}  another run holds the stack: nothing was done

Environment: DRY_RUN, LOG_LEVEL, NO_COLOR, PULUMI_STACK, PULUMI_BACKEND_URL and all that Pulumi takes;
ROSTER_PULUMI names the pulumi to run, where it is not the one on the PATH.
`;

/** Runs the command line; gives the exit code. */
export async function main(words: readonly string[], environment: Environment = process.env): Promise<number> {
  let code: number = EXIT.done;
  try {
    await commandLine(environment, (ended) => {
      code = ended;
    }).parseAsync(words, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === "roster.variable") process.stderr.write(`error: ${error.message}\n`);
    // Help and version end a command too, and are no failure.
    return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  }
  return code;
}

if (require.main === module) {
  void main(process.argv.slice(2)).then((code) => {
    process.exitCode = code;
  });
}
