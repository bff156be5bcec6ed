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

/**
 * A date (midnight UTC) or an instant with its zone, as ISO 8601 in UTC; undefined for what is neither, or no day of
 * the calendar.
 */
export function instantOf(text: string): string | undefined {
  const date = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text)
    ? new Date(text)
    : undefined;
  if (date === undefined || Number.isNaN(date.getTime()) || !isDay(text.slice(0, 10))) return undefined;
  return isoInstant(date);
}

/** An instant as Roster writes it: ISO 8601 in UTC, without a fraction where there is none. */
export function isoInstant(date: Date): string {
  return date.toISOString().replace(".000Z", "Z");
}

/** Whether a day is in the calendar: JavaScript takes 31 June for 1 July, and access would last longer than written. */
function isDay(day: string): boolean {
  const date = new Date(day);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}
