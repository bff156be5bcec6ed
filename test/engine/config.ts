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

/** Reads the configuration of a stack's settings. */
export function decryptConfig(settings: Record<string, unknown>, crypter: Crypter): Config {
  const entries = Object.entries(settings as Record<string, Node>).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    entries.map(([key, node]) => {
      const value = reveal(node, crypter);
      const isObject = typeof value === "object" && value !== null;
      const text = isObject ? JSON.stringify(value) : String(value);
      return [key, { text, secret: hasSecure(node), ...(isObject && { object: value }) }];
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
    steps.push(match[2] !== undefined ? Number(match[2]) : (match[3] ?? (match[1] as string)));
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

/** Takes a value out of a stack's settings. */
export function removeConfig(config: Record<string, unknown>, at: { key: string; path: Path }): void {
  const last = at.path.at(-1);
  if (last === undefined) {
    delete config[at.key];
    return;
  }
  const holder = at.path
    .slice(0, -1)
    .reduce<unknown>((node, step) => (node as Record<string, unknown> | undefined)?.[step], config[at.key]);
  if (Array.isArray(holder)) holder.splice(Number(last), 1);
  else if (typeof holder === "object" && holder !== null) delete (holder as Record<string, unknown>)[String(last)];
}
