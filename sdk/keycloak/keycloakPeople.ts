import * as pulumi from "@pulumi/pulumi";
import type { Fed, FedTeam } from "../../provider/keycloak/handover.js";
import { expectKeys, type KeysOf } from "../core/knownKeys.js";
import { count, inform, numberVariable, readsOf, showSample, warn } from "../core/source.js";
import type { Connection as GleanConnection } from "../glean/connection.js";
import { Directory, type DirectoryArgs, type Skipped } from "../glean/directory.js";
import type { Connection } from "./connection.js";
import { getPeople, type Person } from "./getPeople.js";
import type { Reading } from "./getUsers.js";
import { mappingOf, type MappedPerson, type PeopleMapping, type PeopleNames } from "./peopleMapping.js";

/** Arguments of a `keycloak.KeycloakPeople`: how a realm becomes a directory, and those of a `glean.Directory`. */
export interface KeycloakPeopleArgs extends Pick<
  DirectoryArgs,
  "mode" | "lostEmail" | "onRemove" | "interruptedUpload" | "process" | "shards"
> {
  /**
   * Which attributes and groups become which fields, where they are others than `keycloak.standardNames`; or a function
   * that makes of somebody in Keycloak a person of the directory. It is called several times for everybody, and has to
   * give the same each time. Default: `keycloak.mapPeople()`.
   */
  readonly mapping?: PeopleNames | PeopleMapping;
  /** The department of people who have none; Glean requires one. Default: they are not sent, and listed in `skipped`. */
  readonly department?: string;
  /**
   * Whether each team of somebody (the mapping's `teams`) is a record of its own in Glean too, with everybody in it.
   * Default false: people say in which teams they are. With `mode: "bulk"` Glean deletes teams that others have sent.
   */
  readonly teamRecords?: boolean;
  /** Whether people who are disabled in Keycloak are taken too. Default false: who may not log in has left. */
  readonly includeDisabled?: boolean;
  /** Take no more people than this, to try things out; nobody is removed then. Default: MAX_USERS, else everybody. */
  readonly maxUsers?: number;
  /** Which realm. Default: the connection "keycloak" (KEYCLOAK_BASE_URL, KEYCLOAK_REALM, KEYCLOAK_CLIENT_ID, ...). */
  readonly keycloak?: Connection;
  /** People who were read already, with `getPeople`. Default: they are read from `keycloak`. */
  readonly people?: Reading<Person> | Promise<Reading<Person>>;
  /** The deployment of Glean. Default: the connection "glean" (GLEAN_API_URL, GLEAN_API_TOKEN). */
  readonly connection?: GleanConnection;
}

/**
 * Keeps Glean's directory as a realm of Keycloak says: who is enabled is in it, with department, title, manager, place,
 * phone, first day and teams; who leaves the realm is deleted. People go through one after the other: memory does not
 * grow with them. For how they are sent, and for what is never removed, see `glean.Directory`.
 *
 * Nobody is left out silently: who has no e-mail address or lacks a required field is in a warning and in `skipped`,
 * and values that could not be taken (a first day that is no date, a manager who is not in the realm) are in warnings
 * with the names. Where nothing can be read, nothing happens: the program ends with what went wrong. A realm that was
 * not read to its end removes nobody.
 *
 * @example
 * const people = new keycloak.KeycloakPeople("company", {
 *   mapping: { title: "position", department: ["department", "/departments/*"], teams: "/teams/*" },
 *   department: "Unassigned",
 * });
 * const notSent = people.skipped;
 */
export class KeycloakPeople extends pulumi.ComponentResource {
  /** How many people are in the directory. */
  readonly people: pulumi.Output<number>;
  /** How many teams have a record in it. */
  readonly teams: pulumi.Output<number>;
  /** Who is not sent, and why. At most 1,000. */
  readonly skipped: pulumi.Output<readonly Skipped[]>;
  /** How many are not sent. */
  readonly skippedCount: pulumi.Output<number>;
  /** Whether the realm was read to its end. */
  readonly complete: pulumi.Output<boolean>;

  /**
   * Declares that Glean's directory follows Keycloak.
   *
   * @param name The resource's name in the program.
   * @param args How a realm becomes a directory.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: KeycloakPeopleArgs = {}, options?: pulumi.ComponentResourceOptions) {
    super("roster:keycloak:KeycloakPeople", name, {}, options);
    const what = `keycloak.KeycloakPeople ${JSON.stringify(name)}`;
    expectKeys(what, "the arguments", args, KEYS);
    const { mapping = {} } = args;
    const map = typeof mapping === "function" ? mapping : mappingOf(`${what}: the argument mapping`, mapping);
    const { mode, department, lostEmail, onRemove, interruptedUpload, process, shards, connection } = args;
    const given = { mode, department, lostEmail, onRemove, interruptedUpload, process, shards, connection };
    const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    const fed = feed(name, args, map);
    const directory = new Directory(
      name,
      {
        ...known,
        people: fed.then(({ people }) => people),
        ...(args.teamRecords === true ? { teams: teamsOf(fed) } : {}),
      },
      { parent: this },
    );
    this.people = directory.people;
    this.teams = directory.teams;
    this.skipped = directory.skipped;
    this.skippedCount = directory.skippedCount;
    this.complete = directory.complete;
    this.registerOutputs({
      people: this.people,
      teams: this.teams,
      skipped: this.skipped,
      skippedCount: this.skippedCount,
      complete: this.complete,
      reads: args.people === undefined ? readsOf("keycloak", args.keycloak) : undefined,
    });
  }
}

const KEYS: KeysOf<KeycloakPeopleArgs> = {
  mapping: true,
  department: true,
  teamRecords: true,
  includeDisabled: true,
  maxUsers: true,
  keycloak: true,
  people: true,
  connection: true,
  mode: true,
  lostEmail: true,
  onRemove: true,
  interruptedUpload: true,
  process: true,
  shards: true,
};

async function feed(name: string, args: KeycloakPeopleArgs, map: PeopleMapping): Promise<Fed<MappedPerson>> {
  const maxUsers = args.maxUsers ?? numberVariable("MAX_USERS");
  const selection = {
    ...(args.keycloak === undefined ? {} : { connection: args.keycloak }),
    ...(args.includeDisabled === undefined ? {} : { includeDisabled: args.includeDisabled }),
    ...(maxUsers === undefined ? {} : { maxUsers }),
  };
  const people = await (args.people ?? getPeople(selection));
  count("people read", people.count);
  const { feed: make } = await import("../../provider/keycloak/handover.js");
  return make({
    people,
    map,
    department: args.department,
    warn: (text) => {
      warn(`${name}: ${text}`);
    },
    inform,
    sample: (record) => {
      showSample("sample", record);
    },
  });
}

/** Not a promise: where the realm cannot be read, the people say so, and one error is enough. */
function teamsOf(fed: Promise<Fed<MappedPerson>>): AsyncIterable<FedTeam> {
  return {
    async *[Symbol.asyncIterator]() {
      yield* (await fed).teams;
    },
  };
}
