#!/usr/bin/env node
import { readFileSync } from "node:fs";
import path from "node:path";
import { Command, CommanderError } from "commander";
import { addConsumers } from "./commands/consumers.js";
import { addDoctor } from "./commands/doctor.js";
import { addPlan } from "./commands/plan.js";
import { addDrift } from "./commands/drift.js";
import { addSync } from "./commands/sync.js";
import type { CommandContext } from "./context.js";
import { EXIT } from "./exitCodes.js";

const PACKAGE = path.resolve(__dirname, "../../../package.json");

/** The command line: a file in commands/ for each command, which loads what it needs when it is run. */
function commandLine(context: CommandContext): Command {
  const { version } = JSON.parse(readFileSync(PACKAGE, "utf8")) as { version: string };
  const program = new Command("roster")
    .description("Access as code: jobs and reports around a Pulumi stack of pulumi-roster.")
    .version(version)
    .showHelpAfterError(hint("roster"))
    .exitOverride();
  addSync(program, context);
  addPlan(program, context);
  addConsumers(program, context);
  addDrift(program, context);
  addDoctor(program, context);
  for (const command of program.commands) command.showHelpAfterError(hint(`roster ${command.name()}`));
  return program;
}

/** What follows where the command line is not valid. */
function hint(command: string): string {
  return `(${command} --help shows what there is)`;
}

/** Runs the command line; gives the exit code. */
export async function main(
  words: readonly string[],
  environment: CommandContext["environment"] = process.env,
): Promise<number> {
  let code: number = EXIT.done;
  try {
    const done: CommandContext["done"] = (ended) => {
      code = ended;
    };
    await commandLine({ environment, done }).parseAsync(words, { from: "user" });
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
