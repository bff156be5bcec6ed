import { CommanderError } from "commander";
import { EXIT, type ExitCode } from "./exitCodes.js";

/** What every command of `roster` is given. */
export interface CommandContext {
  /** The variables of the process. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Tells how the command ended. */
  readonly done: (code: ExitCode) => void;
}

/** A variable that says yes or no, as in the documents of the scripts that this replaces: `DRY_RUN=true`. */
export function flag(environment: CommandContext["environment"], name: string): boolean {
  const value = environment[name]?.toLowerCase() ?? "";
  if (["", "0", "false", "no", "off"].includes(value)) return false;
  if (["1", "true", "yes", "on"].includes(value)) return true;
  throw new CommanderError(EXIT.usage, "roster.variable", `the environment variable ${name} is neither true nor false`);
}
