import type { Op, Step } from "./steps";

/** How bad a message is. */
export type Severity = "info" | "info#err" | "warning" | "error";

/** Something to tell the user, about a resource or about the run. */
export interface Diagnostic {
  /** Empty for the run as a whole. */
  urn: string;
  severity: Severity;
  message: string;
  /** Messages of one stream are one text. */
  stream?: number | undefined;
}

/** What a run did or would do, by kind of step. */
export type Changes = Partial<Record<Op, number>>;

/** What a run tells of itself while it goes on. */
export interface Display {
  /** The configuration, secrets blinded. */
  config(values: Record<string, string>): void;
  diagnostic(diagnostic: Diagnostic): void;
  /** A step begins. */
  before(step: Step): void;
  /** A step, or the outputs of a component, are complete. */
  outputs(step: Step, op: Op): void;
  failed(step: Step): void;
  /** The run is over. */
  summary(changes: Changes, seconds: number): void;
  /** Nothing more will be told. */
  close(): void;
}

/** What every display needs to know. */
export interface DisplayOptions {
  isPreview: boolean;
  isRefresh: boolean;
  showFullOutput: boolean;
  write: (text: string) => void;
  writeError: (text: string) => void;
}
