import type { Changes, Diagnostic, Display, DisplayOptions } from "../events";
import { subject, type Op, type Step } from "../steps";
import { isStackUrn } from "../urn";
import { isShown } from "./json";
import { outputsText } from "./outputs";
import { PropertyPrinter } from "./properties";
import { marks, summaryText } from "./summary";

/** `--diff`: every step with its properties. */
export class DiffDisplay implements Display {
  private readonly seen = new Map<string, Step>();
  private errored = 0;

  constructor(private readonly options: DisplayOptions) {}

  config(): void {
    // Shown by --show-config only, which nobody uses here.
  }

  diagnostic({ severity, message }: Diagnostic): void {
    const prefix = severity === "warning" || severity === "error" ? `${severity}: ` : "";
    this.options.writeError(`${prefix}${message}\n`);
  }

  before(step: Step): void {
    this.seen.set(step.urn, step);
    if (!isShown(step) || step.op === "refresh") return;
    this.options.write(this.header(step, step.op) + (step.op === "same" ? "" : this.details(step)));
  }

  outputs(step: Step, op: Op): void {
    const isStack = isStackUrn(step.urn);
    const isRefresh = step.op === "refresh";
    if (!isStack && !isShown(step)) return;
    if (isRefresh && op === "update") {
      this.options.write(this.header(step, op) + this.details(step));
      return;
    }
    const withText = !this.options.isPreview || isRefresh || isStack;
    const indent = this.indentOf(step) + 1;
    const shown = { ...this.options, isRefresh, isStack, truncate: !this.options.showFullOutput };
    const text = withText && !(step.old?.initErrors ?? []).length ? outputsText(step, indent, shown) : "";
    if (isRefresh && (op !== "refresh" || text !== "" || isStack)) this.options.write(this.header(step, op));
    if (text !== "") this.options.write(`${"    ".repeat(indent)}--outputs:--\n${text}`);
  }

  failed(): void {
    this.errored++;
  }

  summary(changes: Changes, seconds: number): void {
    this.options.write(summaryText(changes, { ...this.options, errored: this.errored, seconds }));
  }

  close(): void {
    // Everything was told as it came.
  }

  private indentOf(step: Step): number {
    let indent = 0;
    for (let parent = subject(step).parent; parent;) {
      const above = this.seen.get(parent);
      if (above === undefined) break;
      if (isStackUrn(parent) || isShown(above)) indent++;
      parent = subject(above).parent;
    }
    return indent;
  }

  private header(step: Step, op: Op): string {
    const indentation = "    ".repeat(this.indentOf(step));
    const { old, new: made } = step;
    const unlocked = old?.protect && made && !made.protect;
    const locked = old?.protect === true || made?.protect === true;
    const lock = unlocked ? " 🔓" : locked ? " 🔒" : "";
    const retained = old?.retainOnDelete && (op === "delete" || op === "replace") ? "[retain]" : "";
    const lines = [`${indentation}${marks[op]}${subject(step).type}: (${op}${retained})${lock}`];
    if (old?.id) lines.push(`${indentation}    [id=${old.id}]`);
    lines.push(`${indentation}    [urn=${step.urn}]`);
    return `${lines.join("\n")}\n`;
  }

  private details(step: Step): string {
    const out: string[] = [];
    const { op, old, new: made } = step;
    const style = { indent: this.indentOf(step) + 1, op, marked: false };
    const printer = new PropertyPrinter(out, style, { truncate: !this.options.showFullOutput });
    if (old === undefined) printer.object(made?.outputs ?? made?.inputs ?? {});
    else if (made === undefined) printer.object(old.inputs ?? {});
    else if (made.outputs && op === "refresh") printer.difference(old.outputs ?? {}, made.outputs, { sames: true });
    else printer.difference(old.inputs ?? {}, made.inputs ?? {}, { sames: true, only: step.diffs });
    return out.join("");
  }
}
