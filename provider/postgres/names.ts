import { plainNames } from "../core/lines.js";
import { remembered } from "../core/remembered.js";

/** PostgreSQL cuts a longer name without an error: NAMEDATALEN is 64, one byte of it ends the text. */
const LONGEST_NAME = 63;

/** The longest name that any dialect takes, in bytes: that of Redshift. Each dialect checks its own. */
const LONGEST_OF_ALL = 127;

/** Why no server would take the name of a role as it is; undefined where one would. */
export function refusedRoleName(name: string): string | undefined {
  return refusedName(name, LONGEST_OF_ALL);
}

/** The same for a role that is there already; PostgreSQL's own (`pg_monitor`) are allowed. */
export function refusedExistingName(name: string): string | undefined {
  return name.startsWith("pg_") ? undefined : refusedRoleName(name);
}

/** Letters, digits and a few signs of ASCII, and not many of them: nothing of a length or of odd characters is in it. */
const USUAL = /^[\w.@-]{1,63}$/;

/** What is in a list of names, one a line, where one of them is not usual or is a word of PostgreSQL's own. */
const NOT_USUAL = /[^\w.@\n-]|^(?:pg_|public$|none$)/m;

/**
 * Whether a list (core/lines.ts) holds names and nothing else, all of which every server takes as they are. Where it
 * says no, each entry has to be looked at.
 */
export const areUsualNames: (lines: string) => boolean = remembered(
  (lines) =>
    !NOT_USUAL.test(lines) && plainNames(lines)?.every(({ length }) => length > 0 && length <= LONGEST_NAME) === true,
);

/** Why the server would not take a name as it is; undefined where it would. */
export function refusedName(name: string, longest = LONGEST_NAME): string | undefined {
  const odd = USUAL.test(name) ? undefined : refusedCharacters(name, longest);
  if (odd !== undefined) return odd;
  if (name.startsWith("pg_")) return "begins with pg_, which PostgreSQL keeps for its own roles";
  if (name === "public" || name === "none") return "is a word that PostgreSQL keeps for itself";
  return undefined;
}

function refusedCharacters(name: string, longest: number): string | undefined {
  const bytes = Buffer.byteLength(name, "utf8");
  if (bytes === 0) return "must not be empty";
  if (bytes > longest) {
    const server = longest === LONGEST_NAME ? "PostgreSQL" : "the server";
    return `is ${String(bytes)} bytes long in UTF-8, and ${server} takes ${String(longest)}; it would cut the rest`;
  }
  if (name.includes("\u0000")) return "must not hold a NUL character";
  if (!name.isWellFormed()) return "holds half of a surrogate pair, which is not Unicode text";
  return undefined;
}
