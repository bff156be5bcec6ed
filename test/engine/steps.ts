import type { DiffAnswer } from "./provider";
import type { ResourceState } from "./state";
import { isProviderType, parseUrn } from "./urn";

/** What a step does, by the CLI's names. */
export type Op =
  | "same"
  | "create"
  | "update"
  | "delete"
  | "replace"
  | "create-replacement"
  | "delete-replaced"
  | "refresh"
  | "remove-pending-replace";

/** What became of a registration. */
export interface Registered {
  state: ResourceState;
  result: "success" | "failed" | "skipped";
}

interface StepBase {
  urn: string;
  /** The properties that differ, where the engine itself compared them. */
  diffs?: string[] | undefined;
  /** The properties for which a resource is replaced. */
  keys?: string[] | undefined;
  /** Answers the registration that the step came from. */
  done?: ((registered: Registered) => void) | undefined;
}

/** Keeps a resource as it is, or changes it. */
export interface KeepStep extends StepBase {
  op: "same" | "update";
  old: ResourceState;
  new: ResourceState;
}

/** Makes a resource, in place of an old one or not. */
export interface CreateStep extends StepBase {
  op: "create" | "create-replacement";
  old?: ResourceState | undefined;
  new: ResourceState;
  /** The old resource still stands; it is deleted at the end. */
  deletesLater?: boolean;
}

/** Says that a resource is replaced; others do the work. */
export interface ReplaceStep extends StepBase {
  op: "replace";
  old?: ResourceState | undefined;
  new: ResourceState;
}

/** Deletes a resource. */
export interface DeleteStep extends StepBase {
  op: "delete" | "delete-replaced";
  old: ResourceState;
  new?: undefined;
  /** The deletion makes room for a replacement. */
  makesRoom?: boolean;
}

/** Forgets a resource that was deleted to be made again, and is not. */
export interface ForgetStep extends StepBase {
  op: "remove-pending-replace";
  old: ResourceState;
  new?: undefined;
}

/** Reads a resource as it is. */
export interface RefreshStep extends StepBase {
  op: "refresh";
  old: ResourceState;
  /** Undefined when it is gone. */
  new: ResourceState | undefined;
  /** What was found: set when it ran. */
  found?: Op;
}

/** One step of a run. */
export type Step = KeepStep | CreateStep | ReplaceStep | DeleteStep | ForgetStep | RefreshStep;

/** Whether a step is one of those that make up a replacement, which is shown and counted as one step. */
export function isPartOfReplacement(step: Step): boolean {
  return step.op === "create-replacement" || step.op === "delete-replaced" || step.op === "remove-pending-replace";
}

/** Steps of the providers that nobody declared are nobody's business. */
export function isHidden(step: Step): boolean {
  return isProviderType(parseUrn(step.urn).type) && parseUrn(step.urn).name === "default";
}

/** The state that a step is about. */
export function subject(step: Step): ResourceState {
  return step.op === "refresh" ? step.old : (step.new ?? step.old);
}

/** What is asked of a provider when inputs changed. */
export interface DiffResult extends Omit<DiffAnswer, "changes"> {
  changes: boolean;
  /** The names of inputs that differ, when the engine compared them itself. */
  changed?: string[];
}
