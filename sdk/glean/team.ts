import * as pulumi from "@pulumi/pulumi";
import { argumentsOf } from "../core/argumentsOf.js";
import { inputsOf, typeOf } from "../core/resource.js";
import { connectionInput, type Connection } from "./connection.js";
import type { TeamFields } from "./fields.js";

/** Arguments of a `glean.Team`: the fields of `TeamFields`, and these. */
export type TeamArgs = { readonly [F in keyof TeamFields]: pulumi.Input<TeamFields[F]> } & {
  /** Where Glean has the record in a higher version, it stays, and this fails. Default: no version is checked. */
  readonly version?: pulumi.Input<number>;
  /** What happens when the team leaves the program: deleted in Glean ("drop", the default), or left alone ("keep"). */
  readonly onRemove?: pulumi.Input<"drop" | "keep">;
  /** The deployment. Default: the connection "glean" (GLEAN_API_URL, GLEAN_API_TOKEN). */
  readonly connection?: Connection;
};

/**
 * A team in Glean's directory, with everybody in it. A record that is there already is replaced. Another `teamId` is
 * another team.
 *
 * The Indexing API reads nothing back. With a token of the Client API (`clientToken` of the connection) drift is found
 * in name, description, department, business unit and link, and in whether the team is there at all, but not in its
 * members, where Glean shows what several sources say together. Without such a token state is believed.
 *
 * Throws in `preview` and `up` when a field is not valid, and in `up` when Glean refuses the record.
 *
 * @example
 * const ana = new glean.Person("ana", { email: "ana@example.com", department: "Data" });
 * const data = new glean.Team("data", {
 *   teamId: "data",
 *   name: "Data",
 *   members: ana.email.apply((email) => [{ email, relationship: "LEAD" as const }]),
 * });
 *
 * @see https://developers.glean.com/api/indexing-api/index-team
 */
export class Team extends pulumi.CustomResource {
  /** The identifier. */
  declare readonly teamId: pulumi.Output<string>;
  /** The name. */
  declare readonly name: pulumi.Output<string>;

  /**
   * Declares a team.
   *
   * @param name The resource's name in the program, which may differ from the team's.
   * @param args What the team is.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: TeamArgs, options?: pulumi.CustomResourceOptions) {
    const { connection, ...rest } = argumentsOf("glean.Team", name, { args, options, hasExisting: false });
    super(
      typeOf("glean.Team"),
      name,
      inputsOf("glean.Team", { ...rest, connection: connectionInput(connection) }),
      options,
    );
  }
}
