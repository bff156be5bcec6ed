import { CliError } from "./errors";
import type { Crypter } from "./secrets";

/** A configuration value as the settings file has it: a text, a nested object or list, secrets as `{ secure }`. */
type Node = string | number | boolean | null | Node[] | { [key: string]: Node };

/** A value of the configuration, decrypted. Nested ones are JSON text. */
export interface ConfigValue {
  text: string;
  secret: boolean;
  /** The nested value, of one that is not a mere text. */
  object?: unknown;
}

/** The configuration by full name, `namespace:name`. */
export type Config = Record<string, ConfigValue>;

/** The full name of a key: the project's own need no namespace. */
export function fullKey(project: string, key: string): string {
  return key.includes(":") ? key : `${project}:${key}`;
}

function isSecure(node: Node | undefined): node is { secure: string } {
  return typeof node === "object" && node !== null && "secure" in node && Object.keys(node).length === 1;
}

function hasSecure(node: Node): boolean {
  if (typeof node !== "object" || node === null) return false;
  return isSecure(node) || Object.values(node).some(hasSecure);
}

function reveal(node: Node, crypter: Crypter): unknown {
  if (Array.isArray(node)) return node.map((element) => reveal(element, crypter));
  if (typeof node !== "object" || node === null) return node;
  if (isSecure(node)) return crypter.decrypt(node.secure);
  return Object.fromEntries(
    Object.keys(node)
      .sort()
      .map((key) => [key, reveal(node[key] as Node, crypter)]),
  );
}

/** A value as text: what is nested, as JSON. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Reads the configuration of a stack's settings. */
export function decryptConfig(settings: Record<string, unknown>, crypter: Crypter): Config {
  const entries = Object.entries(settings as Record<string, Node>).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    entries.map(([key, node]) => {
      const value = reveal(node, crypter);
      const isObject = typeof value === "object" && value !== null;
      return [key, { text: textOf(value), secret: hasSecure(node), ...(isObject && { object: value }) }];
    }),
  );
}

type Path = (string | number)[];

/** Splits `a.b[0]["c"]` into its steps. */
export function parsePath(text: string): Path {
  const steps: Path = [];
  const pattern = /\.?([^.[\]"]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]/gy;
  for (let at = 0; at < text.length; at = pattern.lastIndex) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) throw new CliError(`invalid configuration key: invalid path "${text}"`);
    steps.push(match[2] !== undefined ? Number(match[2]) : (match[3] ?? match[1] ?? ""));
  }
  return steps;
}

/** The key and the path inside its value that `--path` gives. */
export function splitPath(project: string, key: string): { key: string; path: Path } {
  const colon = key.indexOf(":");
  const [head, ...path] = parsePath(key.slice(colon + 1));
  if (typeof head !== "string") throw new CliError("invalid configuration key: the path must start with a name");
  return { key: fullKey(project, key.slice(0, colon + 1) + head), path };
}

/** What a nested text stands for: the CLI stores numbers and truth values as such, inside objects and lists only. */
function nestedValue(text: string): Node {
  if (text === "true" || text === "false") return text === "true";
  return /^(0|-?[1-9]\d*)$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : text;
}

/** Sets a value in a stack's settings. */
export function setConfig(
  config: Record<string, unknown>,
  at: { key: string; path: Path },
  text: string,
  crypter: Crypter | undefined,
): void {
  const value: Node = crypter === undefined ? text : { secure: crypter.encrypt(text) };
  const root = config as Record<string, Node>;
  if (at.path.length === 0) {
    root[at.key] = value;
    return;
  }
  root[at.key] = withValue(root[at.key], at.path, typeof value === "string" ? nestedValue(value) : value);
}

function withValue(node: Node | undefined, [step, ...rest]: Path, value: Node): Node {
  if (step === undefined) return value;
  if (typeof step === "number") {
    const list = Array.isArray(node) ? [...node] : [];
    if (step > list.length) throw new CliError("invalid configuration key: array index out of range");
    list[step] = withValue(list[step], rest, value);
    return list;
  }
  const members = typeof node === "object" && node !== null && !Array.isArray(node) && !isSecure(node) ? node : {};
  return { ...members, [step]: withValue(members[step], rest, value) };
}

/** A stack's settings without a value. */
export function withoutConfig(
  config: Record<string, unknown>,
  at: { key: string; path: Path },
): Record<string, unknown> {
  return without(config as Record<string, Node>, [at.key, ...at.path]) as Record<string, unknown>;
}

function without(node: Node, [step, ...rest]: Path): Node {
  if (typeof node !== "object" || node === null) return node;
  const change = (member: Node, name: string | number): Node[] => {
    if (name !== step) return [member];
    return rest.length === 0 ? [] : [without(member, rest)];
  };
  if (Array.isArray(node)) return node.flatMap(change);
  const kept = Object.entries(node).flatMap(([name, member]) =>
    change(member, name).map((value) => [name, value] as const),
  );
  return Object.fromEntries(kept);
}
