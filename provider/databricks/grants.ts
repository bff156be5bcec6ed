import * as z from "zod";
import { defineResource } from "../core/define.js";
import { impossible } from "../core/delta.js";
import { ignorePatterns, relationOnRemove } from "../core/entryArguments.js";
import { hasUnknown } from "../core/unknown.js";
import { connection, lists, refusedLists, securable } from "./arguments.js";
import { assumeList, missingSecurable, takeBack, wholeDelta } from "./grantDeltas.js";
import { canonicalLists, ignoredBy, observedWhole, readLists, thingsOf, type GrantList } from "./grantLists.js";
import { isMissing } from "./metastore.js";
import { securableKey, securableOf } from "./securables.js";
import { grantsShare } from "./sharedGrants.js";
import { databricks } from "./system.js";

const schema = z.strictObject({
  securable,
  /** By privilege, each list one text. */
  grants: lists,
  ignore: ignorePatterns,
  onRemove: relationOnRemove,
  connection,
});

type GrantsArguments = z.output<typeof schema>;

function listOf({ securable: on, grants, ignore }: GrantsArguments): GrantList {
  return readLists(on, grants, ignoredBy(ignore));
}

/** `databricks.Grants`: everybody who has a privilege on one securable. */
export const Grants = defineResource({
  kind: "relation",
  token: "databricks.Grants",
  system: databricks,
  schema,
  key: ["securable"],
  renamable: [],
  things: (args) => thingsOf(listOf(args)),
  decides: (args) => [`list of grants on:${securableKey(args.securable)}`],
  shares: (args) => [grantsShare(listOf(args), true)],
  incomparable: [],
  reports: [],
  validate: ({ securable: on, grants }) =>
    on === undefined || grants === undefined
      ? []
      : refusedLists(grants, securableOf(on).type).map((reason) => ({ property: "grants", reason })),

  // Who is ignored is not the resource's business, on neither side, and what is over is given no more.
  prepare(args, { now }) {
    if (hasUnknown([args.grants, args.ignore])) return Promise.resolve(args);
    return Promise.resolve({ ...args, grants: canonicalLists(args.grants, ignoredBy(args.ignore), now) });
  },

  parts: (args) => [args.securable],

  observe: (metastore, args) =>
    isMissing(metastore, args.securable) ? undefined : { ...args, grants: observedWhole(metastore, listOf(args)) },

  delta: ({ model, args, previous, run }) =>
    isMissing(model, args.securable)
      ? impossible(missingSecurable(args.securable))
      : wholeDelta(model, listOf(args), run, previous === undefined ? undefined : listOf(previous)),

  remove: (metastore, args, _how, run) => takeBack(metastore, listOf(args), run),

  assume: (metastore, args) => {
    assumeList(metastore, listOf(args));
  },
});
