import * as pulumi from "@pulumi/pulumi";
import { byEmail, byUsername, type Crosswalked, type GroupSource } from "../core/crosswalk.js";
import { expectKeys, type KeysOf } from "../core/knownKeys.js";
import { crosswalked, readsOf } from "../core/source.js";
import { FED_LISTS_KEYS, fedLists, type FedListsArgs } from "../postgres/fedLists.js";
import type { Connection } from "./connection.js";
import { crosswalkEntries, type CrosswalkEntry } from "./crosswalk.js";
import { getGroups, type GroupReading, type Member } from "./getGroups.js";

export { byEmail, byUsername };

/** Arguments of a `civis.GroupSync`. */
export interface GroupSyncArgs extends FedListsArgs {
  /**
   * Which group of Platform feeds which group of the database: entries, or the path of a YAML or JSON file with a list
   * of them, seen from the program's folder. In files `platform_group_name`, `platform_group_id`,
   * `redshift_group_name`, `redshift_group_id` and `notes` are read too.
   */
  readonly crosswalk: string | readonly CrosswalkEntry[];
  /**
   * The name of somebody in the database, undefined for somebody who has none. Default `byUsername`; `byEmail` takes
   * the e-mail address in lower case.
   */
  readonly userMap?: (user: Member) => string | undefined;
  /** Which Civis Platform. Default: the connection "civis" (CIVIS_API_KEY, CIVIS_API_ENDPOINT). */
  readonly civis?: Connection;
  /** Groups that were read already, with `getGroups`. Default: they are read from `civis`. */
  readonly groups?: GroupReading | Promise<GroupReading>;
}

/**
 * Keeps groups of a database as groups of Civis Platform say: who is active and in a Platform group is in the database
 * group that the crosswalk names, and nobody else. One resource (`postgres.MemberLists`) for the whole crosswalk: the
 * preview lists everybody who comes and goes, group by group, and the statements.
 *
 * Where Platform cannot be read whole, nothing happens: the program ends with what went wrong. A Platform group that is
 * empty, gone or not shown whole takes nobody out of its database group, unless its entry has `mayEmpty`. One run takes
 * out at most 10 members or 20 % of a group, whichever is more (Pulumi config `roster:maxRemovals` for another limit).
 *
 * @example
 * const sync = new civis.GroupSync("warehouse", {
 *   crosswalk: [
 *     { platformGroup: "Data Analysts", databaseGroup: "data_analysts_group", notes: "Standard read access" },
 *     { platformGroup: 2562, databaseGroup: "data_engineers_group" },
 *   ],
 *   ignoreUsers: ["svc_*", "dbadmin"],
 * });
 * const inPlatformOnly = sync.withoutUser;
 *
 * @example
 * const sync = new civis.GroupSync("warehouse", { crosswalk: "crosswalk.yaml", userMap: civis.byEmail });
 */
export class GroupSync extends pulumi.ComponentResource {
  /** Who is in the database groups, by group. */
  readonly members: pulumi.Output<Record<string, string[]>>;
  /**
   * Users of Platform whom the database does not have: by the name that they would have there, or by their user name
   * where the user map gives none.
   */
  readonly withoutUser: pulumi.Output<string[]>;
  /** Groups of Platform that no entry of the crosswalk names. */
  readonly unmapped: pulumi.Output<string[]>;
  /** Groups of the database that no entry of the crosswalk names. They are left alone. */
  readonly unfed: pulumi.Output<string[]>;

  /**
   * Declares that the groups follow Civis Platform.
   *
   * @param name The resource's name in the program.
   * @param args The crosswalk, and how users are matched.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: GroupSyncArgs, options?: pulumi.ComponentResourceOptions) {
    super("roster:civis:GroupSync", name, {}, options);
    const fed = fedLists(this, name, feed(`civis.GroupSync ${JSON.stringify(name)}`, args), args);
    this.members = fed.members;
    this.withoutUser = fed.withoutUser;
    this.unmapped = fed.unmapped;
    this.unfed = fed.unfed;
    const reads = args.groups === undefined ? readsOf("civis", args.civis) : undefined;
    this.registerOutputs({ ...fed, reads });
  }
}

const KEYS: KeysOf<GroupSyncArgs> = {
  ...FED_LISTS_KEYS,
  crosswalk: true,
  userMap: true,
  civis: true,
  groups: true,
};

/** Throws at once what is wrong with the crosswalk itself; what has to do with Platform comes with the promise. */
function feed(what: string, args: GroupSyncArgs): Promise<Crosswalked> {
  expectKeys(what, "the arguments", args, KEYS);
  const { crosswalk: given, civis, groups, ignoreUsers = [], userMap = byUsername } = args;
  const entries = crosswalkEntries(what, given);
  const childGroups = entries.some(({ nested }) => nested === true);
  const reading = groups ?? getGroups(civis === undefined ? { childGroups } : { childGroups, connection: civis });
  return crosswalked(what, async () => sourceOf(await reading), entries, { ignoreUsers, userMap });
}

/** The list of groups is whole, or the read was an error. */
function sourceOf({ groups }: GroupReading): GroupSource<Member> {
  return {
    system: "Civis Platform",
    complete: true,
    groups: groups.map(({ id, children, ...rest }) => ({
      ...rest,
      id: String(id),
      children: (children?.manageable ?? []).map(String),
    })),
  };
}
