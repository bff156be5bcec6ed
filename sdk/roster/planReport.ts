import type { ApprovedChange, ApprovedPlan } from "../../provider/core/approvedPlan.js";
import type { Left } from "./plan.js";
import type { PreviewMessage } from "./preview.js";

/** The form in which a plan is shown. */
export const FORMATS = ["text", "markdown", "json"] as const;
/** One of them. */
export type Format = (typeof FORMATS)[number];

/** A comment of GitHub holds 65,536 characters; a marker and what a job writes around it come to it. */
const LONGEST_COMMENT = 60_000;

/** A plan for people, or for a machine. */
export function planReport(
  plan: ApprovedPlan,
  warnings: readonly PreviewMessage[],
  format: Format,
  left: Left = new Map(),
): string {
  if (format === "json") return `${JSON.stringify(plan, null, 2)}\n`;
  return format === "markdown" ? markdownOf(plan, warnings, left) : textOf(plan, warnings, left);
}

/** `2 to create, 1 to delete, 1 to leave`. */
export function summaryOf({ changes, deletes, others }: ApprovedPlan, left: Left = new Map()): string {
  const counts = new Map<string, number>();
  for (const { operation } of changes) counts.set(operation, (counts.get(operation) ?? 0) + 1);
  const replaced = counts.get("replace") ?? 0;
  // What is replaced is among the deletes too.
  if (deletes.length - left.size > replaced) counts.set("delete", deletes.length - left.size - replaced);
  if (left.size > 0) counts.set("leave", left.size);
  const own = [...counts].map(([operation, count]) => `${String(count)} to ${operation}`).join(", ");
  const foreign = Object.values(others).reduce((sum, count) => sum + count, 0);
  const rest =
    foreign === 0 ? "" : `; ${String(foreign)} of other providers, to which the plan does not hold an update`;
  return `${own === "" ? "nothing to change" : own}${rest}`;
}

function nameOf({ resource, id, connection }: Pick<ApprovedChange, "resource" | "id" | "connection">): string {
  const system = resource.split(".")[0];
  return `${resource} ${JSON.stringify(id)}${connection === system ? "" : ` (connection ${connection})`}`;
}

/** What is deleted and not made again. */
function gone({ changes, deletes }: ApprovedPlan): ApprovedPlan["deletes"] {
  const replaced = new Set(changes.filter(({ operation }) => operation === "replace").map(({ urn }) => urn));
  return deletes.filter(({ urn }) => !replaced.has(urn));
}

function linesOf({ plan, removes = [] }: ApprovedChange): string[] {
  return [...plan, ...(removes.length === 0 ? [] : [`removes ${removes.join(", ")}`])];
}

/** What a delete comes to: a verb, the name, and how what stays is left. */
function ending(entry: ApprovedPlan["deletes"][number], left: Left, shown: (name: string) => string): string {
  const how = left.get(entry.urn);
  const name = shown(nameOf(entry));
  return how === undefined ? `delete ${name}` : `leave ${name} ${how}`;
}

function textOf(plan: ApprovedPlan, warnings: readonly PreviewMessage[], left: Left): string {
  const lines = plan.changes.flatMap((change) => [
    `${change.operation} ${nameOf(change)}`,
    ...linesOf(change).map((line) => `    ${line.replaceAll("\n", "\n    ")}`),
  ]);
  const deletes = gone(plan).map((each) => ending(each, left, (name) => name));
  const notes = warnings.map(({ text }) => `warning: ${text}`);
  const problems = plan.problems.map((problem) => `cannot be approved: ${problem}`);
  return [...lines, ...deletes, ...notes, ...problems, `${plan.stack}: ${summaryOf(plan, left)}`, ""].join("\n");
}

function markdownOf(plan: ApprovedPlan, warnings: readonly PreviewMessage[], left: Left): string {
  const head = [`### Access on \`${plan.stack}\`: ${summaryOf(plan, left)}`, ""];
  const problems = plan.approvable
    ? []
    : ["> [!WARNING]", "> This plan cannot be approved:", ...plan.problems.map((each) => `> - ${escaped(each)}`), ""];
  const deletes = gone(plan).map((each) => `- ${ending(each, left, code)}`);
  const notes = warnings.map(({ text }) => `- ⚠️ ${escaped(text)}`);
  const tail = [...deletes, ...(deletes.length === 0 ? [] : [""]), ...notes, ...(notes.length === 0 ? [] : [""])];
  const fixed = [...head, ...problems, ...tail].join("\n").length;
  return [...head, ...problems, ...fitting(plan.changes, LONGEST_COMMENT - fixed), ...tail]
    .join("\n")
    .slice(0, LONGEST_COMMENT);
}

/** As many changes as there is room for, and how many there are besides. */
function fitting(changes: readonly ApprovedChange[], room: number): string[] {
  const blocks: string[] = [];
  let left = room;
  for (const [index, change] of changes.entries()) {
    const block = blockOf(change);
    left -= block.length + 1;
    if (left < 200) {
      const rest = changes.length - index;
      return [...blocks, `… and ${String(rest)} more, which the plan's file has whole.`, ""];
    }
    blocks.push(block);
  }
  return blocks;
}

function blockOf(change: ApprovedChange): string {
  const lines = linesOf(change);
  const head = `**${change.operation}** ${code(nameOf(change))}`;
  if (lines.length === 0) return `${head}\n`;
  const fence = fenceFor(lines);
  return [head, "", fence, ...lines, fence, ""].join("\n");
}

/** A fence that no line of it ends: names are whatever people have called them. */
function fenceFor(lines: readonly string[]): string {
  const longest = Math.max(0, ...lines.flatMap((line) => (line.match(/`+/g) ?? []).map(({ length }) => length)));
  return "`".repeat(Math.max(3, longest + 1));
}

function code(text: string): string {
  const fence = "`".repeat(Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length)) + 1);
  return fence.length === 1 ? `\`${text}\`` : `${fence} ${text} ${fence}`;
}

function escaped(text: string): string {
  return text.replace(/[\\`*_<>[\]#|@]/g, "\\$&").replaceAll("\n", " ");
}
