import * as pulumi from "@pulumi/pulumi";
import { decodeNames } from "../../provider/core/lines.js";
import { argumentsOf } from "../core/argumentsOf.js";
import { expectKey } from "../core/knownKeys.js";
import { expectLists, looked } from "../core/lists.js";
import { entriesText, inputsOf, namesOf, typeOf } from "../core/resource.js";
import { connectionInput, type Connection } from "./connection.js";
import type { MembersInput } from "./member.js";

/** A group of a `MemberLists` with more to say than its list. */
export interface MemberListArgs {
  /** Everybody who is to be in the group; an empty list empties it. */
  readonly members: MembersInput;
  /** Whether the group is created where it is missing. Default true; without it the list waits, with a warning. */
  readonly create?: pulumi.Input<boolean>;
  /**
   * Whether the list may lack somebody, because its source did not give everything. Then who is on it is added, nobody
   * is taken out, and who was on the list before stays on it. Default false.
   */
  readonly incomplete?: pulumi.Input<boolean>;
  /** What happens when the group leaves the program. Default: what the resource's `onRemove` says. */
  readonly onRemove?: pulumi.Input<"drop" | "keep">;
}

/** Arguments of a `postgres.MemberLists`. */
export interface MemberListsArgs {
  /** Groups by name, each with its whole list of members, or with a list and more. */
  readonly groups: pulumi.Input<Readonly<Record<string, MembersInput | MemberListArgs>>>;
  /**
   * Names of members who are left alone, in the lists and in the groups: `*` stands for any characters, `?` for one,
   * a backslash before them takes that meaning away. Default: none.
   */
  readonly ignore?: pulumi.Input<readonly pulumi.Input<string>[]>;
  /**
   * What happens with members whom the server does not know: "fail", the default, does everything else and ends with
   * an error; "skip" leaves them out with a warning, and names them in `absent`.
   */
  readonly missing?: pulumi.Input<"fail" | "skip">;
  /**
   * What happens to groups that leave the program: "drop" drops them, "keep" leaves them with their members. Default:
   * groups that this resource made are dropped, others lose the members that it gave.
   */
  readonly onRemove?: pulumi.Input<"drop" | "keep">;
  /** The server. Default: the connection "postgres" (PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE, PGSSLMODE). */
  readonly connection?: Connection;
}

/**
 * The whole member lists of several groups in one resource, for users who are there already: the form of `GroupMembers`
 * for hundreds of groups, and what lists from another system (Civis Platform, Keycloak) go into. One catalogue read,
 * one comparison, at most one statement to take and one to give for each group and 500 names. Authoritative over the
 * lists of the groups that it names. A group that is missing is created, one that exists is taken over as it is. A
 * `postgres.GroupMembership` of the same program that contradicts a list is refused.
 *
 * One run takes out at most 10 members or 20 % of a group, whichever is more; Pulumi config `roster:maxRemovals` sets
 * another limit for a run. The account that runs it is never taken out.
 *
 * @example
 * const lists = new postgres.MemberLists("warehouse", {
 *   groups: { analysts: ["ana", "rui"], engineers: { members: ["rui"], create: false } },
 *   ignore: ["svc_*"],
 *   missing: "skip",
 * });
 * const withoutUser = lists.absent;
 */
export class MemberLists extends pulumi.CustomResource {
  /** The names of the groups. */
  declare readonly groups: pulumi.Output<string[]>;
  /** Who is in the groups, by group, sorted, without those whom `ignore` matches and who are absent. */
  declare readonly members: pulumi.Output<Record<string, string[]>>;
  /** The members who were left out because the server has no such user; only with `missing: "skip"`. */
  declare readonly absent: pulumi.Output<string[]>;
  /** Groups that were there before this resource; they are not dropped unasked. */
  declare readonly adopted: pulumi.Output<string[]>;
  /** Groups of the server that this resource does not name. It leaves them alone. */
  declare readonly unfed: pulumi.Output<string[]>;

  /**
   * Declares the lists.
   *
   * @param name The resource's name in the program.
   * @param args The groups and who is in them.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: MemberListsArgs, options?: pulumi.CustomResourceOptions) {
    const { connection, groups, ...rest } = argumentsOf("postgres.MemberLists", name, {
      args,
      options,
      hasExisting: false,
    });
    const inputs = {
      ...rest,
      ...groupsInputs(`postgres.MemberLists ${JSON.stringify(name)}`, groups),
      name,
      connection: connectionInput(connection),
    };
    super(
      typeOf("postgres.MemberLists"),
      name,
      inputsOf("postgres.MemberLists", inputs, ["adopted", "absent", "unfed"]),
      options,
    );
    this.groups = namesOf(this.groups);
    this.members = (this.members as unknown as pulumi.Output<Record<string, string> | undefined>).apply((lists) =>
      Object.fromEntries(Object.entries(lists ?? {}).map(([group, text]) => [group, decodeNames(text)])),
    );
    this.absent = namesOf(this.absent);
    this.adopted = namesOf(this.adopted);
    this.unfed = namesOf(this.unfed);
  }
}

interface KnownGroup {
  readonly members: readonly (string | { readonly name: string })[];
}

function groupsInputs(what: string, groups: MemberListsArgs["groups"]): pulumi.Inputs {
  const known = looked(groups, (all) => {
    expectLists(what, "groups", all);
  }).apply((all) =>
    Object.entries(all).map(([name, group]): { name: string; group: KnownGroup } => ({
      name,
      group: (Array.isArray(group) ? { members: group } : group) as KnownGroup,
    })),
  );
  return {
    groups: known.apply((all) =>
      entriesText(
        `${what}: groups`,
        all.map(({ name, group: { members: _members, ...details } }) => ({ ...details, name })),
      ),
    ),
    members: known.apply((all) =>
      Object.fromEntries(
        all.map(({ name, group }) => {
          const list = `${what}: ${JSON.stringify(name)}`;
          expectKey(list, "members", group);
          return [name, entriesText(list, group.members)];
        }),
      ),
    ),
  };
}
