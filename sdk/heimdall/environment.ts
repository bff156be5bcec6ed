import * as pulumi from "@pulumi/pulumi";
import { decodeNames } from "../../provider/core/lines.js";
import type { EnvironmentData } from "../../provider/heimdall/types.js";
import { argumentsOf } from "../core/argumentsOf.js";
import { entriesText, inputsOf, typeOf } from "../core/resource.js";
import { runError } from "../core/runError.js";
import { connectionInput, type Connection } from "./connection.js";
import { wholeEnvironment } from "./wholeEnvironment.js";

/** Arguments of a `heimdall.Environment`. */
export interface EnvironmentArgs {
  /**
   * All actions, roles, mappings and groups: from `heimdall.getEnvironment`, from `heimdall.readEnvironment`, or
   * written in the program.
   */
  readonly environment: pulumi.Input<EnvironmentData>;
  /**
   * Names that are left alone, on both sides: of actions, roles, groups, members (CPFs), and mappings as `GET /path`.
   * `*` stands for any characters, `?` for one, a backslash before them takes that meaning away. Default: none.
   */
  readonly ignore?: pulumi.Input<readonly pulumi.Input<string>[]>;
  /**
   * What happens when this leaves the program: "keep", the default, leaves the environment as it is; "drop" deletes all
   * that was declared.
   */
  readonly onRemove?: pulumi.Input<"drop" | "keep">;
  /** The environment. Default: the connection "heimdall" (HEIMDALL_URL, HEIMDALL_TOKEN). */
  readonly connection?: Connection;
}

/** How many of one kind a run made, changed and deleted. */
export interface EnvironmentCount {
  /** How many were made. */
  readonly created: number;
  /** How many were changed. */
  readonly updated: number;
  /** How many were deleted. */
  readonly deleted: number;
}

/** What the last run that changed something did. */
export interface EnvironmentSummary {
  /** Actions. */
  readonly actions: EnvironmentCount;
  /** Roles; one that was deleted and made again was changed. */
  readonly roles: EnvironmentCount;
  /** Mappings. */
  readonly mappings: EnvironmentCount;
  /** Groups; one that was deleted and made again was changed. */
  readonly groups: EnvironmentCount;
  /** Actions of roles and roles of groups. */
  readonly assignments: Omit<EnvironmentCount, "updated">;
  /** Members of groups. */
  readonly members: Omit<EnvironmentCount, "updated">;
  /** Requests that changed something. */
  readonly total: number;
  /** How many things failed or could not be done. */
  readonly errors: number;
  /** How long the run took. */
  readonly seconds: number;
}

/**
 * A whole environment of Heimdall in one resource. Authoritative: what is missing is made, what differs is changed, and
 * what is not declared is deleted, except what `ignore` matches and the role `superadmin`. Members of groups are left
 * alone where a group does not declare them. A `heimdall.RoleAction`, `GroupRole` or `GroupMember` of the same program
 * that is in none of the lists is refused. Only the requests that are needed are sent, 8 at once.
 *
 * The preview shows the requests in order and ends with a count of each kind. Before the first change the service is
 * asked whether it is well and the token an administrator's, and with the connection's setting `backupFolder` a backup
 * is written, which `heimdall.readEnvironment` reads back. When something fails, what does not depend on it is done all
 * the same, and the next `up` does only what is left.
 *
 * One run deletes at most 10 entries or 20 % of each list, whichever is more (Pulumi config `roster:maxRemovals` for
 * another limit); an environment that is empty as a whole deletes nothing. Throws in `preview` and `up` where an
 * argument is not valid, where a role or mapping names an action that is not declared, and with more than 50 roles,
 * because the service cannot tell the actions of all of them.
 *
 * @example
 * const production = new heimdall.Environment("production", {
 *   environment: heimdall.readEnvironment("heimdall.yaml"),
 *   ignore: ["legacy:*"],
 * });
 */
export class Environment extends pulumi.CustomResource {
  /** The names of the actions. */
  declare readonly actions: pulumi.Output<string[]>;
  /** The names of the roles. */
  declare readonly roles: pulumi.Output<string[]>;
  /** The mappings, as `GET /path`. */
  declare readonly mappings: pulumi.Output<string[]>;
  /** The names of the groups. */
  declare readonly groups: pulumi.Output<string[]>;
  /** What the last run that changed something did; undefined before there was one. */
  declare readonly summary: pulumi.Output<EnvironmentSummary | undefined>;

  /**
   * Declares an environment.
   *
   * @param name The resource's name in the program.
   * @param args What the environment is to hold.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: EnvironmentArgs, options?: pulumi.CustomResourceOptions) {
    const { connection, environment, ...rest } = argumentsOf("heimdall.Environment", name, {
      args,
      options,
      hasExisting: false,
    });
    const what = `heimdall.Environment ${JSON.stringify(name)}`;
    const inputs = { ...rest, name, ...listsOf(what, environment), connection: connectionInput(connection) };
    super(typeOf("heimdall.Environment"), name, inputsOf("heimdall.Environment", inputs, ["summary"]), options);
    this.actions = namesOf(this.actions);
    this.roles = namesOf(this.roles);
    this.groups = namesOf(this.groups);
    this.mappings = namesOf(this.mappings);
  }
}

/** The lists travel as texts (provider/core/lines.ts); programs read them as names. */
function namesOf(output: pulumi.Output<string[]>): pulumi.Output<string[]> {
  return (output as unknown as pulumi.Output<string>).apply(decodeNames);
}

function listsOf(what: string, environment: pulumi.Input<EnvironmentData>): pulumi.Inputs {
  const known = (pulumi.output(environment) as pulumi.Output<EnvironmentData>).apply((data) =>
    wholeEnvironment(what, data),
  );
  const text = (list: (data: EnvironmentData) => readonly { readonly name: string }[], name: string) =>
    known.apply((data) => entriesText(`${what}: ${name}`, unique(`${what}: ${name}`, list(data))));
  const described = ({ name, description }: { name: string; description: string }) => ({ name, description });
  return {
    actions: text(({ actions }) => actions.map(described), "actions"),
    roles: text(({ roles }) => roles.map(described), "roles"),
    groups: text(({ groups }) => groups.map(described), "groups"),
    mappings: text(
      ({ mappings }) =>
        mappings.map(({ method, path, action, description }) => ({ name: `${method} ${path}`, action, description })),
      "mappings",
    ),
    roleActions: known.apply(({ roles }) => textsBy(what, roles, ({ actions }) => actions)),
    groupRoles: known.apply(({ groups }) => textsBy(what, groups, ({ roles }) => roles)),
    members: known.apply(({ groups }) =>
      groups.some(({ members }) => members !== undefined)
        ? textsBy(what, groups, ({ members }) => members, { empty: true })
        : undefined,
    ),
  };
}

/** Two entries of one name would each undo the other, whatever they say. */
function unique<T extends { readonly name: string }>(what: string, entries: readonly T[]): readonly T[] {
  const names = new Set<string>();
  for (const { name } of entries) {
    if (names.has(name)) throw runError(`${what}: ${JSON.stringify(name)} stands there twice`);
    names.add(name);
  }
  return entries;
}

function textsBy<T extends { readonly name: string }>(
  what: string,
  owners: readonly T[],
  namesOfOwner: (owner: T) => readonly string[] | undefined,
  { empty = false } = {},
): Record<string, string> {
  const lists = owners.flatMap((owner) => {
    const names = namesOfOwner(owner);
    if (names === undefined || (names.length === 0 && !empty)) return [];
    return [[owner.name, entriesText(`${what}: ${JSON.stringify(owner.name)}`, names)] as const];
  });
  return Object.fromEntries(lists);
}
