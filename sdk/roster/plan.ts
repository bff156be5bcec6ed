import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ApprovedChange, ApprovedPlan } from "../../provider/core/approvedPlan.js";
import { identityKey, type Identity } from "../../provider/core/identities.js";
import { howItLeaves } from "../../provider/core/leaving.js";
import type { ReviewLine } from "../../provider/core/review.js";
import { runPreview, type Preview, type PreviewMessage, type PreviewStep } from "./preview.js";
import { connectionOf, readStack, type StackOptions, type StackResource } from "./stack.js";

/** What a plan is made of. */
export interface PlanOptions extends StackOptions {
  /** Whether the live systems are read first, so that the plan repairs what was changed by hand. */
  readonly refresh: boolean;
}

/** A plan, or why there is none. */
export type Planned =
  | { readonly plan: ApprovedPlan; readonly warnings: readonly PreviewMessage[]; readonly left: Left }
  | { readonly errors: readonly PreviewMessage[]; readonly locked: boolean };

/**
 * What Pulumi calls deleted and the system keeps: how it stays and why, by URN. It is for readers and not in the file,
 * which is about what Pulumi does.
 */
export type Left = ReadonlyMap<string, string>;

/** Where the schema of the file is, for editors. */
const SCHEMA = "node_modules/pulumi-roster/schemas/approved-plan.schema.json";

/**
 * Previews a stack, changes nothing, and gives what an update would run: the statements or requests of each resource,
 * and the identities of what is deleted. The same preview gives the same plan, in the same order.
 */
export async function makePlan(options: PlanOptions): Promise<Planned> {
  const folder = mkdtempSync(path.join(tmpdir(), "roster-plan-"));
  try {
    const file = path.join(folder, "review");
    writeFileSync(file, "", { mode: 0o600 });
    const preview = await runPreview({ ...options, environment: { ROSTER_REVIEW: file } });
    if (!preview.whole) return { errors: preview.errors, locked: preview.locked };
    const leaving = preview.steps.filter(({ op }) => DELETES.has(op));
    const resources = leaving.length === 0 ? [] : (await readStack(options)).resources;
    const stack = stackOf(preview) ?? options.stack ?? "";
    const plan = planOf(preview, linesIn(file), { stack, leaving, resources });
    return { plan, warnings: preview.warnings, left: leftBy(leaving, resources) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Pulumi's words for what deletes something, in a preview. */
const DELETES: ReadonlySet<string> = new Set(["delete", "replace", "delete-replaced"]);
const OPERATIONS: Readonly<Record<string, ApprovedChange["operation"]>> = {
  create: "create",
  update: "update",
  replace: "replace",
  "create-replacement": "replace",
};

function stackOf({ steps }: Preview): string | undefined {
  return steps[0]?.urn.split("::")[0]?.split(":")[2];
}

/** What the provider took down, by identity. A replaced resource is looked at twice: what was found last counts. */
function linesIn(file: string): Map<string, ReviewLine> {
  const found = new Map<string, ReviewLine>();
  for (const text of readFileSync(file, "utf8").split("\n")) {
    if (text === "") continue;
    const line = JSON.parse(text) as ReviewLine;
    const key = identityKey(line);
    const before = found.get(key);
    const problems = [...new Set([...(before?.problems ?? []), ...(line.problems ?? [])])];
    found.set(key, { ...before, ...line, ...(problems.length === 0 ? {} : { problems }) });
  }
  return found;
}

interface Surroundings {
  readonly stack: string;
  readonly leaving: readonly PreviewStep[];
  readonly resources: readonly StackResource[];
}

function planOf(
  { steps, others }: Preview,
  lines: ReadonlyMap<string, ReviewLine>,
  { stack, leaving, resources }: Surroundings,
): ApprovedPlan {
  const changes = sorted(steps.flatMap((step) => changeOf(step, lines)));
  const problems = changes.flatMap(({ resource, id, problems: found = [] }) =>
    found.map((problem) => `${resource} ${JSON.stringify(id)}: ${problem}`),
  );
  return {
    $schema: SCHEMA,
    version: 1,
    stack,
    approvable: problems.length === 0,
    problems,
    changes,
    deletes: sorted(leaving.map((step) => ({ ...identityInState(step, resources), urn: step.urn }))),
    others: { ...others },
  };
}

function changeOf({ op, urn, wanted }: PreviewStep, lines: ReadonlyMap<string, ReviewLine>): ApprovedChange[] {
  const operation = OPERATIONS[op];
  if (operation === undefined) return [];
  const line = lines.get(String(wanted?.["reviewed"]));
  if (line === undefined)
    throw new Error(`the provider of ${urn} recorded nothing: is it of this version of pulumi-roster?`);
  const { resource, connection, id, plan = [], removes = [], problems } = line;
  return [
    {
      resource,
      connection,
      id,
      urn,
      operation,
      plan: [...plan],
      ...(removes.length === 0 ? {} : { removes: [...removes] }),
      ...(problems === undefined ? {} : { problems: [...problems] }),
    },
  ];
}

function leftBy(leaving: readonly PreviewStep[], resources: readonly StackResource[]): Left {
  return new Map(
    leaving.flatMap((step): [string, string][] => {
      // What is replaced is made again under the same name.
      const how = step.op === "delete" ? howLeft(storedOf(step, resources)) : undefined;
      return how === undefined ? [] : [[step.urn, how]];
    }),
  );
}

/** How a system keeps a resource that leaves the program, as the provider decides it; undefined where it goes. */
export function howLeft({ token, outputs }: Pick<StackResource, "token" | "outputs">): string | undefined {
  const { onRemove, adopted } = outputs;
  const why = onRemove === undefined ? "it was there before this stack" : `onRemove is ${JSON.stringify(onRemove)}`;
  const how = howItLeaves({ onRemove, adopted });
  if (how === "keep") return `as it is: ${why}`;
  // An Access decides for each of its entries.
  if (how === "drop" || token === "postgres.Access") return undefined;
  return token === "postgres.User" ? `without its login: ${why}` : `as it is: ${why}`;
}

/** What is deleted is known by the state, as it is to the provider: a preview hides values of its connection. */
function identityInState(step: PreviewStep, resources: readonly StackResource[]): Identity {
  const stored = storedOf(step, resources);
  return { resource: step.token, connection: connectionOf(stored).name, id: stored.id };
}

function storedOf({ urn, id }: PreviewStep, resources: readonly StackResource[]): StackResource {
  const stored = resources.find((each) => each.urn === urn && each.id === id);
  if (stored === undefined)
    throw new Error(`the state has no ${urn} that could be deleted: it changed meanwhile, run again`);
  return stored;
}

function sorted<T extends Identity>(entries: readonly T[]): T[] {
  const keyed = entries.map((entry) => ({ entry, key: identityKey(entry) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ entry }) => entry);
}
