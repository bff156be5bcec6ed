import * as pulumi from "@pulumi/pulumi";
import { decodeNames } from "../../provider/core/lines.js";
import { argumentsOf } from "../core/argumentsOf.js";
import { entriesInput, inputsOf, typeOf } from "../core/resource.js";
import { connectionInput, type Connection } from "./connection.js";
import type { MembersInput } from "./member.js";

/** Arguments of a `postgres.GroupMembers`. */
export interface GroupMembersArgs {
  /** The group's name: `analysts.name` of a `postgres.Group`, or the name of a group that exists. */
  readonly group: pulumi.Input<string>;
  /**
   * Everybody who is in the group, by name, or by name with how and until when. Order does not matter; a name that
   * stands twice counts once.
   */
  readonly members: MembersInput;
  /**
   * Names that are left alone, in the list and in the group: `*` stands for any characters, `?` for one, a
   * backslash before them takes that meaning away. Default: none.
   */
  readonly ignore?: pulumi.Input<readonly pulumi.Input<string>[]>;
  /** What happens when the list leaves the program: "drop", the default, takes the members out; "keep" leaves them. */
  readonly onRemove?: pulumi.Input<"drop" | "keep">;
  /** The server. Default: the connection "postgres" (PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE, PGSSLMODE). */
  readonly connection?: Connection;
}

/**
 * A group's whole list of members. Authoritative: who is in the group and not on the list is taken out, except names
 * that `ignore` matches and the account that runs this. The preview shows each name and the statements. A
 * `postgres.GroupMembership` of the same program that contradicts the list is refused.
 *
 * One run takes out at most 10 members or 20 % of the group, whichever is more, so that a list that came back empty
 * empties no large group; Pulumi config `roster:maxRemovals` sets another limit for a run. Users on the list who do not
 * exist are a warning in `preview`; in `up` everybody else is granted and the run ends with an error that names them.
 *
 * @example
 * const members = new postgres.GroupMembers("analysts", { group: analysts.name, members: ["ana", "rui"], ignore: ["svc_*"] });
 *
 * @example
 * const members = new postgres.GroupMembers("oncall", { group: "oncall", members: [{ name: "ana", until: "2027-01-31" }] });
 *
 * @see https://www.postgresql.org/docs/current/sql-grant.html#SQL-GRANT-DESCRIPTION-ROLES
 */
export class GroupMembers extends pulumi.CustomResource {
  /** The group's name. */
  declare readonly group: pulumi.Output<string>;
  /** Who is in the group, sorted, without those that `ignore` matches. */
  declare readonly members: pulumi.Output<string[]>;
  /** The names that are left alone. */
  declare readonly ignore: pulumi.Output<string[]>;

  /**
   * Declares the list.
   *
   * @param name The resource's name in the program.
   * @param args The group and who is in it.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: GroupMembersArgs, options?: pulumi.CustomResourceOptions) {
    const { connection, members, ...rest } = argumentsOf("postgres.GroupMembers", name, {
      args,
      options,
      hasExisting: false,
    });
    const what = `postgres.GroupMembers ${JSON.stringify(name)}: members`;
    const text = entriesInput(what, members);
    const inputs = { ignore: undefined, ...rest, members: text, connection: connectionInput(connection) };
    super(typeOf("postgres.GroupMembers"), name, inputsOf("postgres.GroupMembers", inputs), options);
    // The list travels as one text (provider/core/lines.ts); programs read it as names.
    this.members = (this.members as unknown as pulumi.Output<string>).apply(decodeNames);
    this.ignore = this.ignore.apply((patterns: string[] | undefined) => patterns ?? []);
  }
}
