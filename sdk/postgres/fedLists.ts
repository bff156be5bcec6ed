import * as pulumi from "@pulumi/pulumi";
import type { Crosswalked } from "../core/crosswalk.js";
import type { KeysOf } from "../core/knownKeys.js";
import { toldOnce } from "../core/source.js";
import type { Connection } from "./connection.js";
import { MemberLists } from "./memberLists.js";

/** The arguments of a component that feeds groups of a database which are about the database. */
export interface FedListsArgs {
  /**
   * Names of users who are left alone, of the source's users and of the database's: `*` stands for any characters, `?`
   * for one, a backslash before them takes that meaning away. Default: none. The account that runs this is left alone
   * anyway.
   */
  readonly ignoreUsers?: readonly string[];
  /**
   * What happens with users whom the database does not have: "skip", the default, leaves them out with a warning and
   * names them in `withoutUser`; "fail" does everything else and ends with an error.
   */
  readonly missingUsers?: "skip" | "fail";
  /**
   * What happens to database groups whose entry leaves the crosswalk: "drop" drops them, "keep" leaves them with their
   * members. Default: groups that this made are dropped, others lose the members that it gave.
   */
  readonly onRemove?: "drop" | "keep";
  /** The database. Default: the connection "postgres" (PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE, PGSSLMODE). */
  readonly connection?: Connection;
}

/** Those arguments, for `expectKeys`. */
export const FED_LISTS_KEYS: KeysOf<FedListsArgs> = {
  ignoreUsers: true,
  missingUsers: true,
  onRemove: true,
  connection: true,
};

/** What such a component gives. */
export interface FedListsOutputs {
  /** Who is in the database groups, by group. */
  readonly members: pulumi.Output<Record<string, string[]>>;
  /** Users of the source whom the database does not have. */
  readonly withoutUser: pulumi.Output<string[]>;
  /** Groups of the source that no entry names. */
  readonly unmapped: pulumi.Output<string[]>;
  /** Groups of the database that no entry names. */
  readonly unfed: pulumi.Output<string[]>;
}

/** The one resource of a component that feeds groups of a database with those of another system, and its outputs. */
export function fedLists(
  parent: pulumi.ComponentResource,
  name: string,
  crosswalked: Promise<Crosswalked>,
  { ignoreUsers = [], missingUsers = "skip", onRemove, connection }: FedListsArgs,
): FedListsOutputs {
  const fed = pulumi.output(
    toldOnce(crosswalked).then((made) => {
      for (const text of made.warnings) void pulumi.log.warn(text, parent);
      return made;
    }),
  );
  const lists = new MemberLists(
    name,
    {
      groups: fed.groups,
      ignore: [...ignoreUsers],
      missing: missingUsers,
      ...(onRemove === undefined ? {} : { onRemove }),
      ...(connection === undefined ? {} : { connection }),
    },
    { parent },
  );
  return {
    members: lists.members,
    withoutUser: pulumi.all([fed.unnamed, lists.absent]).apply(([unnamed, absent]) => [...unnamed, ...absent].sort()),
    unmapped: fed.unmapped.apply((names) => [...names]),
    unfed: lists.unfed,
  };
}
