import type { Changes, Diagnostic, Display, DisplayOptions } from "../events";
import { subject, type Op, type Step } from "../steps";
import { isStackUrn, parseUrn, stackType } from "../urn";
import { memberDifferences } from "./differences";
import { outputsText } from "./outputs";
import { marks, summaryText } from "./summary";

const doing: Partial<Record<Op, string>> = {
  create: "creating",
  update: "updating",
  delete: "deleting",
  replace: "replacing",
  "create-replacement": "creating replacement",
  "delete-replaced": "deleting original",
  refresh: "refreshing",
};

const did: Partial<Record<Op, string>> = {
  create: "created",
  update: "updated",
  delete: "deleted",
  replace: "replaced",
  "create-replacement": "created replacement",
  "delete-replaced": "deleted original",
  refresh: "refresh",
};

const would: Partial<Record<Op, string>> = {
  create: "create",
  update: "update",
  delete: "delete",
  replace: "replace",
  "create-replacement": "create replacement",
  "delete-replaced": "delete original",
  refresh: "refreshing",
};

interface Row {
  urn: string;
  op: Op;
  status: string;
  since: number;
  step?: Step;
  diagnostics: Diagnostic[];
}

/** The display of a run without a terminal: a line for every change of a resource, then diagnostics and a summary. */
export class ProgressDisplay implements Display {
  private readonly rows = new Map<string, Row>();
  private stackUrn = "";
  private started = false;

  constructor(private readonly options: DisplayOptions & { verb: string; stackName: string }) {}

  config(): void {
    // Shown by --show-config only, which nobody uses here.
  }

  private rowOf(urn: string): Row {
    const key = urn === "" || urn === this.stackUrn ? "" : urn;
    let row = this.rows.get(key);
    if (row === undefined) {
      row = { urn, op: "same", status: "", since: Date.now(), diagnostics: [] };
      this.rows.set(key, row);
    }
    return row;
  }

  diagnostic(diagnostic: Diagnostic): void {
    const row = this.rowOf(diagnostic.urn);
    row.diagnostics.push(diagnostic);
    if (diagnostic.severity === "warning" || diagnostic.severity === "error") this.printRow(row, firstLine(diagnostic));
  }

  before(step: Step): void {
    if (!this.started) this.options.write(`@ ${this.options.verb}....\n`);
    this.started = true;
    if (isStackUrn(step.urn) && this.stackUrn === "") this.stackUrn = step.urn;
    const row = this.rowOf(step.urn);
    Object.assign(row, { urn: step.urn, op: step.op, step, since: Date.now() });
    const names = this.options.isPreview ? would : doing;
    const retained = step.old?.retainOnDelete && /^(delete|replace)/.test(step.op) ? "[retain]" : "";
    const time = this.options.isPreview ? "" : " (0s)";
    row.status = step.op === "same" ? "" : `${names[step.op] ?? ""}${retained}${time}`;
    if (step.op === "same" && isStackUrn(step.urn)) row.status = "running";
    const last = row.diagnostics.at(-1);
    if (step.op !== "same" || last) this.printRow(row, last && firstLine(last));
  }

  outputs(step: Step, op: Op): void {
    const row = this.rowOf(step.urn);
    row.step = step;
    const isRefresh = step.op === "refresh";
    // A stack goes on until the run does.
    if (isStackUrn(step.urn) && !isRefresh) return;
    if (this.options.isPreview && !isRefresh) return;
    row.op = op === "refresh" ? "same" : op;
    const time = isRefresh || this.options.isPreview ? "" : ` (${seconds(Date.now() - row.since)}s)`;
    row.status = op === "same" || op === "refresh" ? "" : `${did[op] ?? ""}${time}`;
    if (!subject(step).custom && !isRefresh) return;
    if (op !== "same") this.printRow(row);
  }

  failed(step: Step): void {
    const row = this.rowOf(step.urn);
    row.status = `**${doing[step.op] ?? step.op} failed**`;
    const last = row.diagnostics.at(-1);
    if (!this.options.isPreview) this.printRow(row, last && firstLine(last));
  }

  summary(changes: Changes, elapsed: number): void {
    this.printStack();
    this.printDiagnostics();
    this.printOutputs();
    const errored = [...this.rows.values()].filter(({ diagnostics }) => diagnostics.some(isError)).length;
    this.options.write(`${summaryText(changes, { ...this.options, errored, seconds: elapsed })}\n`);
  }

  close(): void {
    // Everything was told as it came.
  }

  private printRow(row: Row, info = differenceInfo(row)): void {
    const { type, name } = row.urn === "" ? { type: stackType, name: this.options.stackName } : parseUrn(row.urn);
    this.options.write(` ${marks[row.op]} ${type} ${name} ${row.status} ${info}\n`);
  }

  private printStack(): void {
    const row = this.rows.get("");
    if (row === undefined) return;
    const failed = row.diagnostics.some(isError);
    const time = ` (${seconds(Date.now() - row.since)}s)`;
    if (row.status === "running") row.status = failed ? "**failed**" : "";
    // Nothing tells the end of a stack but the end of the run.
    else if (!failed && row.status.startsWith(doing[row.op] ?? "?")) row.status = `${did[row.op] ?? ""}${time}`;
    this.printRow(row, counts(row.diagnostics));
  }

  private printDiagnostics(): void {
    const rows = [...this.rows.values()].filter(({ diagnostics }) => diagnostics.length > 0);
    if (rows.length > 0) this.options.write("Diagnostics:\n");
    for (const row of rows) {
      const { type, name } = row.urn === "" ? { type: stackType, name: this.options.stackName } : parseUrn(row.urn);
      this.options.write(`  ${type} (${name}):\n`);
      for (const text of texts(row.diagnostics)) {
        const lines = text.trimEnd().split("\n");
        this.options.write(`${lines.map((line) => `    ${line.trimEnd()}\n`).join("")}\n`);
      }
    }
  }

  private printOutputs(): void {
    const step = this.rows.get("")?.step;
    if (step === undefined || step.op === "refresh") return;
    const shown = { ...this.options, isRefresh: false, isStack: true, truncate: !this.options.showFullOutput };
    const text = outputsText(step, 1, shown);
    if (text !== "") this.options.write(`Outputs:\n${text}\n`);
  }
}

function isError({ severity }: Diagnostic): boolean {
  return severity === "error";
}

function prefixed({ severity, message }: Diagnostic): string {
  return severity === "warning" || severity === "error" ? `${severity}: ${message}` : message;
}

function firstLine(diagnostic: Diagnostic): string {
  return prefixed(diagnostic).split("\n")[0] ?? "";
}

/** The texts of a resource's diagnostics. What came in lines of one stream, such as a program's output, is one text. */
function texts(diagnostics: Diagnostic[]): string[] {
  const streams = new Map<number, string[]>();
  const result: (string | string[])[] = [];
  for (const diagnostic of diagnostics) {
    const known = diagnostic.stream ? streams.get(diagnostic.stream) : undefined;
    if (known) known.push(diagnostic.message);
    else if (diagnostic.stream) {
      const lines = [prefixed(diagnostic)];
      streams.set(diagnostic.stream, lines);
      result.push(lines);
    } else result.push(prefixed(diagnostic));
  }
  return result.map((text) => (Array.isArray(text) ? text.join("\n") : text)).filter((text) => text.trim() !== "");
}

function counts(diagnostics: Diagnostic[]): string {
  const count = (test: (diagnostic: Diagnostic) => boolean, word: string): string[] => {
    const found = diagnostics.filter(test).length;
    return found === 0 ? [] : [`${String(found)} ${word}${found === 1 ? "" : "s"}`];
  };
  return [
    ...count(isError, "error"),
    ...count(({ severity }) => severity === "warning", "warning"),
    ...count(({ severity }) => severity.startsWith("info"), "message"),
  ].join("; ");
}

function seconds(milliseconds: number): string {
  return milliseconds >= 10_000 ? String(Math.round(milliseconds / 1000)) : (milliseconds / 1000).toFixed(2);
}

/** The names of the inputs that differ, as in `[diff: +a~b]`. */
function differenceInfo({ step }: Row): string {
  if (!step?.old?.inputs || !step.new?.inputs) return "";
  const differences = memberDifferences(step.old.inputs, step.new.inputs);
  const named = (mark: string, kinds: string[]): string => {
    const names = [...differences].filter(([, { kind }]) => kinds.includes(kind)).map(([name]) => name);
    return names.length > 0 ? mark + names.join(",") : "";
  };
  const text = named("+", ["add"]) + named("-", ["delete"]) + named("~", ["update", "list", "object"]);
  return text === "" ? "" : `[diff: ${text}]`;
}
