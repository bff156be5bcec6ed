import * as pulumi from "@pulumi/pulumi";
import type { HandedOver, Skipped } from "../../provider/glean/handover.js";
import { connectionInput, type Connection } from "./connection.js";
import { DirectoryEnd } from "./directoryEnd.js";
import { DirectoryKeys } from "./directoryKeys.js";
import { DirectoryShard } from "./directoryShard.js";
import { DirectoryUpload } from "./directoryUpload.js";
import { expectKeys, type KeysOf } from "../core/knownKeys.js";
import { runError } from "../core/runError.js";
import { numberVariable, toldOnce, wrongVariable } from "../core/source.js";
import type { PersonFields, TeamFields } from "./fields.js";

export type { Skipped };

/**
 * A person of a `glean.Directory`: the fields of a `glean.Person`. What is missing or empty is no error here: who has
 * no e-mail address or lacks a required field is not sent, and listed in `skipped`.
 */
export type DirectoryPerson = Partial<PersonFields> & {
  /**
   * What the source itself calls the person (an id that never changes): by it a person who has lost the e-mail address
   * is told from one who has left. Not sent.
   */
  readonly source?: string;
  /** What to call the person in messages where there is no e-mail address. Default: `source`. Not sent. */
  readonly label?: string;
};

/** A list that may be read from somewhere while it is gone through, and may say whether it is everything. */
export type Records<T> = (Iterable<T> | AsyncIterable<T>) & { readonly complete?: boolean };

/** Arguments of a `glean.Directory`. */
export interface DirectoryArgs {
  /**
   * Everybody: a list, or what gives one after the other, so that memory does not grow with them
   * (`keycloak.getPeople()`, mapped). Outputs of other resources are not taken: a preview has to know everybody.
   */
  readonly people: Records<DirectoryPerson> | Promise<Records<DirectoryPerson>>;
  /** Every team. Default: teams are left alone. */
  readonly teams?: Records<TeamFields> | Promise<Records<TeamFields>>;
  /**
   * Whether `people` and `teams` are everything there is. Nobody is removed because of a list that is not. Default:
   * what the lists say themselves (`complete`), and else true.
   */
  readonly complete?: boolean;
  /**
   * How people are sent. "individual" sends who changed, a request each; "bulk" uploads everybody in pages of 250 and
   * Glean deletes who is not among them. Default: "bulk" if GLEAN_USE_BULK_INDEX is `true`, else "individual", because
   * Glean has announced the end of its bulk upload of people for 2026-10-15.
   */
  readonly mode?: "individual" | "bulk";
  /** The department of people who have none; Glean requires one. Default: they are listed in `skipped`. */
  readonly department?: string;
  /** Take no more people than this, to try things out; nobody is removed then. Default: MAX_USERS, else everybody. */
  readonly maxUsers?: number;
  /**
   * Whether somebody who is still in the source and has no e-mail address there any more is left in Glean, with a
   * warning ("keep", the default), or removed.
   */
  readonly lostEmail?: "keep" | "remove";
  /** What happens when the directory leaves the program: everybody is deleted in Glean ("drop", the default), or left alone ("keep"). */
  readonly onRemove?: "drop" | "keep";
  /**
   * What to do about a bulk upload that was cut off: go on with it where it is known how far it came ("resume", the
   * default; where it is not, Glean refuses a new one), or throw any open upload away ("restart").
   */
  readonly interruptedUpload?: "resume" | "restart";
  /** Whether Glean is asked to process at once what was sent (processallemployeesandteams). Default false. */
  readonly process?: boolean;
  /**
   * Into how many parts the directory is cut. A run that is killed sends again at most what it was about to send of the
   * parts under way. Another number sends everybody again. Default 64.
   */
  readonly shards?: number;
  /** The deployment. Default: the connection "glean" (GLEAN_API_URL, GLEAN_API_TOKEN). */
  readonly connection?: Connection;
}

/**
 * Everybody in Glean's directory: of 100,000 people only those who changed or left are sent. People reach the provider
 * through files that only your account can read and that go when the program ends; state keeps e-mail addresses and
 * keyed digests, and no other data.
 *
 * When some people cannot be sent, the rest is, and kept; the error names who and why, and the next `up` sends only
 * those. One run removes at most 10 people and teams or 20 % of them, whichever is more (Pulumi config
 * `roster:maxRemovals` for another limit), and nobody because of a list that is empty, cut off, or not complete.
 *
 * A preview names the first 200 people that are added or changed (with the fields) and the first 100 that are removed,
 * and counts the rest. With a token of Glean's Client API preview and up also find what Glean shows otherwise than it
 * was sent, and send it again; without one they believe the state.
 *
 * Throws where the lists cannot be read, in `preview` and `up` where too many would be removed, and in `up` where Glean
 * refuses somebody.
 *
 * @example
 * const everybody = new glean.Directory("everybody", {
 *   people: [
 *     { source: "1", email: "ana@example.com", department: "Data", firstName: "Ana", lastName: "Lima" },
 *     { source: "2", email: "rui@example.com", firstName: "Rui", lastName: "Reis", managerEmail: "ana@example.com" },
 *   ],
 *   teams: [{ teamId: "data", name: "Data", members: [{ email: "ana@example.com", relationship: "LEAD" }] }],
 *   department: "Unassigned",
 * });
 * const notSent = everybody.skipped;
 */
export class Directory extends pulumi.ComponentResource {
  /** How many people are declared. */
  readonly people: pulumi.Output<number>;
  /** How many teams are declared. */
  readonly teams: pulumi.Output<number>;
  /** Who is not sent, and why: no e-mail address, a required field missing, a field that is not valid. At most 1,000. */
  readonly skipped: pulumi.Output<readonly Skipped[]>;
  /** How many are not sent. */
  readonly skippedCount: pulumi.Output<number>;
  /** Whether the lists were everything. */
  readonly complete: pulumi.Output<boolean>;

  /**
   * Declares a directory.
   *
   * @param name The resource's name in the program.
   * @param args The people and the teams.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: DirectoryArgs, options?: pulumi.ComponentResourceOptions) {
    super("roster:glean:Directory", name, {}, options);
    expectKeys(`glean.Directory ${JSON.stringify(name)}`, "the arguments", args, KEYS);
    const shards = shardsOf(name, args);
    const handed = toldOnce(handOver(name, args, shards));
    const known = <T>(pick: (handed: Whole) => T): pulumi.Output<T> =>
      pulumi.output(handed.then((whole) => [pick(whole)] as const)).apply(([value]) => value as T);
    this.people = known(({ people }) => people);
    this.teams = known(({ teams }) => teams);
    this.skipped = known(({ skipped }) => skipped);
    this.skippedCount = known(({ skippedCount }) => skippedCount);
    this.complete = known(({ complete }) => complete);
    declare({ parent: this, name, args, shards, known });
    this.registerOutputs({
      people: this.people,
      teams: this.teams,
      skipped: this.skipped,
      skippedCount: this.skippedCount,
      complete: this.complete,
    });
  }
}

interface Whole extends HandedOver {
  readonly complete: boolean;
  readonly mode: "individual" | "bulk";
  /** Of everything that was handed over. */
  readonly digest: string;
}

const KEYS: KeysOf<DirectoryArgs> = {
  people: true,
  teams: true,
  complete: true,
  mode: true,
  department: true,
  maxUsers: true,
  lostEmail: true,
  onRemove: true,
  interruptedUpload: true,
  process: true,
  shards: true,
  connection: true,
};

const SHARDS = 64;

async function handOver(name: string, args: DirectoryArgs, shards: number): Promise<Whole> {
  try {
    const [people, teams] = [await args.people, (await args.teams) ?? []];
    // Loaded here: a program without a directory does not wait for it.
    const { handOver: write } = await import("../../provider/glean/handover.js");
    const maxUsers = args.maxUsers ?? numberVariable("MAX_USERS");
    const written = await write({ people, teams, maxUsers, department: args.department, shards });
    const said = args.complete ?? (people.complete !== false && (teams as Records<unknown>).complete !== false);
    warnOfSkipped(name, written);
    return { ...written, complete: said && !written.cut, mode: modeOf(args), digest: written.list.digest };
  } catch (error) {
    throw runError(
      `glean.Directory ${JSON.stringify(name)}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function shardsOf(name: string, { shards = SHARDS }: DirectoryArgs): number {
  if (Number.isInteger(shards) && shards >= 1 && shards <= 1024) return shards;
  throw runError(
    `glean.Directory ${JSON.stringify(name)}: shards is ${String(shards)}; it has to be a whole number from 1 to 1024`,
  );
}

function modeOf({ mode }: DirectoryArgs): "individual" | "bulk" {
  const asked = process.env["GLEAN_USE_BULK_INDEX"]?.trim().toLowerCase();
  if (mode !== undefined || asked === undefined || asked === "" || asked === "false") return mode ?? "individual";
  if (asked === "true") return "bulk";
  throw wrongVariable("GLEAN_USE_BULK_INDEX", asked, "it can be true or false");
}

function warnOfSkipped(name: string, { skipped, skippedCount }: HandedOver): void {
  if (skippedCount === 0) return;
  const listed = skipped.slice(0, 10).map(({ who, why }) => `  ${who}: ${why}`);
  const more =
    skippedCount > listed.length ? [`  and ${String(skippedCount - listed.length)} more (output skipped)`] : [];
  const lines = [
    `${String(skippedCount)} of ${JSON.stringify(name)} ${skippedCount === 1 ? "is" : "are"} not sent:`,
    ...listed,
    ...more,
  ];
  void pulumi.log.warn(lines.join("\n"));
}

/** What the parts of a directory are made of. */
interface Declared {
  readonly parent: Directory;
  readonly name: string;
  readonly args: DirectoryArgs;
  readonly shards: number;
  readonly known: <T>(pick: (handed: Whole) => T) => pulumi.Output<T>;
}

/** The keys come first, so that they are recorded before anything is sent, and the end comes last. */
function declare(declared: Declared): void {
  const { parent, name, args, shards: of, known } = declared;
  const { lostEmail, onRemove, interruptedUpload } = args;
  const connection = connectionInput(args.connection);
  const shared = { directory: name, connection, complete: known(({ complete }) => complete) };
  const mode = known((handed) => handed.mode);
  const keys = new DirectoryKeys(
    name,
    {
      ...shared,
      mode,
      lostEmail,
      onRemove,
      digest: known((handed) => handed.keys.digest),
      count: known((handed) => handed.keys.count),
      __handover: known((handed) => handed.keys),
    },
    { parent },
  );
  const before = modeOf(args) === "bulk" ? [upload(declared, { ...shared, interruptedUpload }, keys)] : [keys];
  const shards = Array.from({ length: of }, (_, shard) => {
    const file = known((handed) => handed.shards[shard]);
    const inputs = {
      ...shared,
      mode,
      shard,
      of,
      count: file.apply((each) => each?.count),
      // `check` puts the key of the state in its place, or a new one; what it is called by keeps it a secret.
      key: pulumi.secret(""),
      __handover: file,
    };
    return new DirectoryShard(`${name} ${String(shard + 1)}/${String(of)}`, inputs, { parent, dependsOn: before });
  });
  const end = {
    directory: name,
    connection,
    digest: known(({ digest }) => digest),
    process: args.process === true ? true : undefined,
    leftover: keys.leftover,
  };
  new DirectoryEnd(name, end, { parent, dependsOn: shards });
}

function upload({ parent, name, args, known }: Declared, shared: pulumi.Inputs, keys: DirectoryKeys): DirectoryUpload {
  const inputs = {
    ...shared,
    digest: known(({ digest }) => digest),
    people: known(({ people }) => people),
    teams: known(({ teams }) => teams),
    withTeams: args.teams !== undefined,
    __handover: known(({ list }) => list),
  };
  return new DirectoryUpload(name, inputs, { parent, dependsOn: keys });
}
