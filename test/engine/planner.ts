import { Bail } from "./errors";
import type { Goal } from "./goal";
import { checkFailureMessage, protectedReplaceMessage } from "./messages";
import type { CheckFailure, Provider } from "./provider";
import { oldOf } from "./aliases";
import { diffOf } from "./differ";
import type { Plan } from "./plan";
import { dependentReplacements } from "./replacements";
import type { Run } from "./run";
import { goesItsWay } from "./selection";
import type { ResourceState } from "./state";
import type { CreateStep, DiffResult, Registered, Step } from "./steps";
import { isProviderType, isStackUrn, makeUrn } from "./urn";
import { keepIgnored, type Properties } from "./values";

/** The URN that a goal has. */
export function urnOf(run: Run, plan: Plan, goal: Goal): string {
  return makeUrn(run.stack, run.project.name, goal.parent || plan.root, goal.type, goal.name);
}

/** Plans the steps that bring one resource to what the program wants. */
export async function planResource(
  run: Run,
  plan: Plan,
  goal: Goal,
  done: (registered: Registered) => void,
): Promise<Step[]> {
  const urn = urnOf(run, plan, goal);
  if (isStackUrn(urn)) plan.root = urn;
  if (plan.operated.has(urn)) throw new Error(`Duplicate resource URN '${urn}'; try giving it a unique name`);
  const old = oldOf(run, plan, goal, urn);
  const next = newState(goal, urn, old, goal.parent || (isStackUrn(urn) || isProviderType(goal.type) ? "" : plan.root));
  if (run.refreshOnly && !isProviderType(goal.type)) return planNothing(plan, old, next, done);
  if (!goesItsWay(urn, run.selected)) return planKept(plan, old, next, done);
  const provider = goal.custom && !isProviderType(goal.type) ? await run.providers.of(next) : undefined;
  if (run.destroying && provider) return planKept(plan, old, next, done);

  const remade = plan.deleted.has(urn);
  const inputs = keepIgnored(goal.properties, old?.inputs ?? {}, old ? goal.ignoreChanges : []);
  next.inputs = await checked(
    run,
    provider,
    next,
    remade || !old ? {} : (old.inputs ?? {}),
    remade ? goal.properties : inputs,
  );
  if (remade) return planRemade(plan, old, next, done);
  plan.operated.add(urn);
  if (old === undefined) return [{ op: "create", urn, new: next, done }];
  const diff = await diffOf(provider, old, next.inputs, goal.ignoreChanges);
  if (diff.replaces.length > 0 || old.pendingReplacement) {
    return planReplacement(run, plan, { goal, old, next, diff, provider, done });
  }
  const changed = diff.changes || (old.initErrors ?? []).length > 0;
  return [{ op: changed ? "update" : "same", urn, old, new: next, ...(changed && { diffs: diff.changed }), done }];
}

/** When a program runs only for its configuration (refresh --run-program), nothing changes but the provider. */
function planNothing(plan: Plan, old: ResourceState | undefined, next: ResourceState, done: Step["done"]): Step[] {
  plan.operated.add(next.urn);
  done?.({ state: old ?? next, result: old ? "success" : "skipped" });
  return [];
}

/**
 * Nothing changes before the end when a program runs only to say what is there (destroy --run-program), and nothing at
 * all for what a run is not about.
 */
function planKept(plan: Plan, old: ResourceState | undefined, next: ResourceState, done: Step["done"]): Step[] {
  if (old === undefined) {
    done?.({ state: next, result: "skipped" });
    return [];
  }
  plan.operated.add(next.urn);
  if (old.inputs) next.inputs = old.inputs;
  return [{ op: "same", urn: next.urn, old, new: next, done }];
}

function newState(goal: Goal, urn: string, old: ResourceState | undefined, parent: string): ResourceState {
  return {
    urn,
    custom: goal.custom,
    type: goal.type,
    inputs: goal.properties,
    parent,
    protect: goal.protect,
    dependencies: goal.dependencies,
    provider: goal.provider,
    propertyDependencies: goal.propertyDependencies,
    additionalSecretOutputs: goal.additionalSecretOutputs,
    retainOnDelete: goal.retainOnDelete,
    deletedWith: goal.deletedWith,
    ignoreChanges: goal.ignoreChanges,
    ...(old?.created && { created: old.created }),
    ...(old?.modified && { modified: old.modified }),
  };
}

async function checked(
  run: Run,
  provider: Provider | undefined,
  state: ResourceState,
  olds: Properties,
  news: Properties,
): Promise<Properties> {
  if (provider === undefined) return news;
  const { inputs, failures } = await provider.check(state.urn, olds, news);
  if (failures.length > 0) {
    tellFailures(run, state, failures);
    throw new Bail();
  }
  return inputs;
}

function tellFailures(run: Run, state: ResourceState, failures: CheckFailure[]): void {
  for (const failure of failures) {
    run.tell("error", checkFailureMessage(state, failure), state.urn);
  }
}

function planRemade(plan: Plan, old: ResourceState | undefined, next: ResourceState, done: Step["done"]): Step[] {
  const { urn } = next;
  plan.deleted.delete(urn);
  plan.operated.add(urn);
  const keys = plan.dependentKeys.get(urn);
  return [
    { op: "replace", urn, old, new: next },
    { op: "create-replacement", urn, old, new: next, keys, done },
  ];
}

interface Replacement {
  goal: Goal;
  old: ResourceState;
  next: ResourceState;
  diff: DiffResult;
  provider: Provider | undefined;
  done: (registered: Registered) => void;
}

async function planReplacement(run: Run, plan: Plan, replacement: Replacement): Promise<Step[]> {
  const { goal, old, next, diff, provider, done } = replacement;
  const { urn } = next;
  if (next.protect && old.protect) {
    run.tell("error", protectedReplaceMessage(urn), urn);
    throw new Bail();
  }
  // What replaces a resource is a new one: its inputs must not build on the old one's.
  next.inputs = await checked(run, provider, next, {}, goal.properties);
  const keys = diff.replaces;
  const create: CreateStep = { op: "create-replacement", urn, old, new: next, keys, done };
  const replace: Step = { op: "replace", urn, old, new: next, keys };
  if (!(goal.deleteBeforeReplace ?? diff.deleteBeforeReplace)) return [{ ...create, deletesLater: true }, replace];

  const steps: Step[] = [];
  for (const dependent of (await dependentReplacements(run, plan, old)).reverse()) {
    if (plan.deletions.has(dependent.state)) continue;
    if (dependent.state.protect) {
      run.tell("error", protectedReplaceMessage(dependent.state.urn, urn), urn);
      throw new Bail();
    }
    plan.dependentKeys.set(dependent.state.urn, dependent.keys);
    steps.push(deleteToReplace(plan, dependent.state));
    plan.deleted.add(dependent.state.urn);
  }
  if (!old.pendingReplacement) steps.push(deleteToReplace(plan, old));
  return [...steps, replace, create];
}

function deleteToReplace(plan: Plan, state: ResourceState): Step {
  plan.deletions.add(state);
  return { op: "delete-replaced", urn: state.urn, old: state, makesRoom: true };
}
