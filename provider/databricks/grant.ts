import * as z from "zod";
import { defineResource } from "../core/define.js";
import { NO_DELTA, impossible } from "../core/delta.js";
import { relationOnRemove } from "../core/entryArguments.js";
import { isOver, remarkOnEnd } from "../core/instants.js";
import type { Delta, Problem, RunOptions } from "../core/resource.js";
import { UNKNOWN } from "../core/unknown.js";
import { connection, principal, privileges, securable, until } from "./arguments.js";
import { applyTo, type Change } from "./changes.js";
import { addedChange, collected, missingSecurable } from "./grantDeltas.js";
import { grantThing, type GrantList } from "./grantLists.js";
import { fold, isMissing, privilegesOf, type Metastore } from "./metastore.js";
import { isKept } from "./ownAccess.js";
import { holds, refusedPrivilege } from "./privileges.js";
import { securableOf } from "./securables.js";
import { grantsShare } from "./sharedGrants.js";
import { databricks } from "./system.js";

const schema = z.strictObject({
  securable,
  principal,
  privileges,
  until,
  /** Set by `check` and not by programs: the end has come. It is what makes an unchanged program differ from its state. */
  expired: z.literal(true).optional(),
  onRemove: relationOnRemove,
  connection,
});

type GrantArguments = z.output<typeof schema>;

/** `databricks.Grant`: privileges of one principal on one securable; everything else there is left alone. */
export const Grant = defineResource({
  kind: "relation",
  token: "databricks.Grant",
  system: databricks,
  schema,
  key: ["securable", "principal"],
  renamable: [],
  // What is over is nobody's: another resource may take it.
  things: (args) =>
    args.expired ? [] : args.privileges.map((privilege) => grantThing(args.securable, args.principal, privilege)),
  decides: () => [],
  shares: (args) => (args.expired ? [] : [grantsShare(listOf(args), false, args.principal)]),
  incomparable: [],
  reports: [],
  validate(args) {
    if (args.securable === undefined || args.privileges === undefined) return [];
    const { type } = securableOf(args.securable);
    const refused = args.privileges.flatMap((privilege) => refusedPrivilege(privilege, type) ?? []);
    return refused.map((reason) => ({ property: "privileges", reason }));
  },

  prepare({ expired: _given, ...args }, { now }) {
    const over = args.until !== UNKNOWN && isOver(args.until, now);
    return Promise.resolve(over ? { ...args, expired: true as const } : args);
  },

  remark: remarkOnEnd,

  parts: (args) => [args.securable],

  observe(metastore, args) {
    if (isMissing(metastore, args.securable)) return undefined;
    const { expired, ...rest } = args;
    if (!expired) {
      const there = args.privileges.filter((privilege) => holds(heldBy(metastore, args), privilege));
      return there.length === 0 ? undefined : { ...rest, privileges: there };
    }
    // A grant that is over is as declared when it is not there.
    const still = args.privileges.filter((privilege) => heldBy(metastore, args).has(privilege));
    return still.length === 0 ? args : { ...rest, privileges: still };
  },

  delta({ model, args, previous, run }) {
    if (args.expired) return expiry(model, args, run);
    if (isMissing(model, args.securable)) return impossible(missingSecurable(args.securable));
    return grantDelta(model, args, previous?.privileges ?? [], run);
  },

  unfinished({ model, args, previous }) {
    const left = (previous?.privileges ?? []).filter((privilege) => heldBy(model, args).has(privilege));
    return { ...args, privileges: [...new Set([...args.privileges, ...left])].sort() };
  },

  remove: (metastore, args, _how, run) => grantDelta(metastore, { ...args, privileges: [] }, args.privileges, run),

  assume(metastore, { securable: on, principal: of, privileges: add, expired }) {
    if (!expired) applyTo(metastore, { securable: on, principal: of, add, remove: [] });
  },
});

/** The one grant as a list. */
function listOf({ securable: on, principal: of, privileges: wanted }: GrantArguments): GrantList {
  const given = new Map(wanted.map((privilege) => [privilege, { principal: of }]));
  return { securable: on, principals: new Map([[fold(of), given]]), ignored: () => false };
}

function heldBy(metastore: Metastore, { securable: on, principal: of }: GrantArguments): ReadonlySet<string> {
  return privilegesOf(metastore, on, of);
}

function grantDelta(
  metastore: Metastore,
  { securable: on, principal: of, privileges: wanted }: GrantArguments,
  had: readonly string[],
  run: RunOptions,
): Delta<Metastore, Change> {
  return collected(metastore, on, [addedChange(metastore, on, of, { wanted, had, run })]);
}

function expiry(metastore: Metastore, args: GrantArguments, run: RunOptions): Delta<Metastore, Change> {
  if (isMissing(metastore, args.securable)) return NO_DELTA;
  const kept = args.privileges.filter(
    (privilege) => heldBy(metastore, args).has(privilege) && isKept(metastore, args.principal, privilege),
  );
  const { units, problems } = grantDelta(metastore, { ...args, privileges: [] }, args.privileges, run);
  return { units, problems: [...problems, ...kept.map((privilege) => ownExpiry(args.principal, privilege))] };
}

/** The account that runs this never takes its own MANAGE: without it, it could not give it back. */
function ownExpiry(of: string, privilege: string): Problem {
  return {
    message: `${JSON.stringify(of)} has ${privilege} for the account that runs this, which does not end its own access`,
    remedy: "Run as another account, take the resource out of the program, or give it a later end.",
  };
}
