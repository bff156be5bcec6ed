import type { Fault, Report } from "../../provider/core/report.js";
import { EXIT, exitCodeOf, type ExitCode } from "./exitCodes.js";
import type { Level, Log } from "./log.js";
import { cannotStart, runPulumi, type PulumiCommand, type PulumiOutcome } from "./pulumi.js";
import type { Summary } from "./records.js";
import { openReports } from "./reports.js";

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
  readonly log: Log;
  /** What is logged: what runs the program has to know whether anybody wants details. */
  readonly logLevel: Level;
}

/** What was reported while Pulumi ran. */
interface Told {
  readonly faults: Set<Fault>;
  readonly counts: Map<string, number>;
}

/** Runs a stack as a job: one preview or one update, with a summary and an exit code for schedulers. */
export async function sync(options: SyncOptions): Promise<ExitCode> {
  const { cwd, stack, pulumi, log } = options;
  const started = Date.now();
  const told: Told = { faults: new Set(), counts: new Map() };
  const reports = openReports((report) => {
    take(report, told, log);
  });
  const run = (words: readonly string[]): Promise<PulumiOutcome> => {
    const levelOf = levels();
    return runPulumi(pulumi, [...words, "--non-interactive", "--color", "never"], {
      cwd,
      environment: { ...reports.environment, LOG_LEVEL: options.logLevel },
      line: (text, stream) => {
        log[levelOf(text, stream)]({ source: "pulumi" }, text);
      },
    });
  };
  try {
    const selected =
      options.create && stack !== undefined ? await run(["stack", "select", stack, "--create"]) : GOES_ON;
    const outcome = selected.code === 0 ? await run(wordsOf(options)) : selected;
    // What came last counts too.
    reports.close();
    return ended(options, outcome, { ...told, seconds: Math.round((Date.now() - started) / 100) / 10 });
  } catch (error) {
    reports.close();
    log.critical(cannotStart(pulumi, error));
    return EXIT.failed;
  }
}

const GOES_ON: PulumiOutcome = { code: 0, locked: false, resources: {} };

function take(report: Report, { faults, counts }: Told, log: Log): void {
  switch (report.kind) {
    case "fault":
      faults.add(report.fault);
      return;
    case "count":
      counts.set(report.what, (counts.get(report.what) ?? 0) + report.count);
      return;
    case "note":
      log[report.level]({ source: "roster" }, report.text);
      return;
    case "progress": {
      const { kind: _kind, text, ...progress } = report;
      log.progress({ source: "progress", progress }, text);
    }
  }
}

function wordsOf({ dryRun, refresh, stack }: SyncOptions): string[] {
  const action = dryRun ? ["preview", "--diff", "--show-full-output"] : ["up", "--yes", "--skip-preview"];
  return [...action, ...(refresh ? ["--refresh"] : []), ...(stack === undefined ? [] : ["--stack", stack])];
}

/** The summary, at the level that it has, and the exit code. */
function ended(
  { dryRun, log, stack }: SyncOptions,
  { code, locked, resources }: PulumiOutcome,
  { faults, counts, seconds }: Told & { readonly seconds: number },
): ExitCode {
  const what = dryRun ? "dry run" : "sync";
  const record = (outcome: Summary["outcome"], exitCode: ExitCode): Summary => ({
    summary: true,
    stack,
    dryRun,
    seconds,
    resources,
    counts: Object.fromEntries(counts),
    faults: [...faults],
    outcome,
    exitCode,
  });
  log.progress({}, "");
  const summed = [...inWords(counts), ...inWords(Object.entries(resources))];
  const done = summed.length === 0 ? "no resources" : summed.join(", ");
  if (code === 0) {
    log.info(record("done", EXIT.done), `${what}: ${done} in ${String(seconds)} s`);
    return EXIT.done;
  }
  if (locked) {
    const text = `${what}: nothing done, as another run holds the stack; the next scheduled run tries again`;
    const hint = "(pulumi cancel takes a lock away that nobody holds any more)";
    log.error(record("locked", EXIT.locked), `${text} ${hint}`);
    return EXIT.locked;
  }
  const exitCode = exitCodeOf(faults);
  const how = code === null ? "a signal ended it" : `Pulumi ended with code ${String(code)}`;
  const why = [...faults].map((fault) => `; ${MEANINGS[fault]}`).join("");
  log.critical(record("failed", exitCode), `${what}: failed after ${String(seconds)} s (${how})${why}; ${done}`);
  return exitCode;
}

/** What a fault means to whoever reads the summary. */
const MEANINGS: Readonly<Record<Fault, string>> = {
  setting: "a setting is missing or wrong",
  login: "a secret, token or password was refused",
  permission: "a role or a right is missing",
  place: "a realm or an address is not there",
  target: "a place to write to was refused",
  unreachable: "a system does not answer",
};

function inWords(counts: Iterable<readonly [what: string, count: number]>): string[] {
  return [...counts].map(([what, count]) => `${count.toLocaleString("en")} ${what}`);
}

type LineLevel = "error" | "warn" | "info";

/** A line below which nothing is indented. */
const NOTHING: { readonly level: LineLevel; readonly indent: number } = { level: "info", indent: Infinity };

/**
 * Tells the level of each line of Pulumi's: by how it begins, and what is indented below an error or a warning belongs
 * to it. What to do stands there, and nobody is to lose that who logs errors only.
 */
function levels(): (text: string, stream: "stdout" | "stderr") => LineLevel {
  const above = { stdout: NOTHING, stderr: NOTHING };
  return (text, stream) => {
    const [, indent = "", word = ""] = /^(\s*)(error:|warning:)?/i.exec(text) ?? [];
    if (word === "" && indent.length > above[stream].indent) return above[stream].level;
    const level = word === "" ? "info" : word.toLowerCase() === "error:" ? "error" : "warn";
    above[stream] = level === "info" ? NOTHING : { level, indent: indent.length };
    return level;
  };
}
