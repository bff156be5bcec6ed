import { writeFileSync } from "node:fs";
import { Option, type Command } from "commander";
import type { CommandContext } from "../context.js";
import type { DriftReport } from "../driftReport.js";
import { EXIT } from "../exitCodes.js";
import { pulumiCommand } from "../pulumi.js";

interface DriftFlags {
  readonly cwd: string;
  readonly stack?: string;
  readonly json: boolean;
  readonly markdown?: string;
  readonly limit: "github" | "gitlab";
  readonly junit?: string;
  readonly repair?: true | string[];
  readonly unmanaged: boolean;
  readonly allow?: string;
  readonly alsoStack: readonly string[];
}

/** `roster drift`. */
export function addDrift(program: Command, { environment, done }: CommandContext): void {
  program
    .command("drift")
    .description("Look for what was changed by hand in the live systems of a stack, and with --repair undo it.")
    .option("-C, --cwd <folder>", "the folder of Pulumi.yaml", ".")
    .addOption(new Option("-s, --stack <name>", "the stack; else the selected one").env("PULUMI_STACK"))
    .option("--json", "print the report as JSON (schemas/roster-drift.schema.json)", false)
    .option("--markdown <file>", "write it as Markdown too, for a comment or an issue")
    .addOption(
      new Option("--limit <service>", "whose limit the Markdown keeps to")
        .choices(["github", "gitlab"])
        .default("github"),
    )
    .option("--junit <file>", "write it as JUnit XML too")
    .option("--repair [systems...]", "undo it: in these systems, or in all of them")
    .option("--unmanaged", "look for what no stack manages, too", false)
    .option("--allow <file>", "what may be there without a stack, with --unmanaged (YAML)")
    .option("--also-stack <name...>", "other stacks of the project that manage things in the same systems", [])
    .addHelpText("after", HELP)
    .action(async ({ json, markdown, limit, junit, repair, unmanaged, allow, alsoStack, cwd, stack }: DriftFlags) => {
      try {
        const { findDrift } = await import("../drift.js");
        const pulumi = pulumiCommand(environment);
        const { readAllowList } = await import("../allowList.js");
        const { findUnmanaged } = await import("../unmanaged.js");
        // A mistake in the file is told before anything is looked at.
        const allowed = allow === undefined ? [] : readAllowList(allow);
        const look = { cwd, pulumi, environment, stacks: [stack, ...alsoStack], allowed, now: new Date() };
        const report = await findDrift({
          ...{ cwd, stack, pulumi, repair: repair === true ? [] : repair },
          progress: (text) => process.stderr.write(`${text} ...\n`),
          ...(unmanaged ? { unmanaged: () => findUnmanaged(look) } : {}),
        });
        await write(report, { json, markdown, limit, junit });
        done({ none: EXIT.done, drift: EXIT.findings, unknown: EXIT.failed }[report.outcome]);
      } catch (error) {
        process.stderr.write(`error: ${(error as Error).message}\n`);
        done(EXIT.failed);
      }
    });
}

async function write(
  report: DriftReport,
  { json, markdown, limit, junit }: Pick<DriftFlags, "json" | "markdown" | "limit" | "junit">,
): Promise<void> {
  const { textOf } = await import("../driftText.js");
  if (markdown !== undefined) {
    const { COMMENT_LIMITS, markdownOf } = await import("../driftMarkdown.js");
    writeFileSync(markdown, markdownOf(report, COMMENT_LIMITS[limit]));
  }
  if (junit !== undefined) writeFileSync(junit, (await import("../driftJunit.js")).junitOf(report));
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : textOf(report));
}

const HELP = `
Examples:
  $ roster drift --stack prod
  $ roster drift --stack prod --unmanaged --allow allowed.yaml --markdown drift.md --junit drift.xml
  $ roster drift --stack prod --repair postgres heimdall

Exit codes:
  ${String(EXIT.done)}   everything is as the stack says
  ${String(EXIT.findings)}   drift, or something that no stack manages (also where something else could not be looked at)
  ${String(EXIT.failed)}   could not tell, wholly or in part, and what was looked at is as the stack says
  ${String(EXIT.usage)}  the command line is not valid

Environment: PULUMI_STACK, and all that Pulumi and the connections take; ROSTER_PULUMI names the pulumi to run.
`;
