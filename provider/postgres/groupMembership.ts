import { z } from "zod";
import { defineResource } from "../core/define.js";
import { NO_DELTA, doing, impossible } from "../core/delta.js";
import type { Change } from "./changes.js";
import { isMember, isMissing } from "./catalog.js";
import { assumeMembers, missingGroup, missingMember, revocations } from "./memberships.js";
import { connection, existingRoleName, relationOnRemove } from "./roleArguments.js";
import { postgres } from "./system.js";

const schema = z.strictObject({
  group: existingRoleName(),
  member: existingRoleName(),
  onRemove: relationOnRemove,
  connection,
});

/** `postgres.GroupMembership`: one user in one group; other members are left alone. */
export const GroupMembership = defineResource({
  kind: "relation",
  token: "postgres.GroupMembership",
  system: postgres,
  schema,
  key: ["group", "member"],
  renamable: [],
  incomparable: [],
  reports: [],
  validate: ({ group, member }) =>
    group !== undefined && group === member ? [{ property: "member", reason: "is the group itself" }] : [],
  prepare: (args) => Promise.resolve(args),

  observe: (catalog, args) => (isMember(catalog, args.group, args.member) ? { ...args } : undefined),

  delta({ model, args: { group, member } }) {
    if (isMissing(model, group)) return impossible(missingGroup(group));
    if (isMissing(model, member)) return impossible(missingMember(group, member));
    if (isMember(model, group, member)) return NO_DELTA;
    return doing<Change>({ kind: "grantMembership", group, members: [member] });
  },

  remove: (catalog, { group, member }) => doing(...revocations(catalog, group, [member])),
  assume: (catalog, { group, member }) => {
    assumeMembers(catalog, group, [member]);
  },
});
