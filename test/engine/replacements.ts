import { diffOf } from "./differ";
import type { Plan } from "./plan";
import type { Run } from "./run";
import { prerequisites, type ResourceState } from "./state";
import { unknownValue, type Properties } from "./values";

/** A resource that cannot outlive another one. */
export interface DependentReplacement {
  state: ResourceState;
  keys: string[];
}

/**
 * The resources that must be deleted before a resource is, because they would have to be replaced once it has been:
 * those that need replacing when what they took from it is not known.
 */
export async function dependentReplacements(
  run: Run,
  plan: Plan,
  root: ResourceState,
): Promise<DependentReplacement[]> {
  const replaced = new Set([root.urn]);
  const affected = new Set([root.urn]);
  const found: DependentReplacement[] = [];
  for (const state of run.base.slice(run.base.indexOf(root) + 1)) {
    if (!prerequisites(state).some((urn) => affected.has(urn))) continue;
    affected.add(state.urn);
    if (!state.custom || plan.operated.has(state.urn) || plan.deletions.has(state)) continue;
    const keys = await replacedFor(run, state, replaced);
    if (keys === undefined) continue;
    replaced.add(state.urn);
    found.push({ state, keys });
  }
  return found;
}

async function replacedFor(
  run: Run,
  state: ResourceState,
  replaced: ReadonlySet<string>,
): Promise<string[] | undefined> {
  if (state.deletedWith && replaced.has(state.deletedWith)) return [];
  const inputs: Properties = {};
  let touched = false;
  for (const [name, value] of Object.entries(state.inputs ?? {})) {
    const depends = (state.propertyDependencies?.[name] ?? []).some((urn) => replaced.has(urn));
    touched ||= depends;
    inputs[name] = depends ? unknownValue : value;
  }
  if (!touched) return undefined;
  const diff = await diffOf(await run.providers.of(state), state, inputs, state.ignoreChanges);
  return diff.replaces.length > 0 ? diff.replaces : undefined;
}
