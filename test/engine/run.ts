import type { Config } from "./config";
import type { Changes, Display, Severity } from "./events";
import type { Project } from "./project";
import type { Providers } from "./providers";
import type { Snapshot } from "./snapshot";
import type { PendingOperation, ResourceState } from "./state";

/** What every part of a run shares. */
export interface Run {
  readonly project: Project;
  readonly stack: string;
  readonly config: Config;
  readonly dryRun: boolean;
  readonly parallel: number;
  readonly continueOnError: boolean;
  /** A program runs to say what is there, and everything is deleted at the end. */
  readonly destroying: boolean;
  /** Refreshing is all that the run does. */
  readonly refreshOnly: boolean;
  /** Whether a resource is one that the run is about. */
  readonly selected: (urn: string) => boolean;
  readonly display: Display;
  readonly snapshot: Snapshot;
  readonly providers: Providers;
  /** The state that the run starts from, dependencies first; a refresh replaces it. */
  base: ResourceState[];
  /** The same by URN, without what only waits for its deletion. */
  olds: Map<string, ResourceState>;
  readonly pending: PendingOperation[];
  /** What has been done, or would be. */
  readonly changes: Changes;
  /** Tells the user something. */
  tell(severity: Severity, message: string, urn?: string): void;
}

/** The states of a base that can be updated, by URN. */
export function byUrn(base: ResourceState[]): Map<string, ResourceState> {
  return new Map(base.filter((state) => !state.delete).map((state) => [state.urn, state]));
}
