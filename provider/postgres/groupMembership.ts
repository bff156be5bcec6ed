import * as z from "zod";
import { defineResource } from "../core/define.js";
import { isOver, remarkOnEnd } from "../core/instants.js";
import { NO_DELTA, doing, impossible } from "../core/delta.js";
import type { Problem } from "../core/resource.js";
import { UNKNOWN } from "../core/unknown.js";
import { isMissing, isOwnAccount, membershipsOf } from "./catalog.js";
import { memberArguments } from "./members.js";
import {
  assumeMembers,
  membershipThing,
  grantDelta,
  isMemberAs,
  missingGroup,
  observedOptions,
  revocations,
} from "./memberships.js";
import { connection, existingRoleName, relationOnRemove } from "./roleArguments.js";
import { membershipShare } from "./sharedMemberships.js";
import { postgres } from "./system.js";

const schema = z.strictObject({
  group: existingRoleName(),
  member: existingRoleName(),
  ...memberArguments,
  /** Set by `check` and not by programs: the end has come. It is what makes an unchanged program differ from its state. */
  expired: z.literal(true).optional(),
  onRemove: relationOnRemove,
  connection,
});

/** The account that runs this never takes itself out of a group: it might need what the group gives to go on. */
function ownExpiry(member: string): Problem {
  return {
    message: `${JSON.stringify(member)} is the account that runs this, and does not end its own membership`,
    remedy: "Run as another account, take the resource out of the program, or give it a later end.",
  };
}

/** `postgres.GroupMembership`: one user in one group; other members are left alone. */
export const GroupMembership = defineResource({
  kind: "relation",
  token: "postgres.GroupMembership",
  system: postgres,
  schema,
  key: ["group", "member"],
  renamable: [],
  things: ({ group, member }) => [membershipThing(group, member)],
  decides: () => [],
  shares: ({ group, member, admin, inherit, set, until, expired }) => [
    membershipShare(group, { name: member, admin, inherit, set, until, expired }),
  ],
  incomparable: [],
  reports: [],
  validate: ({ group, member }) =>
    group !== undefined && group === member ? [{ property: "member", reason: "is the group itself" }] : [],

  prepare({ expired: _given, ...args }, { now }) {
    const over = args.until !== UNKNOWN && isOver(args.until, now);
    return Promise.resolve(over ? { ...args, expired: true as const } : args);
  },

  remark: remarkOnEnd,

  observe(catalog, args) {
    const { admin: _admin, inherit: _inherit, set: _set, expired, ...rest } = args;
    const rows = membershipsOf(catalog, args.group, args.member);
    // A membership that is over is as declared when it is not there.
    if (expired)
      return rows.length > 0 ? { ...rest, ...observedOptions(catalog, args.group, args.member, args) } : args;
    return isMemberAs(rows, args) ? { ...rest, ...observedOptions(catalog, args.group, args.member, args) } : undefined;
  },

  delta({ model, args: { group, member, admin, inherit, set, expired } }) {
    if (expired) {
      if (membershipsOf(model, group, member).length === 0) return NO_DELTA;
      return isOwnAccount(model, member)
        ? impossible(ownExpiry(member))
        : doing(...revocations(model, group, [member]));
    }
    if (isMissing(model, group)) return impossible(missingGroup(group));
    const { changes, problems } = grantDelta(model, group, [{ name: member, admin, inherit, set }]);
    return { ...doing(...changes), problems };
  },

  // See ownExpiry.
  remove: (catalog, { group, member }) =>
    isOwnAccount(catalog, member) ? NO_DELTA : doing(...revocations(catalog, group, [member])),
  assume: (catalog, { group, member, admin, inherit, set, expired }) => {
    assumeMembers(catalog, group, expired ? [] : [{ name: member, admin, inherit, set }]);
  },
});
