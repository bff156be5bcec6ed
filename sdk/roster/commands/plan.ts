import { writeFileSync } from "node:fs";
import { Option, type Command } from "commander";
import type { CommandContext } from "../context.js";
import { EXIT, type ExitCode } from "../exitCodes.js";
import type { Format } from "../planReport.js";
import { pulumiCommand } from "../pulumi.js";

interface PlanFlags {
  readonly cwd: string;
  readonly stack?: string;
  readonly refresh: boolean;
  readonly out?: string;
  readonly format: Format;
}

/** `roster plan`. */
export function addPlan(program: Command, context: CommandContext): void {
  program
    .command("plan")
    .description("Write down what an update would run, to be reviewed; the update can then be held to it.")
    .option("-C, --cwd <folder>", "the folder of Pulumi.yaml", ".")
    .addOption(new Option("-s, --stack <name>", "the stack; else the selected one").env("PULUMI_STACK"))
    .option("--refresh", "look at the live systems first; then run pulumi up --refresh too", false)
    .option("-o, --out <file>", "where the plan is written to, for roster:approvedPlan")
    .addOption(new Option("--format <format>", "how it is shown").choices(["text", "markdown", "json"]).default("text"))
    .addHelpText("after", HELP)
    .action(async (flags: PlanFlags) => {
      context.done(await plan(flags, context));
    });
}

async function plan(flags: PlanFlags, { environment }: CommandContext): Promise<ExitCode> {
  // Loaded here: most commands of roster need none of it.
  const [{ makePlan }, { planReport }] = await Promise.all([import("../plan.js"), import("../planReport.js")]);
  try {
    const { cwd, stack, refresh, out, format } = flags;
    const planned = await makePlan({ cwd, stack, refresh, pulumi: pulumiCommand(environment), environment });
    if (!("plan" in planned)) {
      for (const { urn, text } of planned.errors) {
        process.stderr.write(`error: ${urn === undefined ? "" : `${urn.slice(urn.lastIndexOf("::") + 2)}: `}${text}\n`);
      }
      return planned.locked ? EXIT.locked : EXIT.failed;
    }
    if (out !== undefined) writeFileSync(out, planReport(planned.plan, [], "json"));
    process.stdout.write(planReport(planned.plan, planned.warnings, format, planned.left));
    return planned.plan.approvable ? EXIT.done : EXIT.findings;
  } catch (error) {
    process.stderr.write(`error: ${(error as Error).message}\n`);
    return EXIT.failed;
  }
}

const HELP = `
The update that is held to it:
  $ roster plan --stack prod --out plan.json
  $ ROSTER_APPROVED_PLAN=$PWD/plan.json pulumi up --yes --skip-preview
Each resource refuses before its own first statement if what it would run is not what the file says. In place of the
variable, which counts for one run: pulumi config set roster:approvedPlan <file>.

Exit codes:
  ${String(EXIT.done)}   written, or nothing to change
  ${String(EXIT.failed)}   the preview failed
  ${String(EXIT.findings)}   written, but it cannot be approved: values that are not known before the update, or a system that was not reached
  ${String(EXIT.usage)}  the command line is not valid
  ${String(EXIT.locked)}  another run holds the stack
`;
