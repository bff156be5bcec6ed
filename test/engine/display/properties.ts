import { parse } from "yaml";
import type { Op } from "../steps";
import {
  isObject,
  isSecret,
  resourceSignature,
  signatureKey,
  unknownValue,
  type Properties,
  type Value,
} from "../values";
import { differenceOf, isInternal, memberDifferences, type Difference } from "./differences";
import { lineDifference } from "./lines";
import { marks } from "./summary";

const longestLine = 150;
const mostLines = 3;

/** Cuts a text of many lines or of long ones. */
export function truncate(text: string): string {
  const lines = text.split("\n");
  const cut = lines.map((line) => (line.length > longestLine ? `${line.slice(0, longestLine)}...` : line));
  return cut.length > mostLines ? `${cut.slice(0, mostLines).join("\n")}\n...` : cut.join("\n");
}

/** Whether a value says anything. The CLI leaves out what does not. */
function saysSomething(value: Value): boolean {
  if (value === null || value === "") return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}

/** A nested value that a text holds as JSON or YAML, since such texts are compared by what they hold. */
function decoded(text: string): { value: Value; kind: "json" | "yaml" } | undefined {
  const read = (kind: "json" | "yaml", parser: (text: string) => unknown): ReturnType<typeof decoded> => {
    try {
      const value = parser(text) as Value;
      return typeof value === "object" && value !== null ? { value, kind } : undefined;
    } catch {
      return undefined;
    }
  };
  const trimmed = text.trim();
  if (/^[[{]/.test(trimmed))
    return read("json", JSON.parse) ?? (trimmed.includes("\n") ? read("yaml", parse) : undefined);
  // Reading YAML is slow, and a list of names is none.
  return trimmed.includes("\n") && /^\s*- |:(\s|$)/m.test(trimmed) ? read("yaml", parse) : undefined;
}

/** The members of what is printed as an object. */
function membersOf(value: Value): Properties | undefined {
  if (!isObject(value) || isSecret(value)) return undefined;
  return value[signatureKey] === resourceSignature ? { urn: value.urn ?? null, id: value.id ?? null } : value;
}

function primitiveText(value: Value): string {
  if (isSecret(value)) return "[secret]";
  if (value === null) return "<null>";
  return value === unknownValue ? "[unknown]" : JSON.stringify(value);
}

type Title = (printer: PropertyPrinter) => void;

interface Style {
  indent: number;
  op: Op;
  /** Whether lines carry the mark of their operation. */
  marked: boolean;
}

/** Prints properties and their differences the way the CLI does. */
export class PropertyPrinter {
  constructor(
    private readonly out: string[],
    private readonly style: Style,
    private readonly options: { truncate: boolean },
  ) {}

  private with(change: Partial<Style>): PropertyPrinter {
    return new PropertyPrinter(this.out, { ...this.style, ...change }, this.options);
  }

  private indented(by: number): PropertyPrinter {
    return this.with({ indent: this.style.indent + by });
  }

  private write(text: string): void {
    this.out.push(text);
  }

  private get indentation(): string {
    return "    ".repeat(this.style.indent);
  }

  private writeIndented(text: string): void {
    const { indentation } = this;
    const marked = this.style.marked && indentation !== "";
    this.write(marked ? `${indentation.slice(0, -2)}${marks[this.style.op]}${text}` : `${indentation}${text}`);
  }

  private shortened(text: string): string {
    return this.options.truncate ? truncate(text) : text;
  }

  /** Prints properties, in the order of their names. */
  object(properties: Properties): void {
    const names = Object.keys(properties).sort();
    const width = Math.max(0, ...names.map((name) => name.length));
    for (const name of names.filter((each) => !isInternal(each))) {
      this.title(name, width);
      this.value(properties[name] ?? null);
    }
  }

  private title(name: string, width: number): void {
    this.writeIndented(`${name.padEnd(width)}: `);
  }

  private value(value: Value): void {
    this.valueOnly(value);
    this.write("\n");
  }

  private valueOnly(value: Value): void {
    const members = membersOf(value);
    if (Array.isArray(value)) this.list(value);
    else if (members === undefined) this.primitive(value);
    else if (Object.keys(members).length === 0) this.write("{}");
    else {
      this.write("{\n");
      this.indented(1).object(members);
      this.write(`${this.indentation}}`);
    }
  }

  private list(elements: Value[]): void {
    this.write(elements.length === 0 ? "[" : "[\n");
    elements.forEach((element, index) => {
      this.writeIndented(`    [${String(index)}]: `);
      this.indented(1).value(element);
    });
    this.write(elements.length === 0 ? "]" : `${this.indentation}]`);
  }

  private primitive(value: Value): void {
    const nested = typeof value === "string" ? decoded(value) : undefined;
    if (nested === undefined) {
      this.write(primitiveText(typeof value === "string" ? this.shortened(value) : value));
      return;
    }
    this.write(`(${nested.kind}) `);
    // The CLI ends the line after a nested value itself: there is one empty line more.
    this.value(nested.value);
  }

  /** Prints the differences of two sets of properties; of those that are equal only if asked. */
  difference(
    old: Properties,
    next: Properties,
    options: { sames: boolean; only?: readonly string[] | undefined },
  ): void {
    const all = memberDifferences(old, next);
    const members = options.only ? new Map([...all].filter(([name]) => options.only?.includes(name))) : all;
    this.members(members, options.sames);
  }

  private members(members: Map<string, Difference>, sames: boolean): void {
    const width = Math.max(0, ...[...members.keys()].map((name) => name.length));
    for (const [name, difference] of members) {
      this.part((printer) => printer.title(name, width), difference, sames);
    }
  }

  private part(title: Title, difference: Difference, sames: boolean): void {
    switch (difference.kind) {
      case "add":
        this.whole("create", title, difference.value);
        break;
      case "delete":
        this.whole("delete", title, difference.value);
        break;
      case "same":
        if (sames && saysSomething(difference.value)) this.whole("same", title, difference.value);
        break;
      case "update":
        this.with({ op: "update", marked: true }).update(title, difference.old, difference.new);
        break;
      default:
        this.with({ op: "update", marked: true }).nested(title, difference, sames);
    }
  }

  private whole(op: Op, title: Title, value: Value): void {
    const printer = this.with({ op, marked: op !== "same" });
    title(printer);
    printer.value(value);
  }

  private nested(title: Title, difference: Extract<Difference, { kind: "object" | "list" }>, sames: boolean): void {
    title(this);
    if (difference.kind === "object") {
      this.write("{\n");
      this.indented(1).members(difference.members, sames);
      this.write(`${this.indentation}}\n`);
      return;
    }
    this.write("[\n");
    difference.elements.forEach((element, index) => {
      const elementTitle: Title = (printer) => {
        printer.indented(-1).writeIndented(`[${String(index)}]: `);
      };
      this.indented(2).part(elementTitle, element, true);
    });
    this.write(`${this.indentation}]\n`);
  }

  private update(title: Title, old: Value, next: Value): void {
    const isPrimitive = (value: Value): boolean => typeof value !== "object" || value === null || isSecret(value);
    if (!saysSomething(old) || !saysSomething(next) || !isPrimitive(old) || !isPrimitive(next)) {
      if (saysSomething(old)) this.whole("delete", title, old);
      if (saysSomething(next)) this.whole("create", title, next);
      return;
    }
    title(this);
    if (typeof old === "string" && typeof next === "string" && next !== unknownValue) {
      this.textDifference(old, next);
      return;
    }
    this.primitive(old);
    this.write(" => ");
    this.primitive(next);
    this.write("\n");
  }

  private textDifference(old: string, next: string): void {
    const [before, after] = [decoded(old), decoded(next)];
    if (before === undefined || after === undefined) {
      this.plainTextDifference(old, next);
      return;
    }
    const difference = differenceOf(before.value, after.value);
    if (difference.kind === "same") {
      this.plainTextDifference(JSON.stringify(old), JSON.stringify(next));
      return;
    }
    this.write(before.kind === after.kind ? `(${before.kind}) ` : `(${before.kind} => ${after.kind}) `);
    this.part(() => undefined, difference, true);
  }

  private plainTextDifference(old: string, next: string): void {
    if (!old.includes("\n") && !next.includes("\n")) {
      this.write(`${JSON.stringify(old)} => ${JSON.stringify(next)}\n`);
      return;
    }
    this.write("\n");
    for (const { mark, text } of lineDifference(old, next)) {
      const op: Op = mark === "+" ? "create" : mark === "-" ? "delete" : "same";
      const printer = this.with({ indent: this.style.indent + 1, op, marked: mark !== " " });
      printer.writeIndented(`${this.shortened(text)}\n`);
    }
  }
}
