import { RosterError } from "../../core/errors.js";
import { PUBLIC } from "../acl.js";
import type { Catalog } from "../catalog.js";
import { identifier, roleIdentifier } from "./quote.js";

/** Somebody as GRANT and REVOKE of privileges name them: users without a word, groups and roles with theirs. */
export function holder(catalog: Catalog, name: string): string {
  if (name === PUBLIC) return "PUBLIC";
  const role = catalog.roles.get(name);
  if (role?.as === "role") return `ROLE ${roleIdentifier(name)}`;
  return isGroup(catalog, name) ? `GROUP ${identifier(name)}` : identifier(name);
}

/** Where nothing is known of somebody it is a user: groups and roles are used where they were seen. */
export function isGroup(catalog: Catalog, name: string): boolean {
  const role = catalog.roles.get(name);
  return role !== undefined && role.as !== "role" && !role.login;
}

/** Whether somebody is a user, as far as it is known. */
export function isUser(catalog: Catalog, name: string): boolean {
  return name !== PUBLIC && (catalog.roles.get(name)?.login ?? true);
}

/** The name of a user who is to own something. Throws a RosterError for others, who cannot. */
export function ownerOf(catalog: Catalog, name: string, what: string): string {
  if (isUser(catalog, name)) return identifier(name);
  throw lacks(`a ${what} that belongs to ${JSON.stringify(name)}: owners are users there, and no groups and roles`);
}

/** The error for what the server does not have. */
export function lacks(what: string): RosterError {
  return new RosterError(`Amazon Redshift does not have ${what}`);
}
