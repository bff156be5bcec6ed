import { Option, type Command } from "commander";
import type { CommandContext } from "../context.js";
import { EXIT } from "../exitCodes.js";
import { pulumiCommand } from "../pulumi.js";

interface DoctorFlags {
  readonly cwd: string;
  readonly stack?: string;
}

/** `roster doctor`. */
export function addDoctor(program: Command, { environment, done }: CommandContext): void {
  program
    .command("doctor")
    .description("Look at every connection that a stack uses; nothing is changed.")
    .option("-C, --cwd <folder>", "the folder of Pulumi.yaml", ".")
    .addOption(new Option("-s, --stack <name>", "the stack; else the selected one").env("PULUMI_STACK"))
    .action(async ({ cwd, stack }: DoctorFlags) => {
      const { readStack } = await import("../stack.js");
      try {
        const { connections } = await readStack({ cwd, stack, pulumi: pulumiCommand(environment), environment });
        for (const { system, name, resources } of connections) {
          process.stdout.write(`${system} ${name}: ${String(resources.length)} resources\n`);
        }
        done(EXIT.done);
      } catch (error) {
        process.stderr.write(`error: ${(error as Error).message}\n`);
        done(EXIT.failed);
      }
    });
}
