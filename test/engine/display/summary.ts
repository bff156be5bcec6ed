import type { Changes } from "../events";
import type { Op } from "../steps";

/** How the CLI marks a kind of step. */
export const marks: Record<Op, string> = {
  same: "  ",
  create: "+ ",
  update: "~ ",
  delete: "- ",
  replace: "+-",
  "create-replacement": "++",
  "delete-replaced": "--",
  refresh: "~ ",
  "remove-pending-replace": "~ ",
};

const order: Op[] = ["create", "update", "delete", "replace", "create-replacement", "delete-replaced", "refresh"];

const pastTense: Partial<Record<Op, string>> = {
  create: "created",
  update: "updated",
  delete: "deleted",
  replace: "replaced",
};

/** The last lines of a run: what was done, and in how much time. */
export function summaryText(
  changes: Changes,
  options: { isPreview: boolean; errored: number; seconds: number },
): string {
  const kinds = order.filter((op) => (changes[op] ?? 0) > 0);
  const lines = ["Resources:"];
  for (const op of kinds) {
    const what = options.isPreview ? `to ${op}` : (pastTense[op] ?? op);
    lines.push(`    ${marks[op]}${String(changes[op] ?? 0)} ${what}`);
  }
  const total = kinds.reduce((sum, op) => sum + (changes[op] ?? 0), 0);
  const pieces = [
    ...(kinds.length >= 2 ? [`${String(total)} changes`] : []),
    ...(changes.same ? [`${String(changes.same)} unchanged`] : []),
  ];
  if (pieces.length > 0) lines.push(`    ${pieces.join(". ")}`);
  if (options.errored > 0) lines.push(`    ${String(options.errored)} errored`);
  if (!options.isPreview) lines.push("", `Duration: ${duration(options.seconds)}`);
  return `${lines.join("\n")}\n`;
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${String(whole)}s` : `${String(Math.floor(whole / 60))}m${String(whole % 60)}s`;
}
