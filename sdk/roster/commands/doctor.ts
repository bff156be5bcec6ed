import { InvalidArgumentError, Option, type Command } from "commander";
import type { CommandContext } from "../context.js";
import { EXIT, type ExitCode } from "../exitCodes.js";
import { pulumiCommand } from "../pulumi.js";

interface DoctorFlags {
  readonly cwd: string;
  readonly stack?: string;
  readonly connection: readonly string[];
  readonly json: boolean;
  readonly strict: boolean;
}

/** The doctor's own, once more, as loading the doctor takes longer than a command line that is refused: a test compares. */
export const SYSTEMS = "civis, databricks, glean, heimdall, keycloak, mail, postgres, webhook";
const CONNECTION = new RegExp(`^(${SYSTEMS.replaceAll(", ", "|")})(:[A-Za-z][A-Za-z0-9_-]*)?$`);

function collected(text: string, before: readonly string[]): string[] {
  if (!CONNECTION.test(text))
    throw new InvalidArgumentError(`It is a system, or a system and a name (keycloak:partners). Systems: ${SYSTEMS}.`);
  return [...before, text];
}

/** `roster doctor`. */
export function addDoctor(program: Command, context: CommandContext): void {
  program
    .command("doctor")
    .description("Look at every connection that a stack uses, and say what to do; nothing is changed.")
    .option("-C, --cwd <folder>", "the folder of Pulumi.yaml", ".")
    .addOption(new Option("-s, --stack <name>", "the stack; else the selected one").env("PULUMI_STACK"))
    .option(
      "--connection <system:name>",
      "only this one, also where no resource uses it; can be repeated",
      collected,
      [],
    )
    .option("--json", "print one JSON document (schemas/roster-doctor.schema.json)", false)
    .option("--strict", "let warnings count as errors", false)
    .addHelpText("after", HELP)
    .action(async (flags: DoctorFlags) => {
      context.done(await doctor(flags, context));
    });
}

async function doctor(
  { cwd, stack, connection, json, strict }: DoctorFlags,
  { environment }: CommandContext,
): Promise<ExitCode> {
  // Loaded here: most commands of roster need none of it.
  const [{ examine }, { doctorText }] = await Promise.all([import("../doctor.js"), import("../doctorReport.js")]);
  try {
    const pulumi = pulumiCommand(environment);
    const report = await examine({ cwd, stack, pulumi, environment, connections: connection });
    process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : doctorText(report));
    return report.errors > 0 || (strict && report.warnings > 0) ? EXIT.findings : EXIT.done;
  } catch (error) {
    process.stderr.write(`error: ${(error as Error).message}\n`);
    return EXIT.failed;
  }
}

const HELP = `
What is looked at: whether each system answers, TLS and until when the certificate is good, whether the credentials are
taken and until when, whether they may do what the stack manages, the server's version, and its clock. Which connections
a stack uses is read from its state (with what components read), from roster:connections, and for systems that a
program only reads from their variables (KEYCLOAK_BASE_URL, CIVIS_API_KEY).

Exit codes:
  ${String(EXIT.done)}   nothing is in the way of the next run
  ${String(EXIT.findings)}   something is, or with --strict may be soon
  ${String(EXIT.failed)}   the stack could not be read
  ${String(EXIT.usage)}  the command line is not valid

Examples:
  $ roster doctor --stack prod
  $ roster doctor --stack prod --json | jq '.connections[].findings[] | select(.level != "good")'
  $ roster doctor --connection keycloak:partners
`;
