import type { DriftChange, DriftReport, SystemDrift } from "./driftReport.js";
import { headline, kindText, outcomeText, propertyLines } from "./driftText.js";

/**
 * How many characters a comment or an issue takes: GitHub answers 422, "Body is too long (maximum is 65536
 * characters)", and GitLab's notes hold 1,000,000.
 */
export const COMMENT_LIMITS = { github: 65_536, gitlab: 1_000_000 } as const;

/** What makes a comment one that a job finds again, to update it. */
const MARK = "<!-- roster drift -->";
/** Room for the line that tells what was left out. */
const ROOM = 300;

/**
 * What was found, as Markdown for a comment or an issue, no longer than `limit` characters: what does not fit is left
 * out by whole findings, and counted.
 */
export function markdownOf(report: DriftReport, limit: number = COMMENT_LIMITS.github): string {
  const head = [MARK, `## Drift: ${escaped(headline(report))}`, "", ...table(report), ""].join("\n");
  const found = [
    ...report.systems.flatMap(findingsOf),
    ...report.repaired.map((change) => `**Repaired**: ${changeText(change)}`),
    ...report.problems.map((problem) => `**Could not tell**\n\n${fenced([problem], "text")}`),
    ...report.notes.map((note) => `- ${escaped(note)}`),
  ];
  const kept: string[] = [];
  let left = limit - ROOM - head.length;
  for (const text of found) {
    if (text.length + 2 > left) break;
    kept.push(text);
    left -= text.length + 2;
  }
  const missing = found.length - kept.length;
  const rest =
    missing === 0
      ? []
      : [
          `_${String(missing)} more do not fit in here: \`roster drift --json\` and the terminal's report have all of them._`,
        ];
  return `${[head, ...kept, ...rest].join("\n\n")}\n`.slice(0, limit);
}

function table({ systems }: DriftReport): string[] {
  if (systems.length === 0) return [];
  return [
    "| System | Outcome | Changed | Unmanaged |",
    "| --- | --- | --- | --- |",
    ...systems.map(
      ({ system, outcome, changes, unmanaged, problems }) =>
        `| ${system} | ${outcomeText(outcome)}${outcome !== "unknown" && problems.length > 0 ? ", not all of it was seen" : ""} ` +
        `| ${String(changes.length)} | ${String(unmanaged.length)} |`,
    ),
  ];
}

function findingsOf({ system, changes, unmanaged, problems }: SystemDrift): string[] {
  return [
    ...problems.map((problem) => `**${system}: could not tell**\n\n${fenced([problem], "text")}`),
    ...changes.map(changeText),
    ...unmanaged.map(
      ({ text, remedy }) =>
        `**${system}**, no stack manages: ${escaped(text)}${remedy === undefined ? "" : `\n\n${fenced([remedy], "")}`}`,
    ),
  ];
}

function changeText(change: DriftChange): string {
  const lines = change.properties.flatMap(propertyLines);
  return [
    `**${escaped(`${change.token} ${change.name}`)}**: ${kindText(change)}`,
    ...(lines.length > 0 ? [fenced(lines, "diff")] : []),
    ...(change.plan.length > 0
      ? [`What repairs it:\n\n${fenced(change.plan, change.token.startsWith("postgres.") ? "sql" : "")}`]
      : []),
  ].join("\n\n");
}

/** A block of code that nothing in it can end. */
function fenced(texts: readonly string[], language: string): string {
  const text = texts.join("\n");
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** Text that is neither markup nor a mention: a name that is `@everyone` calls nobody. */
function escaped(text: string): string {
  return text
    .replace(/[\\`*_{}[\]<>#|~!]/g, "\\$&")
    .replaceAll("@", "@\u200b")
    .replaceAll("\n", " ");
}
