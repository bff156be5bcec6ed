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

/** One step of a run. */
export interface Step {
  op: Op;
  urn: string;
  old?: ResourceState | undefined;
  new?: ResourceState | undefined;
  /** The properties that differ, where the engine itself compared them. */
  diffs?: string[] | undefined;
  /** The properties for which a resource is replaced. */
  keys?: string[] | undefined;
  /** Creates the replacement while the old resource still stands; it is deleted at the end. */
  deletesLater?: boolean;
  /** A deletion that makes room for its replacement. */
  replaces?: boolean;
  /** Answers the registration that the step came from. */
  done?: ((registered: Registered) => void) | undefined;
  /** What a refresh found: set when it ran. */
  refreshed?: Op;
}

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
  return (step.op === "refresh" ? step.old : (step.new ?? step.old)) as ResourceState;
}

/** What is asked of a provider when inputs changed. */
export interface DiffResult extends Omit<DiffAnswer, "changes"> {
  changes: boolean;
  /** The names of inputs that differ, when the engine compared them itself. */
  changed?: string[];
}
