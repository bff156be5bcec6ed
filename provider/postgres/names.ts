/** PostgreSQL cuts a longer name without an error: NAMEDATALEN is 64, one byte of it ends the text. */
const LONGEST_NAME = 63;

/** Why the server would not take a name as it is; undefined where it would. */
export function refusedName(name: string): string | undefined {
  const bytes = Buffer.byteLength(name, "utf8");
  if (bytes === 0) return "must not be empty";
  if (bytes > LONGEST_NAME) {
    return `is ${String(bytes)} bytes long in UTF-8, and PostgreSQL takes ${String(LONGEST_NAME)}; it would cut the rest`;
  }
  if (name.includes("\u0000")) return "must not hold a NUL character";
  if (!name.isWellFormed()) return "holds half of a surrogate pair, which is not Unicode text";
  if (name.startsWith("pg_")) return "begins with pg_, which PostgreSQL keeps for its own roles";
  if (name === "public" || name === "none") return "is a word that PostgreSQL keeps for itself";
  return undefined;
}
