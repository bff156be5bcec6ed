import { isDeepStrictEqual } from "node:util";
import {
  isCollection,
  isMap,
  isPair,
  isScalar,
  parseDocument,
  stringify,
  type Document,
  type Pair,
  type YAMLMap,
} from "yaml";

/**
 * Sets one value in the text of a YAML or JSON file, and leaves every other character as it is: comments, blank lines,
 * quotation marks, alignment, line ends. What is above the value is made where it is missing.
 *
 * @param text The file's text; it has to be readable, and a map.
 * @param path The keys that lead to the value: `["approvals", "manager"]`.
 * @param value What it is to be: texts, numbers, booleans, lists and objects of these.
 * @throws Error where the text cannot be edited so that exactly this changes.
 */
export function setInText(text: string, path: readonly string[], value: unknown): string {
  const before = parse(text).toJS() as unknown;
  const wanted = withValue(before, path, value);
  const edited = /^\s*\{/.test(text) ? jsonText(text, wanted) : edit(text, path, value);
  if (!isDeepStrictEqual(parse(edited).toJS(), wanted)) {
    throw new Error(`${path.join(".")} cannot be set by a program here: write it by hand`);
  }
  return edited;
}

function parse(text: string): Document {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw new Error(error.message);
  return document;
}

function withValue(data: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  const isObject = typeof data === "object" && data !== null && !Array.isArray(data);
  const map = isObject ? (data as Readonly<Record<string, unknown>>) : {};
  return { ...map, [key]: withValue(map[key], rest, value) };
}

function jsonText(text: string, data: unknown): string {
  const indent = /\n([ \t]+)\S/.exec(text)?.[1] ?? "  ";
  return `${JSON.stringify(data, null, indent)}${text.endsWith("\n") ? "\n" : ""}`;
}

function edit(text: string, path: readonly string[], value: unknown): string {
  const document = parse(text);
  // The nearest map that is there; below it everything is new.
  let depth = path.length - 1;
  while (depth > 0 && !isMap(document.getIn(path.slice(0, depth), true))) depth -= 1;
  const parent = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
  const key = path[depth] ?? "";
  if (!isMap(parent)) throw new Error("the file is no map of keys and values: write it by hand");
  return setKey(text, parent, key, withValue(undefined, path.slice(depth + 1), value));
}

function setKey(text: string, map: YAMLMap, key: string, value: unknown): string {
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  if (map.flow === true) {
    const [from = 0, to = 0] = map.range ?? [];
    const data = { ...(map.toJSON() as Readonly<Record<string, unknown>>), [key]: value };
    return text.slice(0, from) + flowText(data) + text.slice(to);
  }
  const pairs: readonly Pair[] = map.items;
  const column = columnOf(text, offsetOfKey(pairs[0]));
  const pair = rendered(key, value, column, end);
  const old = pairs.find((pair) => isScalar(pair.key) && pair.key.value === key);
  if (old !== undefined) {
    const from = offsetOfKey(old);
    return text.slice(0, from) + pair + text.slice(Math.max(endOf(text, old), from));
  }
  const last = pairs.at(-1);
  const lineEnd = text.indexOf("\n", last === undefined ? 0 : endOf(text, last));
  if (lineEnd < 0) return `${text}${end}${" ".repeat(column)}${pair}${end}`;
  return `${text.slice(0, lineEnd + 1)}${" ".repeat(column)}${pair}${end}${text.slice(lineEnd + 1)}`;
}

/** A pair as lines, the first without its indentation. */
function rendered(key: string, value: unknown, column: number, end: string): string {
  const lines = written({ [key]: value }).split("\n");
  return lines.map((line, index) => (index === 0 || line === "" ? line : " ".repeat(column) + line)).join(end);
}

function flowText(data: unknown): string {
  return written(data, "flow");
}

/** Data as YAML without the line's end. Texts that end in line breaks are in quotation marks: as a block they would end by what follows. */
function written(data: unknown, collectionStyle: "any" | "flow" = "any"): string {
  const blockQuote = !JSON.stringify(data).includes('\\n"');
  // No more than that one: other white space at the end may be part of a text.
  return stringify(data, { lineWidth: 0, collectionStyle, blockQuote }).replace(/\n$/, "");
}

function offsetOfKey(pair: Pair | undefined): number {
  return isScalar(pair?.key) ? (pair.key.range?.[0] ?? 0) : 0;
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf("\n", offset - 1) + 1);
}

/** Where the last character of a pair ends, without the comments and blank lines after it. */
function endOf(text: string, node: unknown): number {
  if (isPair(node)) return Math.max(endOf(text, node.value), endOf(text, node.key));
  if (isCollection(node) && node.flow !== true && node.items.length > 0) return endOf(text, node.items.at(-1));
  const end = (node as { readonly range?: readonly number[] | null } | null)?.range?.[1] ?? 0;
  return end - (/\r?\n*$/.exec(text.slice(0, end))?.[0].length ?? 0);
}
