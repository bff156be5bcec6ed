import { sharing, type Contradiction, type Share } from "../core/shares.js";
import type { DeclaredEnvironment } from "./environmentArguments.js";
import type { Snapshot } from "./snapshot.js";

/*
 * What resources of a program say of the actions of a role, and of the roles and members of a group: one the whole list,
 * others single entries.
 */

/** What lists are of. */
export type ListKind = "action of role" | "role of group" | "member of group";

interface Said {
  readonly kind: ListKind;
  readonly owner: string;
  /** Which entry is given; undefined for a list. */
  readonly entry: string | undefined;
  /** Whether a list leaves an entry: it is on it, or no business of it. */
  readonly leaves: (entry: string) => boolean;
}

const share = sharing<Snapshot, Said>(contradiction);

/** What a whole list says; what `ignored` matches is not its business. */
export function listShare(
  kind: ListKind,
  owner: string,
  entries: readonly string[],
  ignored: (entry: string) => boolean = () => false,
): Share<Snapshot> {
  let names: ReadonlySet<string> | undefined;
  const leaves = (entry: string): boolean => (names ??= new Set(entries)).has(entry) || ignored(entry);
  return share(`${kind}:${owner}`, undefined, { kind, owner, entry: undefined, leaves });
}

/** What a single entry says. */
export function entryShare(kind: ListKind, owner: string, entry: string): Share<Snapshot> {
  return share(`${kind}:${owner}`, entry, { kind, owner, entry, leaves: () => true });
}

/** What a whole environment says: all actions of its roles and all roles of its groups, and those members that it names. */
export function* environmentShares(declared: DeclaredEnvironment): Iterable<Share<Snapshot>> {
  const { roles, groups, roleActions, groupRoles, members, ignored } = declared;
  for (const role of roles.keys()) yield listShare("action of role", role, roleActions.get(role) ?? [], ignored);
  for (const group of groups.keys()) yield listShare("role of group", group, groupRoles.get(group) ?? [], ignored);
  for (const [group, of] of members) yield listShare("member of group", group, of, ignored);
}

function contradiction(here: Said, there: Said): Contradiction<Snapshot> | undefined {
  const entry = here.entry ?? there.entry;
  // Two lists are refused whatever they say, and two that give the same take nothing.
  if (entry === undefined || (here.leaves(entry) && there.leaves(entry))) return undefined;
  const [what = "", owner = ""] = here.kind.split(" of ");
  const words = (said: Said): string => (said.entry === undefined ? "not on the whole list" : "given");
  return {
    about: `the ${what} ${JSON.stringify(entry)} of the ${owner} ${JSON.stringify(here.owner)}`,
    here: words(here),
    there: words(there),
    remedy: "Put it on the whole list, or take one of the two out of the program",
  };
}
