/** A privilege that somebody has, and from whom. */
export interface AclItem {
  readonly privilege: string;
  readonly grantor: string;
  /** May be given on (WITH GRANT OPTION). */
  readonly grantable: boolean;
}

/** Who has what on one object, by grantee. A value: many objects share one, and a change makes a new one. */
export type Acl = ReadonlyMap<string, readonly AclItem[]>;

/** Stands for everybody. No role can have this name. */
export const PUBLIC = "public";

/** What changes in an ACL. */
export interface AclChange {
  readonly grantees: readonly string[];
  readonly privileges: readonly string[];
  /** As whom. */
  readonly grantor: string;
  /** With the privilege, or alone, the right to give it on. */
  readonly option: boolean;
}

/** What somebody has on an object. */
export function itemsOf(acl: Acl, grantee: string): readonly AclItem[] {
  return acl.get(grantee) ?? [];
}

const grantors = new WeakMap<Acl, ReadonlySet<string>>();

/** Who has given somebody something on an object; worked out once for each ACL, as it is asked for each of its grantees. */
export function grantorsIn(acl: Acl): ReadonlySet<string> {
  const found = grantors.get(acl) ?? new Set([...acl.values()].flatMap((items) => items.map(({ grantor }) => grantor)));
  grantors.set(acl, found);
  return found;
}

/** An ACL after a GRANT. */
export function granted(acl: Acl, { grantees, privileges, grantor, option }: AclChange): Acl {
  return changed(acl, grantees, (items) => {
    const others = items.filter((item) => item.grantor !== grantor || !privileges.includes(item.privilege));
    const given = privileges.map((privilege) => {
      const before = items.find((item) => item.grantor === grantor && item.privilege === privilege);
      return { privilege, grantor, grantable: option || before?.grantable === true };
    });
    return [...others, ...given];
  });
}

/** An ACL after a REVOKE, or after a REVOKE GRANT OPTION FOR. */
export function revoked(acl: Acl, { grantees, privileges, grantor, option }: AclChange): Acl {
  const hit = (item: AclItem): boolean => item.grantor === grantor && privileges.includes(item.privilege);
  return changed(acl, grantees, (items) =>
    option
      ? items.map((item) => (hit(item) ? { ...item, grantable: false } : item))
      : items.filter((item) => !hit(item)),
  );
}

/** An ACL in which somebody's name is another: a role was renamed, or its objects and grants went to another role. */
export function renamed(acl: Acl, from: string, to: string): Acl {
  const concerned = [...acl].some(
    ([grantee, items]) => grantee === from || items.some(({ grantor }) => grantor === from),
  );
  if (!concerned) return acl;
  const after = new Map<string, AclItem[]>();
  for (const [grantee, items] of acl) {
    const name = grantee === from ? to : grantee;
    const merged = after.get(name) ?? [];
    after.set(name, merged);
    for (const item of items.map((each) => (each.grantor === from ? { ...each, grantor: to } : each))) {
      const same = merged.findIndex(
        ({ privilege, grantor }) => privilege === item.privilege && grantor === item.grantor,
      );
      if (same < 0) merged.push(item);
      else if (item.grantable) merged[same] = item;
    }
  }
  return after;
}

/** An ACL without what somebody has. */
export function withoutGrantee(acl: Acl, grantee: string): Acl {
  return changed(acl, acl.has(grantee) ? [grantee] : [], () => []);
}

/** What an owner, and what PUBLIC, has on a new object. */
export function defaultAcl(owner: string, privileges: readonly string[], toPublic: readonly string[]): Acl {
  const items = (of: readonly string[]): AclItem[] =>
    of.map((privilege) => ({ privilege, grantor: owner, grantable: false }));
  return new Map([[owner, items(privileges)], ...(toPublic.length === 0 ? [] : [[PUBLIC, items(toPublic)] as const])]);
}

function changed(
  acl: Acl,
  grantees: readonly string[],
  change: (items: readonly AclItem[]) => readonly AclItem[],
): Acl {
  if (grantees.length === 0) return acl;
  const after = new Map(acl);
  for (const grantee of grantees) {
    const items = change(itemsOf(acl, grantee));
    if (items.length === 0) after.delete(grantee);
    else after.set(grantee, items);
  }
  return after;
}
