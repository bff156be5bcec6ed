import type * as pulumi from "@pulumi/pulumi";

/** Somebody in a group, with how and until when. */
export interface MemberArgs {
  /** The name of a user or of another group. */
  readonly name: pulumi.Input<string>;
  /** May give the group to others (ADMIN OPTION). Default false. */
  readonly admin?: pulumi.Input<boolean>;
  /** Has the group's rights without SET ROLE. Default: as the member's own `inherit` says. PostgreSQL 16 and later. */
  readonly inherit?: pulumi.Input<boolean>;
  /** May become the group with SET ROLE. Default true. PostgreSQL 16 and later. */
  readonly set?: pulumi.Input<boolean>;
  /** When the membership ends: a date (midnight UTC) or ISO 8601 with zone. The first `up` after that takes it back. Default: never. */
  readonly until?: pulumi.Input<string>;
}

/** A list of members: names, or names with how and until when. An unknown element makes the whole list unknown. */
export type MembersInput = pulumi.Input<readonly pulumi.Input<string | MemberArgs>[]>;
