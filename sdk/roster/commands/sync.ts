import { InvalidArgumentError, Option, type Command } from "commander";
import { flag, type CommandContext } from "../context.js";
import { EXIT } from "../exitCodes.js";
import { LEVELS, levelOf, makeLog, type Level } from "../log.js";
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
  // An empty variable, as files of variables have them, says nothing.
  const found = levelOf(text === "" ? "info" : text);
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
    .option("--no-json", "log lines for people, also where the output is no terminal")
    .addOption(new Option("--log-level <level>", LEVELS.join(", ")).env("LOG_LEVEL").argParser(level).default("info"))
    .addHelpText("after", HELP)
    .action(async ({ json, logLevel, ...flags }: SyncFlags) => {
      const terminal = process.stdout.isTTY;
      // https://no-color.org: whatever it says, unless it is empty.
      const color = terminal && (environment["NO_COLOR"] ?? "") === "";
      const log = makeLog({ level: logLevel, json, color, terminal });
      done(
        await sync({
          ...flags,
          stack: flags.stack === "" ? undefined : flags.stack,
          pulumi: pulumiCommand(environment),
          log,
          logLevel,
        }),
      );
    });
}

const HELP = `
Examples:
  $ roster sync --stack prod --create
  $ DRY_RUN=true roster sync --stack prod --json | jq 'select(.summary)'
  $ MAX_USERS=10 DRY_RUN=true LOG_LEVEL=debug roster sync

Exit codes:
  ${String(EXIT.done)}   done, or nothing to do
  ${String(EXIT.failed)}   something failed: what was done is kept, the next run does the rest
  ${String(EXIT.usage)}  the command line is not valid
  ${String(EXIT.place)}  a realm, an environment or an address is not there
  ${String(EXIT.login)}  a system refuses the secret, the token or the password
  ${String(EXIT.unreachable)}  a system does not answer: try again later
  ${String(EXIT.target)}  a system refuses where to write, such as a data source
  ${String(EXIT.locked)}  another run holds the stack: nothing was done, try again later
  ${String(EXIT.permission)}  a role or a right is missing
  ${String(EXIT.setting)}  a setting is missing or not valid
  Where several of these came together it is ${String(EXIT.failed)}. Each error says what to do.

Environment:
  DRY_RUN       true: show what would be done and change nothing
  LOG_LEVEL     debug (each request), info, warn (or WARNING), error, critical (only how a run failed)
  MAX_USERS     programs that read people take no more than this, and remove nobody
  NO_COLOR      anything: no colours
  PULUMI_STACK  the stack; PULUMI_BACKEND_URL and all else that Pulumi takes
  ROSTER_PULUMI the pulumi to run, where it is not the one on the PATH

Records of --json are described by schemas/roster-sync.schema.json.
`;
