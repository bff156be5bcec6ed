import { InvalidArgumentError, Option, type Command } from "commander";
import { flag, type CommandContext } from "../context.js";
import { EXIT } from "../exitCodes.js";
import { LEVELS, makeLog, type Level } from "../log.js";
import { pulumiCommand } from "../pulumi.js";
import { sync } from "../sync.js";

interface SyncFlags {
  readonly cwd: string;
  readonly stack?: string;
  readonly create: boolean;
  readonly dryRun: boolean;
  readonly refresh: boolean;
  readonly json: boolean;
  readonly logLevel: Level;
}

function level(text: string): Level {
  const found = LEVELS.find((known) => known === text.toLowerCase().replace(/^warning$/, "warn"));
  if (found === undefined) throw new InvalidArgumentError(`It can be ${LEVELS.join(", ")}.`);
  return found;
}

/** `roster sync`. */
export function addSync(program: Command, { environment, done }: CommandContext): void {
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
    .addHelpText("after", HELP)
    .action(async ({ json, logLevel, ...flags }: SyncFlags) => {
      const color = process.stdout.isTTY && environment["NO_COLOR"] === undefined;
      const log = makeLog({ level: logLevel, json, color });
      done(await sync({ ...flags, stack: flags.stack, pulumi: pulumiCommand(environment), log }));
    });
}

const HELP = `
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
