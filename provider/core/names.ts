/**
 * Joins the parts of a natural key to the id of a resource. Parts are separated by `/`; within a part `%`, `/` and
 * control characters are percent-encoded, everything else stays as it is, so that ids remain readable.
 * Throws a RangeError for a part that is empty, because the result could not be told from another key.
 *
 * @example
 * formatId(["analysts", "ana@example.com"]) // "analysts/ana@example.com"
 * formatId(["a/b", "c"])                    // "a%2Fb/c"
 */
export function formatId(parts: readonly string[]): string {
  if (parts.length === 0 || parts.some((part) => part === "")) throw new RangeError("a part of an id is empty");
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return parts.map((part) => part.replace(/[%/\u0000-\u001f\u007f-\u009f]/g, percentEncode)).join("/");
}

function percentEncode(character: string): string {
  return "%" + character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0");
}

/**
 * Makes a test for names out of ignore patterns. `*` stands for any run of characters (also none), `?` for exactly
 * one, and `\` takes the special meaning from the character after it; everything else stands for itself. Patterns
 * match a whole name and tell upper from lower case. These are patterns for names and not for paths: `*` also matches
 * `/`, `.` and `@`, which names of people are full of.
 *
 * @example
 * matcher(["svc_*", "root"])("svc_backup") // true
 */
export function matcher(patterns: readonly string[]): (name: string) => boolean {
  const tests = patterns.map((pattern) => new RegExp(`^${patternSource(pattern)}$`, "su"));
  return (name) => tests.some((test) => test.test(name));
}

function patternSource(pattern: string): string {
  return pattern.replace(/\\(.)|[\s\S]/gsu, (character, escaped: string | undefined) => {
    if (escaped !== undefined) return escapeRegExp(escaped);
    if (character === "*") return ".*";
    if (character === "?") return ".";
    return escapeRegExp(character);
  });
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
