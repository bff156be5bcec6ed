import { sharing, type Contradiction, type Share } from "../core/shares.js";
import { isOwnAccount, type Catalog } from "./catalog.js";
import type { MemberList } from "./memberList.js";
import { byName, type Member } from "./members.js";

/*
 * What resources of a program say of the members of a group: one its whole list, others single memberships.
 */

/** Somebody as a member, with the options; "no member"; undefined where the resource has no say. */
type Wish = Omit<Member, "name"> | "no member" | undefined;

interface Said {
  readonly group: string;
  /** Whom a single membership is about; undefined for a list. */
  readonly member: string | undefined;
  readonly of: (name: string) => Wish;
}

const share = sharing<Catalog, Said>(contradiction);

/** What a list says. `unsaid` are members whom it leaves out for the time being, and who may be on it the next time. */
export function listShare(list: MemberList, unsaid: ReadonlySet<string> = new Set()): Share<Catalog> {
  const { group, declared, ignored, incomplete } = list;
  const of = (name: string): Wish => {
    if (ignored(name)) return undefined;
    const other = incomplete === true || unsaid.has(name) ? undefined : "no member";
    return byName(declared).get(name) ?? other;
  };
  return share(`members:${group}`, undefined, { group, member: undefined, of });
}

/** What a single membership says. One that is over says that there is none. */
export function membershipShare(
  group: string,
  { name, expired, ...options }: Member & { readonly expired?: boolean | undefined },
): Share<Catalog> {
  const wish = expired === true ? "no member" : options;
  return share(`members:${group}`, name, { group, member: name, of: () => wish });
}

function contradiction(here: Said, there: Said): Contradiction<Catalog> | undefined {
  const member = here.member ?? there.member;
  // Two lists of one group are refused whatever they say.
  if (member === undefined) return undefined;
  const [one, other] = [here.of(member), there.of(member)];
  if (one === undefined || other === undefined || !(differInOptions(one, other) || differ(one, other)))
    return undefined;
  return {
    about: `the membership of ${JSON.stringify(member)} in ${JSON.stringify(here.group)}`,
    here: said(one),
    there: said(other),
    remedy:
      "Declare it in one of them only, or the same in both: a list has to name everybody who is in the group, but for " +
      "those whom its ignore leaves alone",
    // No list takes out the account that runs this, or takes from it the right to administer the group.
    holds: (catalog) => differInOptions(one, other) || !isOwnAccount(catalog, member),
  };
}

/** Whether one takes an option that the other gives. INHERIT that is not said is left as it is. */
function differInOptions(one: NonNullable<Wish>, other: NonNullable<Wish>): boolean {
  if (one === "no member" || other === "no member") return false;
  if ((one.set === false) !== (other.set === false)) return true;
  return one.inherit !== undefined && other.inherit !== undefined && one.inherit !== other.inherit;
}

/** Whether one is to be a member, to administer the group or to leave it at a time, and the other is not. */
function differ(one: NonNullable<Wish>, other: NonNullable<Wish>): boolean {
  if (one === "no member" || other === "no member") return one !== other;
  return (one.admin === true) !== (other.admin === true) || one.until !== other.until;
}

function said(wish: NonNullable<Wish>): string {
  if (wish === "no member") return wish;
  const { admin, inherit, set, until } = wish;
  const more = [
    ...(admin === true ? ["with admin"] : []),
    ...(inherit === undefined ? [] : [`${inherit ? "with" : "without"} inherit`]),
    ...(set === false ? ["without set"] : []),
    ...(until === undefined ? [] : [`until ${until}`]),
  ];
  return ["a member", more.join(", ")].filter((text) => text !== "").join(" ");
}
