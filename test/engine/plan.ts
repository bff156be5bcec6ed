import type { ResourceState } from "./state";

/** What the planner remembers of a run. */
export interface Plan {
  /** Resources that this run has planned something for. */
  readonly operated: Set<string>;
  /** Resources that were deleted to be made again. */
  readonly deleted: Set<string>;
  /** The very states whose deletion is planned. */
  readonly deletions: Set<ResourceState>;
  /** For resources that are replaced along with another: the properties for which they are. */
  readonly dependentKeys: Map<string, string[]>;
  /** New URNs of resources that were found under an older one. */
  readonly aliases: Map<string, string>;
  /** The stack's URN, once it is registered. */
  root: string;
}

/** An empty plan. */
export function newPlan(): Plan {
  return {
    operated: new Set(),
    deleted: new Set(),
    deletions: new Set(),
    dependentKeys: new Map(),
    aliases: new Map(),
    root: "",
  };
}
