import { createHash } from "node:crypto";
import { identifier } from "./reader.js";

/*
 * Users, groups and roles are three kinds of things in Redshift, each with names of its own, and one kind in
 * PostgreSQL. Behind the gate a user has its own name, groups and roles have their kind in front of it. What PostgreSQL
 * has no place for (the whole of a name that is too long, a session timeout) is kept as JSON in the role's comment,
 * which no statement of Redshift reaches.
 */

/** What can hold privileges. */
export type Kind = "user" | "group" | "role";

/** PostgreSQL's limit, in bytes. */
const LONGEST = 63;

/** The name of the PostgreSQL role that stands for somebody. */
export function roleNameOf(kind: Kind, name: string): string {
  const plain = kind === "user" ? name : `${kind}|${name}`;
  const clear =
    Buffer.byteLength(plain) <= LONGEST && !/\|.*\||^pg_/.test(plain) && (kind !== "user" || !name.includes("|"));
  if (clear) return plain;
  return `${kind}|${createHash("sha256").update(name).digest("hex").slice(0, 32)}|`;
}

/** The same as SQL. */
export function roleOf(kind: Kind, name: string): string {
  return identifier(roleNameOf(kind, name));
}

/** Kind and name of whom PostgreSQL calls so. */
export function identityOf(roleName: string): { kind: Kind; name: string } {
  const found = /^(group|role)\|(.*)$/s.exec(roleName);
  return found === null ? { kind: "user", name: roleName } : { kind: found[1] as Kind, name: found[2] ?? "" };
}
