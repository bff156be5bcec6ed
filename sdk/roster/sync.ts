import type { Logger } from "pino";
import { EXIT, type ExitCode } from "./exitCodes.js";
import { cannotStart, runPulumi, type PulumiCommand, type PulumiOutcome } from "./pulumi.js";

/** What `roster sync` is asked for. */
export interface SyncOptions {
  /** The folder of Pulumi.yaml. */
  readonly cwd: string;
  /** The stack; undefined for the selected one. */
  readonly stack: string | undefined;
  /** Makes the stack where it is not there yet. */
  readonly create: boolean;
  /** Shows what would be done and changes nothing. */
  readonly dryRun: boolean;
  /** Looks at the live systems first, so that what was changed by hand is repaired too. */
  readonly refresh: boolean;
  /** The Pulumi to call. */
  readonly pulumi: PulumiCommand;
  /** Where what Pulumi says goes, and the summary. */
  readonly log: Logger;
}

/** Runs a stack as a job: one preview or one update, with a summary and an exit code for schedulers. */
export async function sync(options: SyncOptions): Promise<ExitCode> {
  const { cwd, stack, pulumi, log } = options;
  const started = Date.now();
  const run = (words: readonly string[]): Promise<PulumiOutcome> =>
    runPulumi(pulumi, [...words, "--non-interactive", "--color", "never"], {
      cwd,
      line: (text) => {
        log[levelOf(text)]({ source: "pulumi" }, text);
      },
    });
  try {
    if (options.create && stack !== undefined) {
      const selected = await run(["stack", "select", stack, "--create"]);
      if (selected.code !== 0) return ended(options, selected, started);
    }
    return ended(options, await run(wordsOf(options)), started);
  } catch (error) {
    log.error(cannotStart(pulumi, error));
    return EXIT.failed;
  }
}

function wordsOf({ dryRun, refresh, stack }: SyncOptions): string[] {
  const action = dryRun ? ["preview", "--diff", "--show-full-output"] : ["up", "--yes", "--skip-preview"];
  return [...action, ...(refresh ? ["--refresh"] : []), ...(stack === undefined ? [] : ["--stack", stack])];
}

function ended({ dryRun, log, stack }: SyncOptions, outcome: PulumiOutcome, started: number): ExitCode {
  const seconds = Math.round((Date.now() - started) / 100) / 10;
  const what = dryRun ? "dry run" : "sync";
  const record = { summary: true, stack, dryRun, seconds, resources: outcome.resources };
  if (outcome.code === 0) {
    log.info({ ...record, outcome: "done" }, `${what}: ${counts(outcome)} in ${String(seconds)} s`);
    return EXIT.done;
  }
  if (outcome.locked) {
    const text = `${what}: nothing done, as another run holds the stack; the next scheduled run tries again`;
    log.error({ ...record, outcome: "locked" }, `${text} (pulumi cancel takes a lock away that nobody holds any more)`);
    return EXIT.locked;
  }
  const how = outcome.code === null ? "a signal ended it" : `Pulumi ended with code ${String(outcome.code)}`;
  log.error(
    { ...record, outcome: "failed" },
    `${what}: failed after ${String(seconds)} s (${how}); ${counts(outcome)}`,
  );
  return EXIT.failed;
}

function counts({ resources }: PulumiOutcome): string {
  const told = Object.entries(resources).map(([what, count]) => `${String(count)} ${what}`);
  return told.length === 0 ? "no resources" : told.join(", ");
}

/** The level of a line of Pulumi's, by how it begins. */
function levelOf(text: string): "error" | "warn" | "info" {
  if (/^\s*error:/i.test(text)) return "error";
  return /^\s*warning:/i.test(text) ? "warn" : "info";
}
