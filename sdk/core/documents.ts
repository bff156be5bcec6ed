import { readFileSync } from "node:fs";
import {
  LineCounter,
  isMap,
  isScalar,
  parseAllDocuments,
  type Document,
  type Node,
  type Pair,
  type YAMLParseError,
} from "yaml";
import type * as z from "zod";
import type { DocumentProblem, Place } from "./place.js";

export type { DocumentProblem, Place };

/** A path to a value within a document, as zod gives it: `["users", 0, "name"]`. */
export type Path = readonly PropertyKey[];

/** What was read of a file. */
export interface ReadDocument<T> {
  /** Undefined where there are problems. */
  readonly data: T | undefined;
  /** All that is wrong; none where there is data. */
  readonly problems: readonly DocumentProblem[];
  /** Where a value stands; for a key that is not there, where it should. */
  readonly placeOf: (path: Path) => Place;
}

/**
 * Reads a YAML or JSON file (YAML 1.2, of which JSON is a part) and holds it against a schema. Throws nothing for what
 * stands in the file: all problems come back at once, each with its place.
 *
 * @param file The file's name, for messages.
 * @param schema What is expected; its messages are what people read.
 * @param text The file's text. Default: what the file holds.
 */
export function readDocument<T>(file: string, schema: z.ZodType<T>, text = readText(file)): ReadDocument<T> {
  const lines = new LineCounter();
  const [document, second] = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  if (document === undefined || isNothing(document)) return failed(file, at, [{ ...at(0), message: EMPTY }]);
  // One mistake in the marks of YAML makes others of what follows: the first is the one to mend.
  const [mark] = document.errors;
  const broken = mark === undefined ? [] : [{ ...at(mark.pos[0]), message: markMessage(mark, text) }];
  if (second !== undefined) {
    const { range } = second as Document;
    broken.push({ ...at(range?.[0] ?? 0), message: SECOND });
  }
  if (broken.length > 0) return failed(file, at, broken);
  const placeOf = (path: Path): Place => at(offsetOf(document, path));
  const parsed = schema.safeParse(document.toJS({ maxAliasCount: 100 }));
  if (parsed.success) return { data: parsed.data, problems: [], placeOf };
  const problems = parsed.error.issues.flatMap((issue) => problemsOf(issue, placeOf));
  return { data: undefined, problems, placeOf };
}

/** The message of a schema for keys that it does not know: one a key, each on a line. */
export function keyMessages(keys: readonly string[], message: (key: string) => string): string {
  return keys.map((key) => message(key).replaceAll("\n", " ")).join("\n");
}

const EMPTY = "holds nothing; to say that there is nothing, write []";
const SECOND = "a second document begins here (---), and a file holds one: take the line out, or make two files";

/** What a file holds, without the mark that some editors put at its beginning. */
export function readText(file: string): string {
  return readFileSync(file, "utf8").replace(/^\uFEFF/, "");
}

function isNothing({ contents, errors }: { contents: unknown; errors: readonly unknown[] }): boolean {
  return errors.length === 0 && (contents === null || (isScalar(contents) && contents.value === null));
}

function failed<T>(file: string, at: (offset: number) => Place, problems: readonly DocumentProblem[]): ReadDocument<T> {
  return { data: undefined, problems, placeOf: () => ({ ...at(0), file }) };
}

function problemsOf(issue: z.core.$ZodIssue, placeOf: (path: Path) => Place): DocumentProblem[] {
  if (issue.code === "invalid_union") {
    const within = issuesWithin(issue);
    if (within.length > 0) return within.flatMap((each) => problemsOf(each, placeOf));
  }
  if (issue.code !== "unrecognized_keys") {
    return [{ ...placeOf(issue.path), message: `${subject(issue.path)}${issue.message}` }];
  }
  const messages = issue.message.split("\n");
  return issue.keys.map((key, index) => ({
    ...placeOf([...issue.path, key]),
    message: messages[index] ?? issue.message,
  }));
}

/**
 * Where a value can be of several forms: what is wrong in the one whose shape it has, of several such in the one that
 * knows most of its keys, and then asks for least; nothing where it has the shape of none.
 */
function issuesWithin({ errors, path }: z.core.$ZodIssueInvalidUnion): z.core.$ZodIssue[] {
  const strange = (issues: readonly z.core.$ZodIssue[]): number =>
    issues.reduce((sum, each) => sum + (each.code === "unrecognized_keys" ? each.keys.length : 0), 0);
  const [meant] = errors
    .filter((issues) => issues.every((each) => each.path.length > 0 || each.code === "unrecognized_keys"))
    .sort((a, b) => strange(a) - strange(b) || a.length - b.length);
  return (meant ?? []).map((issue) => ({ ...issue, path: [...path, ...issue.path] }));
}

/** What a message is about: `privileges `, `item 2 of databases `; nothing for an entry of the file itself. */
function subject(path: Path): string {
  const key = path.findLast((part) => typeof part === "string");
  if (key === undefined) return "";
  const item = path.at(-1);
  return typeof item === "number" ? `item ${String(item + 1)} of ${key} ` : `${key} `;
}

/** What is wrong with the marks of YAML, for people who do not know its grammar. */
function markMessage({ code, message, pos }: Pick<YAMLParseError, "code" | "message" | "pos">, text: string): string {
  const line = text.slice(text.lastIndexOf("\n", pos[0] - 1) + 1);
  if (/^[ ]*\t/.test(line)) return "this line is indented with a tab: put spaces in its place, as YAML knows no tabs";
  switch (code) {
    case "DUPLICATE_KEY":
      return "this key stands here twice: keep one of them; another entry of a list begins with a dash of its own";
    case "BLOCK_AS_IMPLICIT_KEY":
    case "BAD_INDENT":
      return "from here on the lines are not indented alike, or a bracket is not closed: let the keys of an entry begin in one column, and close [ with ]";
    case "MISSING_CHAR":
      return "a quotation mark or a bracket is opened before here and not closed: close it";
    default:
      return `this is not YAML: ${message}`;
  }
}

/** Where the value of a path begins, or the key of it where the value is nothing; else the nearest thing around it. */
function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = document.getIn(path.slice(0, length - 1), true) as Node | undefined;
    const last = path[length - 1];
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(last));
      if (pair !== undefined) return startOf(pair);
    }
    const node = document.getIn(path.slice(0, length), true) as Node | undefined;
    if (node?.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}

/** Keys are named by what is wrong with their values; the key is where the eye looks first. */
function startOf({ key }: Pair): number {
  return (key as Node).range?.[0] ?? 0;
}
