import { isReserved } from "./quote.js";

/** Bytes of UTF-8. */
const LONGEST_NAME = 127;

/** Why Redshift would not take the name of a user, group or role; undefined where it would. */
export function refusedName(name: string): string | undefined {
  const reason = refusedObjectName(name);
  if (reason !== undefined) return reason;
  return name.toLowerCase() === "public" ? "is public, which stands for everybody" : undefined;
}

/** The same for the name of a database, a schema, or something in one. */
export function refusedObjectName(name: string): string | undefined {
  const bytes = Buffer.byteLength(name, "utf8");
  if (bytes <= LONGEST_NAME) return undefined;
  return `is ${String(bytes)} bytes long in UTF-8, and Amazon Redshift takes ${String(LONGEST_NAME)}`;
}

/** The same for the name of a new database. */
export function refusedDatabaseName(name: string): string | undefined {
  return isReserved(folded(name))
    ? "is a reserved word, which no database of Amazon Redshift may be called"
    : undefined;
}

/** The same for the name of a new group. */
export function refusedGroupName(name: string): string | undefined {
  return name.startsWith("__") ? "begins with __, which Amazon Redshift keeps for its own groups" : undefined;
}

/** The same for the name of a new role. */
export function refusedRoleName(name: string): string | undefined {
  if (name.startsWith("sys:")) return "begins with sys:, which Amazon Redshift keeps for its own roles";
  return /[:/\n]/.test(name) ? "holds : or / or a line feed, which no role of Amazon Redshift may have" : undefined;
}

/** A name of a group, role or schema as the server keeps it: folded to lower case also within quotation marks. */
export function folded(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
