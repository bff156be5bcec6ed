import type * as z from "zod";
import type { Connection } from "./connections.js";
import type { Identity } from "./identities.js";
import type { Share } from "./shares.js";
import type { System } from "./system.js";

/** What leaves the program is treated as this says. */
export type OnRemove = "disable" | "drop" | "keep";

/** Settings of the whole run, from Pulumi config. */
export interface RunOptions {
  /** `roster:maxRemovals`: how many entries of a list this run may remove; undefined for the usual limit. */
  readonly maxRemovals: number | undefined;
  /** `roster:offline`: previews plan from state alone. */
  readonly offline: boolean;
  /** Whether this run has given a thing (`role:ana`) to another resource: then it is not taken away. */
  readonly claimed: (thing: string) => boolean;
  /** The time of the run: what has ended by then was to be taken, and is no sign of a list that came back cut. */
  readonly now: Date;
}

/** Something that was asked for and cannot be done: a warning in a preview, an error in an update. */
export interface Problem {
  /** What is wrong: `there is no user "zoe"`. */
  readonly message: string;
  readonly remedy?: string;
  /** Nothing that the run does can help, so that it is an error in the preview already. */
  readonly certain?: true;
}

/** Changes that take effect together, in order; one unit does not need another of the same delta. */
export type Unit<Change> = readonly Change[];

/** The difference between what is declared and what is. */
export interface Delta<Model, Change> {
  /** What to do. When one unit fails, the others go ahead all the same. */
  readonly units: readonly Unit<Change>[];
  /** What cannot be done. The units go ahead all the same. */
  readonly problems: readonly Problem[];
  /** What comes after these units, seen from the model as it is then: memberships after users, for instance. */
  readonly next?: ((model: Model) => Delta<Model, Change>) | undefined;
}

/** What a delta is computed from. */
export interface Wanted<Model, Args> {
  readonly model: Model;
  readonly args: Args;
  /** The arguments that the state holds; undefined for a create. */
  readonly previous: Args | undefined;
  readonly run: RunOptions;
}

/** What `prepare` may look at. */
export interface Preparation<Model, Args> {
  /** The arguments that the state holds; undefined for a create. */
  readonly old: Args | undefined;
  /** The time of the run. */
  readonly now: Date;
  /** The live system, with what the run will do where this is a preview; undefined where it is not known. */
  readonly look: () => Promise<Model | undefined>;
  /** Shows a line in the diagnostics of the CLI, with the resource in front. */
  readonly warn: (text: string) => void;
}

/** What a run did with a resource. */
export interface AppliedRun<Change> {
  /** What took effect, in no order. */
  readonly changes: readonly Change[];
  /** How many things failed or could not be done. */
  readonly errors: number;
  readonly seconds: number;
}

/** What a part of a system is looked at for. */
export type Purpose = "look" | "change" | "removal";

interface Shared<Model, Change, Schema extends z.ZodObject> {
  /** `postgres.User`: the system's folder and the class's name. Part of what is stored in state: frozen. */
  readonly token: string;
  readonly system: System<Model, Change>;
  /** The arguments. Parsing gives their canonical form: what equals a default is left out, and parsing again changes nothing. */
  readonly schema: Schema;
  /** The arguments that make up the natural key, in order; those that are left out are left out of the key. */
  readonly key: readonly (keyof z.output<Schema> & string)[];
  /** The arguments of the key that can change in place; a change of any other replaces the resource. */
  readonly renamable: readonly (keyof z.output<Schema> & string)[];
  /** Arguments that cannot be compared, such as salted passwords: only whether they are there is a difference. */
  readonly incomparable: readonly (keyof z.output<Schema> & string)[];
  /**
   * Checks that need more than one argument; called with those that are known and valid, and the names of those that
   * are not known yet. Gives property and reason each.
   */
  validate(args: Partial<z.output<Schema>>, pending: ReadonlySet<string>): readonly CheckFailure[];
  /** How messages call it; left out, by its key. */
  readonly describe?: ((args: z.output<Schema>) => string) | undefined;
  /**
   * The things that the resource manages, by names that all resources of the system share: `role:ana`. `connection` is
   * there in a run, and says what arguments leave to it.
   */
  things(args: z.output<Schema>, connection?: Connection): Iterable<string>;
  /**
   * What only one resource of a program can decide, named as `kind:name`, where messages say "the kind name": two that
   * declare one of these are refused. `connection` as for `things`.
   */
  decides(args: z.output<Schema>, connection?: Connection): readonly string[];
  /**
   * What several resources of a program can say something of, each of other entries or the same of one: two that
   * contradict each other are refused. Left out, where no other resource has a say in anything of this one. Of a list
   * it is one share and not one for each entry: lists are long.
   */
  shares?(args: z.output<Schema>, connection: Connection): Iterable<Share<Model>>;
  /** What a plan says of the arguments themselves, in a comment: that they ask for nothing any more, say. */
  remark?(args: z.output<Schema>): string | undefined;
  /** Last step of `check`: what is stored instead of what was given, for instance a password's verifier. */
  prepare(args: z.output<Schema>, context: Preparation<Model, z.output<Schema>>): Promise<z.output<Schema>>;
  /**
   * The parts of the system that are looked at, for a system that is read in parts: to see the resource, to change it
   * from what it was, or to remove it.
   */
  parts?(args: z.output<Schema>, purpose: Purpose, previous?: z.output<Schema>): readonly string[];
  /** The thing as it is, in the form of arguments; what cannot be observed comes from `args`. Undefined when it is not there. */
  observe(model: Model, args: z.output<Schema>): Readonly<Record<string, unknown>> | undefined;
  /** Whether it is there; left out, whether `observe` sees it. For a resource of which seeing everything takes long. */
  exists?(model: Model, args: z.output<Schema>): boolean;
  delta(wanted: Wanted<Model, z.output<Schema>>): Delta<Model, Change>;
  /**
   * The arguments with what should have left and is still there: after a failure the state goes on knowing of it, so
   * that the next run takes it up again.
   */
  unfinished?(wanted: Wanted<Model, z.output<Schema>>): z.output<Schema>;
  /** What to do when the resource leaves the program; never called with "keep". */
  remove(model: Model, args: z.output<Schema>, how: "disable" | "drop", run: RunOptions): Delta<Model, Change>;
  /** What is lost with the thing when it is replaced by another one, in words for people; undefined for nothing. */
  losses?(model: Model, args: z.output<Schema>): string | undefined;
  /** The names of what `report` gives. */
  readonly reports: readonly string[];
  /** Outputs that are no arguments, seen from the live system; no difference in them is a change. */
  readonly report?: ((model: Model, args: z.output<Schema>) => Readonly<Record<string, unknown>>) | undefined;
  /** What a plan says at its end about all of its changes, as notes: a count of each kind, for instance. */
  readonly summary?: ((changes: readonly Change[]) => readonly string[]) | undefined;
  /** Outputs that tell of the last run that changed something; their names are among `reports`. */
  readonly outcome?: ((run: AppliedRun<Change>) => Readonly<Record<string, unknown>>) | undefined;
  /** Makes a model that knows nothing hold what the arguments say: for plans from state alone. */
  assume(model: Model, args: z.output<Schema>): void;
}

/** A thing that exists of itself (a user, a group), which is adopted or refused as `existing` says. */
export interface ObjectDefinition<Model, Change, Schema extends z.ZodObject> extends Shared<Model, Change, Schema> {
  readonly kind: "object";
  /**
   * Whether the thing is exactly as declared and holds nothing else: then it counts as made by a create of ours that
   * was cut off, and is not refused.
   */
  untouched(model: Model, args: z.output<Schema>): boolean;
}

/** A thing between others (a membership, a grant), which is always adopted where it exists. */
export interface RelationDefinition<Model, Change, Schema extends z.ZodObject> extends Shared<Model, Change, Schema> {
  readonly kind: "relation";
}

/** The contract of one resource: everything that the core needs to give it all of Pulumi's methods. */
export type ResourceDefinition<Model, Change, Schema extends z.ZodObject> =
  ObjectDefinition<Model, Change, Schema> | RelationDefinition<Model, Change, Schema>;

/** Properties as Pulumi hands them over. */
export type Properties = Readonly<Record<string, unknown>>;

/** A refused argument. */
export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

/** What `check` gives Pulumi. */
export interface Checked {
  readonly inputs: Record<string, unknown>;
  readonly failures: CheckFailure[];
}

/** What `diff` gives Pulumi. */
export interface Difference {
  readonly changes: boolean;
  readonly replaces: string[];
  readonly deleteBeforeReplace: boolean;
  /** Who leaves, where the plan does not say it: for reviews, and not for Pulumi. */
  readonly removes?: readonly string[];
}

/** A resource as the dispatcher calls it: Pulumi's methods, with what differs from run to run handed in. */
export interface Resource {
  readonly token: string;
  /** Arguments that may be unknown in a preview, as they change nothing of what it shows. */
  readonly later?: readonly string[];
  /** Which resource it is, by arguments that are known. */
  identify(args: Properties): Identity;
  check(host: Host, olds: Properties, news: Properties): Promise<Checked>;
  diff(host: Host, id: string, olds: Properties, news: Properties): Promise<Difference>;
  create(host: Host, inputs: Properties): Promise<{ id: string; outs: Record<string, unknown> }>;
  read(
    host: Host,
    id: string,
    props: Properties,
  ): Promise<{ id: string; props: Record<string, unknown>; inputs?: Record<string, unknown> }>;
  update(host: Host, id: string, olds: Properties, news: Properties): Promise<{ outs: Record<string, unknown> }>;
  delete(host: Host, id: string, props: Properties): Promise<void>;
  /** What a resource of these arguments manages, as things of its system; undefined for those that tell nothing. */
  manages?(props: Properties): readonly string[];
}

/** What the provider process keeps for all resources of a run. */
export interface Host {
  readonly options: Omit<RunOptions, "claimed" | "now">;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The value of `roster:connections`. */
  readonly connections: string | undefined;
  /** Sessions and previews by system and connection. */
  readonly sessions: Map<string, unknown>;
  /** Keys that were checked against a state in this run: a check without one is then a replacement and no create. */
  readonly known: Set<string>;
  /** Set in a preview of `roster plan`, which records what is to be reviewed. */
  readonly review?: Review | undefined;
  /** Set in an update that may run only what was reviewed. */
  readonly approval?: Approval | undefined;
  /** Set where it matters which units a plan is made of: filled with them, by identity. */
  readonly planned?: Map<string, ReadonlySet<string>> | undefined;
  /** Whether plans name everything, also where people are better served with a count. */
  readonly wholePlans?: boolean | undefined;
  /** The time, for what ends at a date. */
  now(): Date;
  /** Shows a warning in the diagnostics of the CLI. */
  warn(text: string): void;
  /** Shows something there that is no warning. */
  tell(text: string): void;
}

/** Records what a preview finds out, for `roster plan`. */
export interface Review {
  /** What `check` found; gives its result with the mark by which the line is found. */
  checked(resource: Resource, result: Checked): Checked;
  /** Who leaves, as `diff` found. */
  removes(identity: Identity, names: readonly string[]): void;
  /** Why what has this identity cannot be approved. */
  problem(identity: Identity, reason: string): void;
}

/** Lets an update run only what was reviewed. */
export interface Approval {
  /** Throws where the plan cannot be used: called in an update before anything else, also where nothing changes. */
  expectFile(): void;
  /** Plans once more, as the preview did, what a resource will do: called in an update after its `check`. */
  plan(resource: Resource, olds: Properties, news: Properties): Promise<void>;
  /** The same for what `diff` finds. */
  compare(resource: Resource, id: string, olds: Properties, news: Properties): Promise<void>;
  /** Throws where what a resource is about to do is not what was reviewed, and says where it differs. */
  expectChange(identity: Identity): void;
  /** Throws where a deletion was not reviewed. */
  expectDelete(identity: Identity): void;
  /** Throws where a unit of changes is not among those that were planned for a resource. `lines` show it. */
  expectUnit(identity: Identity, unit: string, lines: () => readonly string[]): void;
}
