import { itemsOf, type Acl } from "./acl.js";
import { membershipsOf, type Catalog } from "./catalog.js";
import type { Change } from "./changes.js";
import { objectsAt } from "./objects.js";
import type { Target } from "./privilegeChanges.js";

/** Whether something that was given is not there, or something that was taken back still is. */
export function isUndone(catalog: Catalog, change: Change): boolean {
  switch (change.kind) {
    case "revokeMembership":
    case "revokeOption": {
      const { group, members, grantor } = change;
      const rows = members.flatMap((member) => membershipsOf(catalog, group, member));
      const theirs = rows.filter((row) => grantor === undefined || row.grantor === grantor);
      return change.kind === "revokeMembership" ? theirs.length > 0 : theirs.some((row) => row[change.option]);
    }
    case "grant":
    case "revoke": {
      const { target, grantees, privileges, option } = change;
      const has = (acl: Acl, grantee: string, privilege: string): boolean =>
        itemsOf(acl, grantee).some((item) => item.privilege === privilege && (!option || item.grantable));
      const wanted = change.kind === "grant";
      return aclsOf(catalog, target).some((acl) =>
        grantees.some((grantee) => privileges.some((privilege) => has(acl, grantee, privilege) !== wanted)),
      );
    }
    default:
      return false;
  }
}

/** The ACLs of objects that are there. */
export function aclsOf(catalog: Catalog, target: Target): Acl[] {
  const { database, kind, names } = target;
  return names.flatMap((name) => {
    if (kind === "database") return catalog.databases.get(name)?.acl ?? [];
    if (kind === "schema") return catalog.inside.get(database)?.schemas.get(name)?.acl ?? [];
    return objectsAt(catalog, target)?.get(name)?.acl ?? [];
  });
}
