import type { Properties } from "../../core/resource.js";
import { ignoredBy } from "../grantLists.js";
import { assignmentsOn, fold } from "../metastore.js";
import { isLeftAlone } from "../ownAccess.js";
import { securableKey } from "../securables.js";
import { isLive } from "./changes.js";
import { allSecurables, type GrantingArguments, type Live } from "./context.js";
import { inWords, isNone, pick, type Privileges } from "./request.js";

/**
 * What the ledger does not tell, as a property that no argument has: privileges that it holds and that are gone, those
 * that are there without it, and intents without an end. An update then writes what it is about to put right.
 */
export async function drifted({ store, metastore }: Live, args: GrantingArguments): Promise<Properties> {
  const recorded = await store.recorded(args.product);
  const live = await metastore(allSecurables(args, recorded));
  const { open } = await store.history(args.product);
  const ignored = ignoredBy(args.ignore);
  const gone = [...recorded.values()].flatMap(({ consumer, permissions }) => {
    const lost = pick(permissions, (securable, privilege) => !isLive(live, consumer, securable, privilege));
    return isNone(lost) ? [] : [`${consumer} has no more: ${inWords(lost).join("; ")}`];
  });
  const strange = args.securables.map(securableKey).flatMap((securable) =>
    [...assignmentsOn(live, securable).values()].flatMap(({ principal, privileges }) => {
      if (ignored(principal) || isLeftAlone(live, principal)) return [];
      const known: Privileges = recorded.get(fold(principal))?.permissions ?? {};
      const more = [...privileges].filter((each) => known[securable]?.includes(each) !== true);
      return more.length === 0 ? [] : [`${principal} has besides: ${more.sort().join(", ")} on ${securable}`];
    }),
  );
  const unended = open.map(({ consumer, change, changeId }) => `no end of ${change} for ${consumer} (${changeId})`);
  const all = [...gone, ...strange, ...unended].sort();
  return all.length === 0 ? {} : { unrecorded: all };
}
