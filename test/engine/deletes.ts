import type { Executor } from "./executor";
import type { Plan } from "./plan";
import type { Run } from "./run";
import { prerequisites, type ResourceState } from "./state";
import { subject, type Step } from "./steps";

/** Deletes everything that the run has not come across, users before what they use. */
export async function deleteTheRest(run: Run, plan: Plan, executor: Executor): Promise<void> {
  const states = run.destroying ? run.snapshot.resources() : run.base;
  const steps = states.flatMap((state) => deletionOf(run, plan, state));
  const spared = new Set<string>();
  for (const layer of layers(steps)) {
    // What something that could not be deleted stands on stays as well.
    for (const failed of executor.failed) spare(run, subject(failed), spared);
    await executor.all(layer.filter((step) => !spared.has(step.urn)));
  }
}

function deletionOf(run: Run, plan: Plan, state: ResourceState): Step[] {
  const { urn } = state;
  if (plan.deletions.has(state) || !run.selected(urn)) return [];
  const replaced = state.delete === true;
  const wanted = plan.operated.has(urn) || [...plan.aliases.values()].includes(urn);
  if (!replaced && wanted && !run.destroying) return [];
  if (!replaced) plan.deleted.add(urn);
  if (state.pendingReplacement && !replaced) return [{ op: "remove-pending-replace", urn, old: state }];
  return [{ op: replaced ? "delete-replaced" : "delete", urn, old: state }];
}

function spare(run: Run, state: ResourceState, spared: Set<string>): void {
  for (const urn of prerequisites(state)) {
    if (spared.has(urn)) continue;
    spared.add(urn);
    const needed = run.olds.get(urn);
    if (needed) spare(run, needed, spared);
  }
}

/** Deletions in groups that can go side by side; a group holds what only later groups still need. */
function layers(steps: Step[]): Step[][] {
  const depths = new Map<string, number>();
  const result: Step[][] = [];
  for (const step of steps) {
    const needed = prerequisites(subject(step)).map((urn) => depths.get(urn) ?? -1);
    const depth = Math.max(-1, ...needed) + 1;
    // A URN may be there twice, as what is and as what it replaced.
    depths.set(step.urn, Math.max(depth, depths.get(step.urn) ?? 0));
    (result[depth] ??= []).push(step);
  }
  return result.reverse();
}
