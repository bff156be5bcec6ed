import * as z from "zod";
import { objectArguments } from "../core/arguments.js";
import { defineResource } from "../core/define.js";
import { NO_DELTA } from "../core/delta.js";
import { DEFAULT_ATTRIBUTES } from "./catalog.js";
import { connection, existingRoleName, groupOrRole, remark, roleName } from "./roleArguments.js";
import { assumeRole, differingAttributes, isUntouched, roleDelta, type DeclaredRole } from "./roles.js";
import { holdingsOf } from "./parts.js";
import { dropDelta } from "./roleDrop.js";
import { postgres } from "./system.js";

const schema = z.strictObject({
  name: roleName(),
  as: groupOrRole,
  comment: remark,
  existing: objectArguments.existing,
  reassignTo: existingRoleName().optional(),
  onRemove: z.enum(["drop", "keep"]).optional(),
  connection,
});

function declaredRole(args: z.output<typeof schema>): DeclaredRole {
  return { name: args.name, as: args.as, attributes: DEFAULT_ATTRIBUTES, comment: args.comment, password: undefined };
}

/** `postgres.Group`: a role that cannot log in, and that others are members of. */
export const Group = defineResource({
  kind: "object",
  token: "postgres.Group",
  system: postgres,
  schema,
  key: ["name"],
  renamable: ["name"],
  things: (args) => [`role:${args.name}`],
  decides: (args) => [`role:${args.name}`],
  incomparable: [],
  reports: [],
  parts: ({ name }, purpose) => (purpose === "removal" ? [holdingsOf(name)] : []),
  validate: () => [],
  prepare: (args) => Promise.resolve(args),

  observe(catalog, args) {
    const live = catalog.roles.get(args.name);
    if (live === undefined) return undefined;
    // A group has no attributes to declare. One that somebody gave it (a login, say) shows as a difference all the same.
    return { ...args, comment: live.comment, ...differingAttributes(live, DEFAULT_ATTRIBUTES) };
  },

  delta: ({ model, args, previous, run }) => roleDelta(model, declaredRole(args), previous?.name, run.now),

  remove(catalog, args, how) {
    // A group cannot log in, so there is nothing to disable: one that was adopted stays. Its memberships are resources
    // of their own and go with them.
    if (how === "disable") return NO_DELTA;
    return dropDelta(catalog, args.name, args.reassignTo);
  },

  untouched: (catalog, args) => isUntouched(catalog, declaredRole(args)),
  assume: (catalog, args) => {
    assumeRole(catalog, declaredRole(args));
  },
});
