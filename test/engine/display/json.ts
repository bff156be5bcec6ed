import { storeResource, type ResourceState } from "../state";
import { isPartOfReplacement, subject, type Op, type Step } from "../steps";
import { isStackUrn } from "../urn";
import { blind, type Properties } from "../values";
import type { Changes, Diagnostic, Display, DisplayOptions } from "../events";

interface Digest {
  config?: Record<string, string>;
  steps?: object[];
  diagnostics?: object[];
  duration?: number;
  changeSummary?: Changes;
}

/** `preview --json`: one document at the end. */
export class JsonDisplay implements Display {
  private readonly digest: Digest = {};

  constructor(private readonly options: DisplayOptions) {}

  config(values: Record<string, string>): void {
    if (Object.keys(values).length > 0) this.digest.config = values;
  }

  diagnostic({ urn, severity, message }: Diagnostic): void {
    const prefix = severity === "warning" || severity === "error" ? `${severity}: ` : "";
    const diagnostics = (this.digest.diagnostics ??= []);
    diagnostics.push({ ...(urn && { urn }), message: `${prefix}${message}\n`, severity });
  }

  before(step: Step): void {
    if (!isShown(step)) return;
    const { op, urn, old, new: made, keys = [] } = step;
    const { provider } = subject(step);
    (this.digest.steps ??= []).push({
      op,
      urn,
      ...(provider && { provider }),
      ...(old && { oldState: stateForEyes(old) }),
      ...(made && { newState: stateForEyes(made) }),
      ...(step.diffs?.length && { diffReasons: step.diffs }),
      ...(keys.length > 0 && { replaceReasons: keys }),
      detailedDiff: step.diffs ? detailedDiff(step) : null,
    });
  }

  outputs(_step: Step, _op: Op): void {
    // A preview has no outputs to wait for.
  }

  failed(_step: Step): void {
    // Told as a diagnostic.
  }

  summary(changes: Changes, seconds: number): void {
    this.digest.duration = Math.round(seconds * 1e9);
    // None where the run ended before the program began.
    if (Object.keys(changes).length > 0) this.digest.changeSummary = changes;
  }

  close(): void {
    this.options.write(`${JSON.stringify(this.digest, null, 4)}\n`);
  }
}

function detailedDiff({ old, new: made, diffs = [] }: Step): object {
  const kind = (name: string): string => {
    if (old?.inputs?.[name] === undefined) return "add";
    return made?.inputs?.[name] === undefined ? "delete" : "update";
  };
  return Object.fromEntries(diffs.map((name) => [name, { kind: kind(name), inputDiff: true }]));
}

/** Whether a step is one that people are shown. */
export function isShown(step: Step): boolean {
  if (step.op === "same") return isStackUrn(step.urn) || (step.old.protect ?? false) !== (step.new.protect ?? false);
  return !isPartOfReplacement(step);
}

function stateForEyes(state: ResourceState): Record<string, unknown> {
  const hide = (properties: Properties | undefined): Properties | undefined =>
    properties && (blind(properties) as Properties);
  const { inputs, outputs, ...rest } = state;
  return storeResource({ ...rest, inputs: hide(inputs) ?? {}, outputs: hide(outputs) ?? {} }, () => {
    throw new Error("a secret was left in what people see");
  });
}
