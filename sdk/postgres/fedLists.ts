import * as pulumi from "@pulumi/pulumi";
import type { Crosswalked } from "../core/crosswalk.js";
import { toldOnce } from "../core/source.js";
import type { Connection } from "./connection.js";
import { MemberLists } from "./memberLists.js";

/** What a component that feeds groups of a database says about the database's side. */
export interface FedListsArgs {
  /** Patterns of names of members who are left alone. */
  readonly ignoreUsers?: readonly string[] | undefined;
  /** What happens with members whom the database does not have. Default "skip". */
  readonly missingUsers?: "skip" | "fail" | undefined;
  /** What happens to groups that leave. */
  readonly onRemove?: "drop" | "keep" | undefined;
  /** The database. */
  readonly connection?: Connection | undefined;
}

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
