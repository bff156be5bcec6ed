import type * as pulumi from "@pulumi/pulumi";

/**
 * The kinds of things that privileges can be on, as Unity Catalog's API names them. Views and materialized views are
 * `table`. Models are `function` on Databricks and `registered_model` on the open-source server.
 */
export type SecurableType =
  | "catalog"
  | "clean_room"
  | "connection"
  | "credential"
  | "external_location"
  | "external_metadata"
  | "function"
  | "metastore"
  | "pipeline"
  | "provider"
  | "recipient"
  | "registered_model"
  | "schema"
  | "share"
  | "staging_table"
  | "storage_credential"
  | "table"
  | "volume";

/**
 * Something that privileges are on: its type, a space and its full name, without quotation marks. Names compare without
 * case, as Unity Catalog does. A metastore is named by its id.
 *
 * @example
 * const orders: databricks.Securable = "table main.sales.orders";
 */
export type Securable = `${SecurableType} ${string}`;

/** A securable, or what another resource of the program makes of one: pulumi.interpolate`table ${orders.id}`. */
export type SecurableInput = pulumi.Input<Securable> | pulumi.Output<string>;

/**
 * The privileges that are used most, for completion; every other of Unity Catalog is taken too. Upper and lower case,
 * blanks and underscores are the same: "USE CATALOG" is USE_CATALOG. What cannot be given on a type of securable is
 * refused in `preview`. ALL_PRIVILEGES holds all that is not MANAGE or EXTERNAL_USE_...; who has it needs nothing else.
 *
 * @see https://docs.databricks.com/aws/en/data-governance/unity-catalog/manage-privileges/privileges
 */
export type Privilege =
  | "ALL_PRIVILEGES"
  | "APPLY_TAG"
  | "BROWSE"
  | "CREATE_FUNCTION"
  | "CREATE_MODEL"
  | "CREATE_SCHEMA"
  | "CREATE_TABLE"
  | "CREATE_VOLUME"
  | "EXECUTE"
  | "MANAGE"
  | "MODIFY"
  | "READ_FILES"
  | "READ_VOLUME"
  | "REFRESH"
  | "SELECT"
  | "USE_CATALOG"
  | "USE_CONNECTION"
  | "USE_SCHEMA"
  | "WRITE_FILES"
  | "WRITE_VOLUME"
  // Keeps the names above as hints, while every text is taken.
  | (string & {});

/** Somebody on a list, with how long. */
export interface PrincipalArgs {
  /** An e-mail address, the name of an account group, or the application id of a service principal. */
  readonly name: pulumi.Input<string>;
  /** When the grant ends: a date (midnight UTC) or ISO 8601 with zone. The first `up` after that takes it back. Default: never. */
  readonly until?: pulumi.Input<string>;
}

/** A list of principals: names, or names with how long. Case does not count. An unknown element makes the list unknown. */
export type PrincipalsInput = pulumi.Input<readonly pulumi.Input<string | PrincipalArgs>[]>;

/** Who has which privilege: a list of principals for each. */
export type GrantsInput = pulumi.Input<Readonly<Partial<Record<Privilege, PrincipalsInput>>>>;
