import { someOf } from "../core/errors.js";
import { sharing, type Contradiction, type Share } from "../core/shares.js";
import type { GrantList, Wanted } from "./grantLists.js";
import { fold, type Metastore } from "./metastore.js";
import { isKept, isLeftAlone } from "./ownAccess.js";
import { holds } from "./privileges.js";
import { securableKey } from "./securables.js";

/*
 * What resources of a program say of the privileges on one securable: one its whole list, others what they add.
 */

interface Said {
  readonly list: GrantList;
  /** Whether it says all that anybody has there, and takes the rest. */
  readonly whole: boolean;
}

/** Somebody who is given a privilege and is not on the whole list with it. */
interface Disputed {
  readonly principal: string;
  readonly privilege: string;
  readonly listed: boolean;
}

const share = sharing<Metastore, Said>(contradiction);

/** What a list says; `principal` where it is about one alone. */
export function grantsShare(list: GrantList, whole: boolean, principal?: string): Share<Metastore> {
  const entry = principal === undefined ? undefined : fold(principal);
  return share(`grants on:${securableKey(list.securable)}`, entry, { list, whole });
}

function contradiction(here: Said, there: Said): Contradiction<Metastore> | undefined {
  // Two whole lists are refused whatever they say, and of those that only add none takes anything from another.
  if (here.whole === there.whole) return undefined;
  const [whole, added] = here.whole ? [here.list, there.list] : [there.list, here.list];
  const disputed = disputedIn(whole, added);
  if (disputed.length === 0) return undefined;
  const principals = [...new Set(disputed.map(({ principal }) => principal))];
  const privileges = [...new Set(disputed.map(({ privilege }) => privilege))].sort().join(", ");
  const words = (said: Said): string => (said.whole ? "not on the whole list" : "given");
  return {
    about: `${privileges} on ${whole.securable} for ${someOf(principals, 3)}`,
    here: words(here),
    there: words(there),
    remedy: "Put it on the list that says who has anything there, or the principal among those that this list ignores",
    holds: (metastore) => disputed.some((each) => isTaken(metastore, each)),
  };
}

function disputedIn(whole: GrantList, added: GrantList): Disputed[] {
  return [...added.principals].flatMap(([key, wanted]) => {
    const [first] = wanted.values();
    const principal = first?.principal ?? key;
    if (whole.ignored(principal)) return [];
    const listed = whole.principals.get(key);
    return missingIn(listed, wanted).map((privilege) => ({ principal, privilege, listed: listed !== undefined }));
  });
}

function missingIn(listed: Wanted | undefined, wanted: Wanted): string[] {
  const there = new Set(listed?.keys());
  return [...wanted.keys()].filter((privilege) => !holds(there, privilege));
}

/** Whether a whole list takes it: not from the account that runs this where it is not listed, nor its MANAGE. */
function isTaken(metastore: Metastore, { principal, privilege, listed }: Disputed): boolean {
  return (listed || !isLeftAlone(metastore, principal)) && !isKept(metastore, principal, privilege);
}
