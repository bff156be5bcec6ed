import * as pulumi from "@pulumi/pulumi";
import { argumentsOf } from "../core/argumentsOf.js";
import { inputsOf, typeOf, withDefault } from "../core/resource.js";
import { connectionInput, type Connection } from "./connection.js";
import type { PersonFields } from "./fields.js";

/** Arguments of a `glean.Person`: the fields of `PersonFields`, and these. */
export type PersonArgs = { readonly [F in keyof PersonFields]: pulumi.Input<PersonFields[F]> } & {
  /** Where Glean has the record in a higher version, it stays, and this fails. Default: no version is checked. */
  readonly version?: pulumi.Input<number>;
  /** What happens when the person leaves the program: deleted in Glean ("drop", the default), or left alone ("keep"). */
  readonly onRemove?: pulumi.Input<"drop" | "keep">;
  /** The deployment. Default: the connection "glean" (GLEAN_API_URL, GLEAN_API_TOKEN). */
  readonly connection?: Connection;
};

/**
 * A person in Glean's directory. For a few people; a whole directory is a `glean.Directory`. A record that is there
 * already is replaced: Glean puts a person together from several sources, and this is one of them. Another e-mail
 * address is another person: the new one is made, then the old one deleted.
 *
 * The Indexing API reads nothing back. With a token of the Client API (`clientToken` of the connection) drift is found
 * in names, title, department, business unit, location, manager, phone, dates, bio, pronoun, type, and in who is there
 * at all; what was sent a moment ago may take Glean some hours to show. Without such a token state is believed.
 *
 * Throws in `preview` and `up` when a field is not valid, and in `up` when Glean refuses the record.
 *
 * @example
 * const ana = new glean.Person("ana", {
 *   email: "ana@example.com",
 *   department: "Data",
 *   firstName: "Ana",
 *   lastName: "Lima",
 *   title: "Analyst",
 *   structuredLocation: { city: "Porto", countryCode: "PT" },
 * });
 *
 * @see https://developers.glean.com/api/indexing-api/index-employee
 */
export class Person extends pulumi.CustomResource {
  /** The e-mail address, in lower case. */
  declare readonly email: pulumi.Output<string>;
  /** The organisational unit. */
  declare readonly department: pulumi.Output<string>;
  /** First name. */
  declare readonly firstName: pulumi.Output<string | undefined>;
  /** Last name. */
  declare readonly lastName: pulumi.Output<string | undefined>;
  /** Job title. */
  declare readonly title: pulumi.Output<string | undefined>;
  /** The manager's e-mail address, in lower case. */
  declare readonly managerEmail: pulumi.Output<string | undefined>;
  /** What kind of employee. */
  declare readonly type: pulumi.Output<"FULL_TIME" | "CONTRACTOR" | "NON_EMPLOYEE">;
  /** Whether the person is still to come, is there, or has left. */
  declare readonly status: pulumi.Output<"CURRENT" | "FUTURE" | "EX">;

  /**
   * Declares a person.
   *
   * @param name The resource's name in the program.
   * @param args Who the person is.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: PersonArgs, options?: pulumi.CustomResourceOptions) {
    const { connection, ...rest } = argumentsOf("glean.Person", name, { args, options, hasExisting: false });
    const inputs = { ...NOTHING, ...rest, connection: connectionInput(connection) };
    super(typeOf("glean.Person"), name, inputsOf("glean.Person", inputs), options);
    this.type = withDefault(this.type, "FULL_TIME");
    this.status = withDefault(this.status, "CURRENT");
  }
}

/** Names what can be read, so that each is an output too. */
const NOTHING = {
  firstName: undefined,
  lastName: undefined,
  title: undefined,
  managerEmail: undefined,
  type: undefined,
  status: undefined,
};
