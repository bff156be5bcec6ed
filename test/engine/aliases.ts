import type { AliasGoal, Goal } from "./goal";
import type { Plan } from "./plan";
import type { Run } from "./run";
import type { ResourceState } from "./state";
import { isStackUrn, makeUrn, parseUrn } from "./urn";

/** Finds the state of a resource, under its own name or one that it had. */
export function oldOf(run: Run, plan: Plan, goal: Goal, urn: string): ResourceState | undefined {
  for (const candidate of [urn, ...aliasUrns(run, plan, goal)]) {
    const old = run.olds.get(candidate);
    if (old === undefined) continue;
    if (candidate !== urn) {
      const other = plan.operated.has(candidate) || [...plan.aliases.values()].includes(candidate);
      if (other) throw new Error(`Duplicate resource alias '${candidate}' applied to resource with URN '${urn}'`);
      plan.aliases.set(urn, candidate);
    }
    return old;
  }
  return undefined;
}

function aliasUrns(run: Run, plan: Plan, goal: Goal): string[] {
  const own = goal.aliases.map((alias) => aliasUrn(run, plan, goal, alias));
  const parentAlias = plan.aliases.get(goal.parent);
  if (parentAlias === undefined) return own;
  // The children of a renamed parent are found too, also those named after it.
  const asChild = (type: string, name: string): string => {
    const parentName = parseUrn(goal.parent).name;
    const inherited = name.startsWith(parentName) ? parseUrn(parentAlias).name + name.slice(parentName.length) : name;
    return makeUrn(run.stack, run.project.name, parentAlias, type, inherited);
  };
  return [...own, asChild(goal.type, goal.name), ...own.map(parseUrn).map(({ type, name }) => asChild(type, name))];
}

function aliasUrn(run: Run, plan: Plan, goal: Goal, alias: AliasGoal): string {
  if ("urn" in alias) return alias.urn;
  const given = alias.parent === "" ? goal.parent : (plan.aliases.get(alias.parent) ?? alias.parent);
  const parent = alias.noParent || (given !== "" && isStackUrn(given)) ? "" : given;
  return makeUrn(
    alias.stack || run.stack,
    alias.project || run.project.name,
    parent,
    alias.type || goal.type,
    alias.name || goal.name,
  );
}
