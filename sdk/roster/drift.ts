import { changeOf } from "./driftChanges.js";
import { outcomeOf, totalOf, type DriftChange, type DriftReport, type SystemDrift } from "./driftReport.js";
import { runPreview, type Preview, type PreviewMessage, type PreviewStep } from "./preview.js";
import { runPulumi, type PulumiCommand } from "./pulumi.js";
import type { UnmanagedFindings } from "./unmanaged.js";

/** What `roster drift` is asked for. */
export interface DriftOptions {
  /** The folder of Pulumi.yaml. */
  readonly cwd: string;
  /** The stack whose drift is looked for; undefined for the selected one. */
  readonly stack: string | undefined;
  /** The Pulumi to call. */
  readonly pulumi: PulumiCommand;
  /** The systems to repair; undefined for none, an empty list for all. */
  readonly repair: readonly string[] | undefined;
  /** Looks for what no stack manages; undefined where that is not asked for. */
  readonly unmanaged?: () => Promise<UnmanagedFindings>;
  /** Told what is under way. */
  readonly progress: (text: string) => void;
}

/** What a look at a stack found: the steps that were seen, and what could not be. */
interface Look {
  readonly steps: readonly PreviewStep[];
  readonly errors: readonly PreviewMessage[];
}

/** Each look leaves out what the ones before could not read; so many are enough for systems that fail one after another. */
const MOST_LOOKS = 5;

/** Looks for drift in a stack, repairs what it is told to, and tells. Rejects where there is no Pulumi. */
export async function findDrift(options: DriftOptions): Promise<DriftReport> {
  const before = await look(options);
  const findings = await options.unmanaged?.();
  if (options.repair === undefined) return reportOf(options, before, findings, []);
  const failed = await repair(options, options.repair, before);
  const after = await look(options);
  const left = new Set(after.steps.map(({ urn }) => urn));
  const unseen = new Set(after.errors.map(({ urn }) => urn));
  const repaired = before.steps.filter(({ urn }) => !left.has(urn) && !unseen.has(urn)).map(changeOf);
  return reportOf(options, { steps: after.steps, errors: [...after.errors, ...failed] }, findings, repaired);
}

/**
 * One preview with a refresh. A resource that cannot be read ends a preview of Pulumi's, so it is left out of the next
 * one: a system that is down hides nothing of the others.
 */
async function look({ cwd, stack, pulumi, progress }: DriftOptions): Promise<Look> {
  const errors: PreviewMessage[] = [];
  let last: Preview | undefined;
  for (let round = 0; round < MOST_LOOKS; round++) {
    const excluded = [...new Set(errors.flatMap(({ urn }) => urn ?? []))];
    progress(
      excluded.length === 0
        ? "reading the live systems"
        : `reading the others, without ${String(excluded.length)} resources that could not be read`,
    );
    last = await runPreview({ cwd, stack, pulumi, refresh: true, excluded });
    if (last.whole) return { steps: last.steps, errors };
    const known = new Set(excluded);
    const news = last.errors.filter(({ urn }) => urn !== undefined && !known.has(urn));
    if (news.length === 0) break;
    errors.push(...news);
  }
  // Nothing is said of what was not compared: the steps of a preview that failed are not all there are.
  return { steps: [], errors: [...errors, ...(last?.errors ?? []).filter(({ urn }) => urn === undefined)] };
}

/** Runs one update of what has drifted in the systems that are named, and of what that needs. */
async function repair(options: DriftOptions, systems: readonly string[], found: Look): Promise<PreviewMessage[]> {
  const targets = targetsOf(found.steps, systems);
  if (targets.length === 0) return [];
  options.progress(`repairing ${String(targets.length)} resource${targets.length === 1 ? "" : "s"}`);
  const said: string[] = [];
  const { code } = await runPulumi(options.pulumi, repairWords(options.stack, targets), {
    cwd: options.cwd,
    line: (text) => said.push(text),
  });
  if (code === 0) return [];
  const errors = said.filter((line) => /\berror:/.test(line)).map((line) => line.trim());
  return [
    { urn: undefined, text: ["the repair failed", ...(errors.length > 0 ? errors : said.slice(-5))].join("\n  ") },
  ];
}

function repairWords(stack: string | undefined, targets: readonly string[]): string[] {
  return [
    ...["up", "--yes", "--skip-preview", "--refresh", "--non-interactive", "--color", "never", "--continue-on-error"],
    ...(stack === undefined ? [] : ["--stack", stack]),
    ...targets.flatMap((urn) => ["--target", urn]),
  ];
}

/** What has drifted in some systems, with what it needs and has drifted too. What no update has made yet is no drift. */
export function targetsOf(steps: readonly PreviewStep[], systems: readonly string[]): string[] {
  const drifted = new Map(steps.filter(({ stored }) => stored !== undefined).map((step) => [step.urn, step]));
  const chosen = new Set(
    [...drifted.values()]
      .filter(({ system }) => systems.length === 0 || systems.includes(system))
      .map(({ urn }) => urn),
  );
  // A set can be added to while it is walked, and then walks on.
  for (const urn of chosen)
    for (const needed of drifted.get(urn)?.needs ?? []) if (drifted.has(needed)) chosen.add(needed);
  return [...chosen];
}

function reportOf(
  { stack = "" }: DriftOptions,
  { steps, errors }: Look,
  findings: UnmanagedFindings | undefined,
  repaired: DriftChange[],
): DriftReport {
  const names = new Set([
    ...steps.map(({ system }) => system),
    ...errors.flatMap(({ urn }) => systemIn(urn) ?? []),
    ...(findings?.systems.map(({ system }) => system) ?? []),
    ...repaired.map(({ token }) => token.split(".")[0] ?? token),
  ]);
  const systems = [...names].sort().map((system): SystemDrift => {
    const seen = findings?.systems.filter((each) => each.system === system) ?? [];
    const found = {
      changes: steps.filter((step) => step.system === system).map(changeOf),
      unmanaged: seen.flatMap(({ things }) => things),
      problems: [
        ...new Set([
          ...errors.filter(({ urn }) => systemIn(urn) === system).map(({ text }) => text),
          ...seen.flatMap(({ problems }) => problems),
        ]),
      ],
    };
    return { system, outcome: outcomeOf(found), ...found };
  });
  const problems = errors.filter(({ urn }) => systemIn(urn) === undefined).map(({ text }) => text);
  // A stack that cannot be read is found out twice, and told once.
  const all = [...new Set([...problems, ...(findings?.problems ?? [])])];
  return {
    format: 1,
    stacks: [stack, ...(findings?.others ?? [])],
    checkedAt: new Date().toISOString(),
    outcome: totalOf(systems, all),
    systems,
    problems: all,
    notes: [...(findings?.notes ?? [])],
    repaired,
  };
}

/** The system of a resource of Roster's, by its URN. */
function systemIn(urn: string | undefined): string | undefined {
  return urn === undefined ? undefined : /pulumi-nodejs:dynamic\/([a-z]+):[A-Za-z]+::/.exec(urn)?.[1];
}
