import type { DriftChange, DriftReport, PropertyChange, SystemDrift } from "./driftReport.js";

const OUTCOMES = { none: "no drift", drift: "drift", unknown: "could not tell" } as const;
const KINDS = { changed: "changed by hand", gone: "taken away by hand", pending: "not applied yet" } as const;

/** What was found, as lines for a terminal. */
export function textOf(report: DriftReport): string {
  const summary = headline(report);
  // Where nothing but this is to be told, it was told with its reasons.
  const told = summary === OUTCOMES.unknown && report.problems.length > 0;
  const lines = [
    ...report.systems.flatMap(systemLines),
    ...(report.repaired.length > 0 ? ["repaired:", ...report.repaired.flatMap(changeLines), ""] : []),
    ...report.problems.flatMap((problem) => ["could not tell:", ...indented([problem], 2), ""]),
    ...report.notes.map((note) => `note: ${note}`),
    ...(told ? [] : [summary]),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

/** All of it in one sentence. */
export function headline({ systems, outcome, repaired, problems }: DriftReport): string {
  const count = (of: (system: SystemDrift) => number): number => systems.reduce((sum, each) => sum + of(each), 0);
  const drifted = count(({ changes }) => changes.filter(({ kind }) => kind !== "pending").length);
  const pending = count(({ changes }) => changes.filter(({ kind }) => kind === "pending").length);
  const unmanaged = count((each) => each.unmanaged.length);
  const blind = systems.filter((each) => each.problems.length > 0).map(({ system }) => system);
  const parts = [
    ...(drifted > 0 ? [`${things(drifted, "resource")} drifted`] : []),
    ...(pending > 0 ? [`${things(pending, "resource")} not applied yet`] : []),
    ...(unmanaged > 0 ? [`${things(unmanaged, "thing")} that no stack manages`] : []),
    ...(repaired.length > 0 ? [`${things(repaired.length, "resource")} repaired`] : []),
    ...(blind.length > 0 ? [`could not tell for ${blind.join(", ")}`] : []),
    ...(problems.length > 0 && blind.length === 0 ? ["could not tell"] : []),
  ];
  return parts.length === 0 ? OUTCOMES[outcome] : parts.join("; ");
}

/** How a kind of change is called. */
export function kindText({ kind }: DriftChange): string {
  return KINDS[kind];
}

/** How an outcome is called. */
export function outcomeText(outcome: SystemDrift["outcome"]): string {
  return OUTCOMES[outcome];
}

/** What differs in an argument, a line each, with `+` for what came and `-` for what went. */
export function propertyLines({ name, added, removed, from, to }: PropertyChange): string[] {
  if (added.length + removed.length > 0) {
    return [`${name}:`, ...removed.map((entry) => `- ${entry}`), ...added.map((entry) => `+ ${entry}`)];
  }
  return [`${name}: ${from ?? "(default)"} -> ${to ?? "(default)"}`];
}

function systemLines({ system, outcome, changes, unmanaged, problems }: SystemDrift): string[] {
  return [
    `${system}: ${outcomeText(outcome)}`,
    ...changes.flatMap(changeLines),
    ...unmanaged.flatMap(({ text, remedy }) => [
      `  ! ${text}`,
      ...(remedy === undefined ? [] : [`      to take it away: ${remedy}`]),
    ]),
    ...problems.flatMap((problem) => ["  ? could not tell:", ...indented([problem], 6)]),
    "",
  ];
}

function changeLines(change: DriftChange): string[] {
  const mark = { changed: "~", gone: "-", pending: "+" }[change.kind];
  return [
    `  ${mark} ${change.token} ${change.name}: ${kindText(change)}`,
    ...indented(change.properties.flatMap(propertyLines), 6),
    ...(change.plan.length > 0 ? ["      plan:", ...indented(change.plan, 8)] : []),
  ];
}

function indented(texts: readonly string[], by: number): string[] {
  return texts.flatMap((text) => text.split("\n")).map((line) => `${" ".repeat(by)}${line}`);
}

function things(count: number, what: string): string {
  return `${String(count)} ${what}${count === 1 ? "" : "s"}`;
}
