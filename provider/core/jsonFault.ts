/** What may stand where, within a list or an object and outside of them. */
type Wanted = "a value" | "a value or ]" | "a key" | "a key or }" | ":" | "what follows a value";

const SPACE = /[ \t\r\n]*/y;
const TEXT = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y; // eslint-disable-line no-control-regex -- JSON has no bare ones in texts
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** As much of a text as shows where it is. */
const SHOWN = 20;

/**
 * Where a text stops being JSON: of some mistakes JSON.parse says at which position they are, of others only what
 * stands around them.
 *
 * @example
 * jsonFault('{\n  "version": 1,\n}') // 'line 3, column 1: "}"'
 */
export function jsonFault(text: string): string {
  const at = faultAt(text) ?? text.length;
  const before = text.slice(0, at).split("\n");
  const place = `line ${String(before.length)}, column ${String((before.at(-1) ?? "").length + 1)}`;
  const [rest = ""] = text.slice(at, at + SHOWN).split("\n");
  return `${place}: ${at >= text.length ? "it ends there" : JSON.stringify(rest)}`;
}

/** The position of the first thing that JSON cannot have there; undefined where all is JSON. */
export function faultAt(text: string): number | undefined {
  const open: ("{" | "[")[] = [];
  let wanted: Wanted = "a value";
  let at = 0;
  /** The position behind what a pattern finds here; -1 where it finds nothing. */
  const behind = (pattern: RegExp): number => {
    pattern.lastIndex = at;
    return pattern.test(text) ? pattern.lastIndex : -1;
  };
  for (;;) {
    at = behind(SPACE);
    const next = text[at];
    if (next === undefined) return wanted === "what follows a value" && open.length === 0 ? undefined : at;
    const step = stepFrom(wanted, next, open);
    if (step !== undefined) {
      wanted = step;
      at += 1;
      continue;
    }
    const isKey = wanted.startsWith("a key");
    if (!isKey && !wanted.startsWith("a value")) return at;
    const end = Math.max(behind(TEXT), isKey ? -1 : behind(SCALAR));
    if (end < 0) return at;
    at = end;
    wanted = isKey ? ":" : "what follows a value";
  }
}

/** What is wanted after a mark of JSON; undefined for what is none, or cannot stand there. `open` is kept up. */
function stepFrom(wanted: Wanted, next: string, open: ("{" | "[")[]): Wanted | undefined {
  if ((next === "{" || next === "[") && wanted.startsWith("a value")) {
    open.push(next);
    return next === "{" ? "a key or }" : "a value or ]";
  }
  if (next === ":" && wanted === ":") return "a value";
  const inner = open.at(-1);
  const isAfter = wanted === "what follows a value";
  if (next === "," && isAfter && inner !== undefined) return inner === "{" ? "a key" : "a value";
  const [opened, empty] = next === "}" ? ["{", "a key or }"] : next === "]" ? ["[", "a value or ]"] : [];
  if (opened === undefined || inner !== opened || !(isAfter || wanted === empty)) return undefined;
  open.pop();
  return "what follows a value";
}
