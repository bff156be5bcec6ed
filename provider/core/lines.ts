import { remembered } from "./remembered.js";

/**
 * Large lists travel between program, engine and provider as one text, because every element of a nested array costs
 * Pulumi's SDK and engine dearly, and because Pulumi shows a text as a line diff. This grammar is stored in users'
 * state: **it is frozen**; a later version may only add attributes.
 *
 * One entry a line, each line ended by a newline, sorted by name (UTF-16 code units), no name twice:
 *
 *     ana
 *     rui<TAB>{"admin":true}
 *     "a name with a\nnewline"
 *
 * The name stands as it is, or as a JSON string where it holds a control character or half of a surrogate pair, or
 * starts with a quotation mark. Attributes follow after a tab, as JSON with sorted keys, only where something differs
 * from the default.
 */
export interface Entry {
  /** The name, never empty. */
  readonly name: string;
  /** What differs from the default for this entry; absent when nothing does. */
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/**
 * Writes entries as one text. The order of the input does not matter. Throws a RangeError when a name is empty or
 * stands twice with different attributes.
 *
 * @example
 * encodeLines([{ name: "rui" }, { name: "ana" }]) // "ana\nrui\n"
 */
export function encodeLines(entries: Iterable<Entry>): string {
  const list = [...entries];
  // Most lists come sorted, and a large one is not taken apart for nothing.
  if (isSorted(list.map(({ name }) => name))) return list.map((entry) => `${encodeLine(entry)}\n`).join("");
  const lines = new Map<string, string>();
  for (const entry of list) {
    if (entry.name === "") throw new RangeError("a name in a list is empty");
    const line = encodeLine(entry);
    const other = lines.get(entry.name);
    if (other !== undefined && other !== line) {
      throw new RangeError(`the name ${JSON.stringify(entry.name)} stands twice in a list, with different attributes`);
    }
    lines.set(entry.name, line);
  }
  const names = [...lines.keys()].sort();
  return names.map((name) => `${lines.get(name) ?? ""}\n`).join("");
}

/** Whether each name is behind the one before it, so that none is empty and none stands twice. */
function isSorted(names: readonly string[]): boolean {
  let before = "";
  for (const name of names) {
    if (name <= before) return false;
    before = name;
  }
  return true;
}

/**
 * Reads a text that `encodeLines` wrote. Throws a RangeError that names the line where the text is not of the grammar.
 *
 * @example
 * decodeLines("ana\nrui\n") // [{ name: "ana" }, { name: "rui" }]
 */
export function decodeLines(text: string): Entry[] {
  if (text === "") return [];
  const plain = plainNames(text);
  if (plain !== undefined) return plain.map((name) => ({ name }));
  if (!text.endsWith("\n")) throw new RangeError("the last line of a list does not end with a newline");
  return text.slice(0, -1).split("\n").map(decodeLine);
}

// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const NOT_PLAIN = /["\u0000-\u0009\u000b-\u001f\u007f-\u009f]|\p{Surrogate}/u;

/**
 * The names of a text that `encodeLines` would write in the same way and that holds nothing but names, each as it is.
 * Nearly all large lists are like that, and need not be taken apart and written anew. Undefined for every other text.
 *
 * @example
 * plainNames("ana\nrui\n") // ["ana", "rui"]
 * plainNames("rui\nana\n") // undefined: not sorted
 */
export const plainNames: (text: string) => readonly string[] | undefined = remembered((text) => {
  if (NOT_PLAIN.test(text) || !text.endsWith("\n")) return undefined;
  const names = text.slice(0, -1).split("\n");
  return isSorted(names) ? names : undefined;
});

/** `encodeLines` for entries that are names and nothing else. */
export function encodeNames(names: Iterable<string>): string {
  return encodeLines([...names].map((name) => ({ name })));
}

/** The names in a text that `encodeLines` wrote, without their attributes. */
export function decodeNames(text: string): string[] {
  return decodeLines(text).map((entry) => entry.name);
}

// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const NEEDS_QUOTES = /^"|[\u0000-\u001f\u007f-\u009f]|\p{Surrogate}/u;

function encodeLine({ name, attributes }: Entry): string {
  const written = NEEDS_QUOTES.test(name) ? printable(JSON.stringify(name)) : name;
  // Most entries of a large list are a name alone.
  if (attributes === undefined || Object.keys(attributes).length === 0) return written;
  const said = canonicalJson(attributes);
  return said === "{}" ? written : `${written}\t${printable(said)}`;
}

/** JSON leaves the control characters from DEL on as they are; a terminal that shows a list must not obey them. */
function printable(json: string): string {
  return json.replace(/[\u007f-\u009f]/g, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function decodeLine(line: string, index: number): Entry {
  const tab = line.indexOf("\t");
  const written = tab < 0 ? line : line.slice(0, tab);
  try {
    const name = written.startsWith('"') ? (JSON.parse(written) as string) : written;
    if (name === "") throw new RangeError("the name is empty");
    if (tab < 0) return { name };
    const attributes: unknown = JSON.parse(line.slice(tab + 1));
    if (!isObject(attributes)) throw new RangeError("what stands after the tab is no object");
    return { name, attributes };
  } catch (error) {
    throw new RangeError(`line ${String(index + 1)} of a list cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * JSON with the keys of every object sorted and no white space, so that equal values give equal texts.
 *
 * @example
 * canonicalJson({ b: 1, a: 2 }) // '{"a":2,"b":1}'
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
