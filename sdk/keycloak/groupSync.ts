import * as pulumi from "@pulumi/pulumi";
import {
  byEmail,
  byUsername,
  type CrosswalkEntry as Entry,
  type Crosswalked,
  type GroupSource,
} from "../core/crosswalk.js";
import { expectKeys, type KeysOf } from "../core/knownKeys.js";
import { crosswalked, readsOf } from "../core/source.js";
import { FED_LISTS_KEYS, fedLists, type FedListsArgs } from "../postgres/fedLists.js";
import type { Connection } from "./connection.js";
import { crosswalkEntries, type CrosswalkEntry } from "./crosswalk.js";
import { getGroups, type Group, type GroupList, type Member } from "./getGroups.js";
import type { Reading } from "./getUsers.js";

export { byEmail, byUsername };

/** Arguments of a `keycloak.GroupSync`. */
export interface GroupSyncArgs extends FedListsArgs {
  /**
   * Which group of Keycloak feeds which group of the database: entries, or the path of a YAML or JSON file with a list
   * of them, seen from the program's folder.
   */
  readonly crosswalk: string | readonly CrosswalkEntry[];
  /**
   * The name of somebody in the database, undefined for somebody who has none. Default `byUsername`; `byEmail` takes
   * the e-mail address. Keycloak keeps both in lower case.
   */
  readonly userMap?: (user: Member) => string | undefined;
  /** Which realm. Default: the connection "keycloak" (KEYCLOAK_BASE_URL, KEYCLOAK_REALM, KEYCLOAK_CLIENT_ID, ...). */
  readonly keycloak?: Connection;
  /**
   * Groups that were read already, with `getGroups`; where a group was read without its members, nobody is taken out.
   * Default: the groups of the crosswalk are read from `keycloak`, and of no other group the members.
   */
  readonly groups?: Reading<GroupList> | Promise<Reading<GroupList>>;
}

/**
 * Keeps groups of a database as groups of Keycloak say: who is enabled and in a Keycloak group is in the database group
 * that the crosswalk names, and nobody else. One resource (`postgres.MemberLists`) for the whole crosswalk: the preview
 * lists everybody who comes and goes, group by group, and the statements.
 *
 * Where nothing can be read, nothing happens: the program ends with what went wrong. A Keycloak group that is empty,
 * gone or not read to the end takes nobody out of its database group; for the first two an entry may say `mayEmpty`.
 * One run takes out at most 10 members or 20 % of a group, whichever is more (Pulumi config `roster:maxRemovals` for
 * another limit). Accounts of clients are not fed.
 *
 * @example
 * const sync = new keycloak.GroupSync("warehouse", {
 *   crosswalk: [
 *     { keycloakGroup: "/data/analysts", databaseGroup: "analysts" },
 *     { keycloakGroup: "/data", databaseGroup: "readers", nested: true },
 *   ],
 *   ignoreUsers: ["svc_*"],
 * });
 * const inKeycloakOnly = sync.withoutUser;
 *
 * @example
 * const sync = new keycloak.GroupSync("warehouse", { crosswalk: "crosswalk.yaml", userMap: keycloak.byEmail });
 */
export class GroupSync extends pulumi.ComponentResource {
  /** Who is in the database groups, by group. */
  readonly members: pulumi.Output<Record<string, string[]>>;
  /**
   * Users of Keycloak whom the database does not have: by the name that they would have there, or by their user name
   * where the user map gives none.
   */
  readonly withoutUser: pulumi.Output<string[]>;
  /** Paths of the groups of Keycloak that no entry of the crosswalk names. */
  readonly unmapped: pulumi.Output<string[]>;
  /** Groups of the database that no entry of the crosswalk names. They are left alone. */
  readonly unfed: pulumi.Output<string[]>;

  /**
   * Declares that the groups follow Keycloak.
   *
   * @param name The resource's name in the program.
   * @param args The crosswalk, and how users are matched.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: GroupSyncArgs, options?: pulumi.ComponentResourceOptions) {
    super("roster:keycloak:GroupSync", name, {}, options);
    const fed = fedLists(this, name, feed(`keycloak.GroupSync ${JSON.stringify(name)}`, args), args);
    this.members = fed.members;
    this.withoutUser = fed.withoutUser;
    this.unmapped = fed.unmapped;
    this.unfed = fed.unfed;
    const reads = args.groups === undefined ? readsOf("keycloak", args.keycloak) : undefined;
    this.registerOutputs({ ...fed, reads });
  }
}

const KEYS: KeysOf<GroupSyncArgs> = {
  ...FED_LISTS_KEYS,
  crosswalk: true,
  userMap: true,
  keycloak: true,
  groups: true,
};

/** Throws at once what is wrong with the crosswalk itself; what has to do with Keycloak comes with the promise. */
function feed(what: string, args: GroupSyncArgs): Promise<Crosswalked> {
  expectKeys(what, "the arguments", args, KEYS);
  const { crosswalk: given, keycloak, groups, ignoreUsers = [], userMap = byUsername } = args;
  const entries = crosswalkEntries(what, given);
  const options = { membersOf: mappedBy(entries), ...(keycloak === undefined ? {} : { connection: keycloak }) };
  const reading = groups ?? getGroups(options);
  return crosswalked(what, async () => sourceOf(await reading), entries, { ignoreUsers, userMap });
}

/** The groups whose members the crosswalk asks for. Of a group that is in another one it is told after that one. */
function mappedBy(entries: readonly Entry[]): (group: Group) => boolean {
  const withAllInside = new Set<string>();
  return ({ id, path, parentId }) => {
    const own = entries.filter((entry) => (entry.id === undefined ? entry.name === path : entry.id === id));
    const inside = parentId !== undefined && withAllInside.has(parentId);
    if (inside || own.some(({ nested }) => nested === true)) withAllInside.add(id);
    return inside || own.length > 0;
  };
}

async function sourceOf(reading: Reading<GroupList>): Promise<GroupSource<Member & { readonly active: boolean }>> {
  const groups = await reading.toArray();
  const inside = new Map<string, string[]>();
  for (const { id, parentId } of groups) {
    if (parentId !== undefined) inside.set(parentId, [...(inside.get(parentId) ?? []), id]);
  }
  return {
    system: "Keycloak",
    complete: reading.complete,
    groups: groups.map(({ id, path, members, complete }) => ({
      id,
      name: path,
      members: (members ?? []).map((member) => ({ ...member, active: member.enabled })),
      complete: complete && members !== undefined,
      children: inside.get(id) ?? [],
    })),
  };
}
