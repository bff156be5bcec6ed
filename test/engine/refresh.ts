import type { Executor } from "./executor";
import { byUrn, type Run } from "./run";
import type { ResourceState } from "./state";
import type { Step } from "./steps";

/** Reads every resource as it is, and makes that what the run starts from. */
export async function refreshAll(run: Run, executor: Executor): Promise<void> {
  const steps = run.base.map((state): Step => ({ op: "refresh", urn: state.urn, old: state, new: state }));
  await executor.all(steps.filter(({ urn }) => run.selected(urn)));
  rebase(run, steps);
}

/** Puts what was found in place of what was known, and forgets links to what is gone. */
export function rebase(run: Run, steps: Step[]): void {
  const found = steps.flatMap((step) => (step.new ? [step.new] : []));
  const there = new Set<string>();
  // For what is gone, its parent takes its place as a parent.
  const parents = new Map<string, string | undefined>(steps.map(({ old }) => [old?.urn ?? "", old?.parent]));
  run.base = found.map((state) => {
    const linked = withoutLinksToMissing(state, there, parents);
    there.add(linked.urn);
    return linked;
  });
  run.olds = byUrn(run.base);
  run.snapshot.rebase(run.base);
}

function withoutLinksToMissing(
  state: ResourceState,
  there: ReadonlySet<string>,
  parents: ReadonlyMap<string, string | undefined>,
): ResourceState {
  const linked: ResourceState = { ...state };
  const keep = (urns: string[]): string[] => urns.filter((urn) => there.has(urn));
  if (state.dependencies) linked.dependencies = keep(state.dependencies);
  const byProperty = Object.entries(state.propertyDependencies ?? {}).map(
    ([name, urns]) => [name, keep(urns)] as const,
  );
  linked.propertyDependencies = Object.fromEntries(byProperty.filter(([, urns]) => urns.length > 0));
  if (state.deletedWith && !there.has(state.deletedWith)) delete linked.deletedWith;
  while (linked.parent && !there.has(linked.parent)) linked.parent = parents.get(linked.parent) ?? "";
  return linked;
}
