import { PUBLIC, type Acl, type AclItem } from "../acl.js";
import type { Catalog } from "../catalog.js";
import type { ObjectKind } from "../objectKinds.js";
import { facts } from "./facts.js";

/** A row of one of the views of privileges: who has what. */
export interface HolderRow {
  readonly privilege: string;
  /** Who, and what that is: user, group, role or public. */
  readonly identity: string;
  readonly type: string;
  /** Only users can have it; some views do not say. */
  readonly admin?: boolean;
}

/** The columns of a view of privileges under the names of `HolderRow`. */
export const HOLDER = "privilege_type AS privilege, identity_name AS identity, identity_type AS type";

/**
 * The ACL of an object of a kind. The views show what is granted and not what owners have of themselves; nobody sees
 * who granted something, so that all of it counts as granted by the owner, as whom superusers grant and revoke.
 * Privileges that resources do not know are left out.
 */
export function aclOf(
  server: Catalog,
  kind: ObjectKind,
  owner: string,
  rows: readonly HolderRow[],
  toPublic: readonly string[] = [],
): Acl {
  const known = Object.keys(facts.kinds[kind].privileges);
  const acl = new Map<string, AclItem[]>();
  const put = (name: string, privilege: string, grantable: boolean): void => {
    const items = acl.get(name) ?? [];
    acl.set(name, items);
    if (items.every((item) => item.privilege !== privilege)) items.push({ privilege, grantor: owner, grantable });
  };
  for (const privilege of known) put(owner, privilege, false);
  for (const privilege of toPublic) put(PUBLIC, privilege, false);
  for (const { privilege, identity, type, admin } of rows) {
    const name = spelled(privilege);
    if (known.includes(name)) put(nameOfHolder(server, identity, type), name, admin === true);
  }
  return acl;
}

function spelled(privilege: string): string {
  const name = privilege.toUpperCase();
  return name === "TEMP" ? "TEMPORARY" : name;
}

/** A user, a group and a role can have one name. What hides behind another is under a name that nobody can have. */
function nameOfHolder({ roles }: Catalog, name: string, type: string): string {
  if (type === "public") return PUBLIC;
  const role = roles.get(name);
  if (role === undefined) return name;
  const seen = role.login ? "user" : (role.as ?? "group");
  return seen === type ? name : `${name}\u0000${type}`;
}

/** Rows by the object that they are about. */
export function grouped<R>(rows: readonly R[], key: (row: R) => string): (object: string) => readonly R[] {
  const found = new Map<string, R[]>();
  for (const row of rows) {
    const of = found.get(key(row)) ?? [];
    found.set(key(row), of);
    of.push(row);
  }
  return (object) => found.get(object) ?? [];
}
