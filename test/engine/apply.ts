import { randomUUID } from "node:crypto";
import { protectedDeleteMessage } from "./messages";
import { diffOf } from "./differ";
import { PartialFailure } from "./provider";
import type { Run } from "./run";
import type { ResourceState } from "./state";
import {
  isHidden,
  isPartOfReplacement,
  subject,
  type CreateStep,
  type DeleteStep,
  type KeepStep,
  type Op,
  type RefreshStep,
  type Step,
} from "./steps";
import { isProviderType } from "./urn";
import { equalValues, isSecret, makeSecret, unknownValue, type Properties } from "./values";

/** A deletion that protection forbids: the rest of the run goes on. */
export class ProtectedError extends Error {}

/** Carries out one step, keeps the state and tells the display. */
export async function runStep(run: Run, step: Step, deletions: ReadonlySet<string>): Promise<void> {
  await begin(run, step);
  if (!isHidden(step)) run.display.before(step);
  try {
    await apply(run, step, deletions);
  } catch (error) {
    const partial = error instanceof PartialFailure;
    await end(run, step, partial);
    run.tell("error", `${run.dryRun ? "Preview failed: " : ""}${(error as Error).message}`, step.urn);
    run.display.failed(step);
    throw error;
  }
  await end(run, step, true);
  report(run, step);
  if (step.new) step.done?.({ state: step.new, result: "success" });
}

function report(run: Run, step: Step): void {
  if (isHidden(step)) return;
  const op = step.op === "refresh" ? (step.found ?? "same") : step.op;
  if (!isPartOfReplacement(step) && op !== "refresh") run.changes[op] = (run.changes[op] ?? 0) + 1;
  if (subject(step).custom || step.op === "refresh") run.display.outputs(step, op);
}

/** Writes that a step is about to happen, for those that can be cut off half way. */
async function begin({ snapshot }: Run, step: Step): Promise<void> {
  switch (step.op) {
    case "create":
    case "create-replacement":
      return snapshot.begin(step.new, "creating");
    case "update":
      return snapshot.begin(step.new, "updating");
    case "delete":
    case "delete-replaced":
      return snapshot.begin(step.old, "deleting");
    default:
      return;
  }
}

/** Keeps in the state what a step did. What only waits to be made again stays in it until it is. */
async function end({ snapshot }: Run, step: Step, done: boolean): Promise<void> {
  const { old, new: made } = step;
  switch (step.op) {
    case "create":
      return snapshot.end(step.new, done ? { made } : {});
    case "create-replacement":
      return snapshot.end(step.new, done ? { made, gone: old?.pendingReplacement ? old : undefined } : {});
    case "update":
      return snapshot.end(step.new, done ? { made, gone: old } : {});
    case "delete":
    case "delete-replaced":
      return snapshot.end(step.old, done && !step.old.pendingReplacement ? { gone: old } : {});
    case "remove-pending-replace":
      return snapshot.end(step.old, { gone: old });
    case "same":
      snapshot.record({ gone: old, made });
      if (mattersToState(step.old, step.new)) await snapshot.write();
      return;
    case "replace":
    case "refresh":
      return;
  }
}

/** What an unchanged resource may differ in and the state should not lose when the run is cut off. */
const essence = ["urn", "type", "provider", "parent", "protect", "retainOnDelete", "deletedWith"] as const;

/** The state leaves out what is empty, the program says it. */
function sameOrBothEmpty(a: string | boolean | undefined, b: string | boolean | undefined): boolean {
  return a === b || (!a && !b);
}

function mattersToState(old: ResourceState, made: ResourceState): boolean {
  const dependencies = (state: ResourceState): string[] => [...(state.dependencies ?? [])].sort();
  return (
    essence.some((name) => !sameOrBothEmpty(old[name], made[name])) ||
    !equalValues(old.inputs ?? {}, made.inputs ?? {}) ||
    !equalValues(old.outputs ?? {}, made.outputs ?? {}) ||
    !equalValues(dependencies(old), dependencies(made))
  );
}

async function apply(run: Run, step: Step, deletions: ReadonlySet<string>): Promise<void> {
  switch (step.op) {
    case "same":
      applySame(run, step);
      return;
    case "create":
    case "create-replacement":
      return applyCreate(run, step);
    case "update":
      return applyUpdate(run, step);
    case "delete":
    case "delete-replaced":
      return applyDelete(run, step, deletions);
    case "refresh":
      return applyRefresh(run, step);
    case "replace":
    case "remove-pending-replace":
      return;
  }
}

function applySame(run: Run, { old, new: made }: KeepStep): void {
  if (old.id !== undefined) made.id = old.id;
  if (old.outputs) made.outputs = old.outputs;
  if (isProviderType(made.type)) run.providers.configure(made);
  markSecrets(made);
}

async function applyCreate(run: Run, step: CreateStep): Promise<void> {
  const made = step.new;
  const now = new Date().toISOString();
  made.created = made.modified = now;
  if (isProviderType(made.type)) {
    made.id = run.dryRun ? unknownValue : randomUUID();
    made.outputs = made.inputs ?? {};
    run.providers.configure(made);
  } else if (made.custom && run.dryRun) {
    made.outputs = made.inputs ?? {};
  } else if (made.custom) {
    await keepingPartial(made, async () => {
      const { id, outputs } = await (await run.providers.of(made)).create(made.urn, made.inputs ?? {});
      made.id = id;
      made.outputs = outputs;
    });
  }
  if (step.deletesLater && step.old) {
    step.old.delete = true;
    run.snapshot.touch(step.old);
  }
  markSecrets(made);
}

async function applyUpdate(run: Run, { old, new: made }: KeepStep): Promise<void> {
  if (old.id !== undefined) made.id = old.id;
  made.modified = new Date().toISOString();
  if (isProviderType(made.type)) {
    made.outputs = made.inputs ?? {};
    run.providers.configure(made);
  } else if (made.custom && run.dryRun) {
    made.outputs = made.inputs ?? {};
  } else if (made.custom) {
    await keepingPartial(made, async () => {
      made.outputs = await (await run.providers.of(made)).update(old, made.inputs ?? {});
    });
  } else if (old.outputs) {
    made.outputs = old.outputs;
  }
  markSecrets(made);
}

/** What a provider did not finish is kept with its reasons, so that the next run takes it up. */
async function keepingPartial(made: ResourceState, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (error instanceof PartialFailure) {
      made.id = error.id;
      made.outputs = error.properties;
      made.initErrors = error.reasons;
      markSecrets(made);
    }
    throw error;
  }
}

/** Outputs are secret where the program says so, and where the input of the same name is. */
function markSecrets(state: ResourceState): void {
  const { inputs = {}, outputs, additionalSecretOutputs = [] } = state;
  if (outputs === undefined) return;
  const marked: Properties = { ...outputs };
  for (const [name, value] of Object.entries(outputs)) {
    if (additionalSecretOutputs.includes(name) || isSecret(inputs[name])) marked[name] = makeSecret(value);
  }
  state.outputs = marked;
}

async function applyDelete(run: Run, step: DeleteStep, deletions: ReadonlySet<string>): Promise<void> {
  const { old } = step;
  if (step.op === "delete" && old.protect) throw new ProtectedError(protectedDeleteMessage(old.urn));
  const goesWithAnother = old.deletedWith !== undefined && deletions.has(old.deletedWith);
  if (!run.dryRun && old.custom && !isProviderType(old.type) && !old.retainOnDelete && !goesWithAnother) {
    await (await run.providers.of(old)).delete(old);
  }
  if (step.makesRoom) {
    old.pendingReplacement = true;
    run.snapshot.touch(old);
  }
}

async function applyRefresh(run: Run, step: RefreshStep): Promise<void> {
  const { old } = step;
  if (!old.custom || isProviderType(old.type) || old.pendingReplacement) {
    step.found = refreshedAs(run, "same");
    return;
  }
  const provider = await run.providers.of(old);
  const live = await provider.read(old);
  if (live.id === "") {
    step.new = undefined;
    step.found = refreshedAs(run, "delete");
    return;
  }
  const made: ResourceState = { ...old, id: live.id, inputs: live.inputs ?? old.inputs ?? {}, outputs: live.outputs };
  delete made.initErrors;
  markSecrets(made);
  if (!equalValues(made.inputs, old.inputs) || !equalValues(made.outputs, old.outputs)) {
    made.modified = new Date().toISOString();
  }
  step.new = made;
  // The other way round: a difference is what the next update would do to the world as it is.
  const { changes } = await diffOf(provider, made, old.inputs ?? {}, old.ignoreChanges);
  step.found = refreshedAs(run, changes ? "update" : "same");
}

/** What a refresh finds is a change of its own only where refreshing is all that the run does. */
function refreshedAs(run: Run, op: Op): Op {
  return run.refreshOnly ? op : "refresh";
}
