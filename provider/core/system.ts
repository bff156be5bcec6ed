import type { Connection, ConnectionSpec, SettingSpecs } from "./connections.js";

/**
 * What the core needs of a system such as PostgreSQL. `Model` is what is known of the live system, `Change` one thing
 * to do to it, as data.
 */
export interface System<Model, Change, S extends SettingSpecs = SettingSpecs> {
  /** How messages call the system: "PostgreSQL". */
  readonly title: string;
  readonly connections: ConnectionSpec<S>;
  /**
   * Whether a look at the system takes one short moment, so that it can be begun as soon as an update is certain, while
   * Pulumi still carries the arguments about. Where a look takes many requests, what is done meanwhile would blur it.
   */
  readonly looksAhead?: boolean;
  /** Opens nothing yet: the first use of the session connects. */
  open(connection: Connection<S>): Session<Model, Change>;
  /**
   * The changes as statements or requests, as the plan shows them, secrets as unset variables. Throws a RosterError for
   * what the connection's kind of server cannot do.
   */
  render(model: Model, changes: readonly Change[], connection: Connection<S>): string[];
  /**
   * Where systems of several kinds are behind connections: the arguments of a resource as this one's kind takes them,
   * and which of them it refuses. Called before `prepare`; arguments may not be known yet.
   */
  adapt?(adaptation: Adaptation<Model, S>): Promise<Adapted>;
  /** Makes the model what it will be after the change. */
  applyTo(model: Model, change: Change): void;
  /** The things that a change removes, with all that goes with them, by the names that resources have for them. */
  ends?(model: Model, change: Change): readonly string[];
  /** An independent copy, on which a preview plays through what the run would do. */
  copy(model: Model): Model;
  /** Brings into a copy the parts that were read of the live system after the copy was made. For systems with parts. */
  complete?(copy: Model, live: Model): void;
  /** A model that knows nothing, for plans from state alone. */
  blank(connection: Connection<S>): Model;
  /** Which system it is, as it tells itself whatever address led to it; undefined where it does not tell. */
  readonly identity?: (model: Model) => string | undefined;
  /** A note for the plan, as a comment of the system's language: `-- text`. */
  readonly comment: (text: string) => string;
}

/** What `adapt` is called with. */
export interface Adaptation<Model, S extends SettingSpecs = SettingSpecs> {
  readonly connection: Connection<S>;
  readonly token: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** The arguments that the state holds; undefined for a create. */
  readonly old: Readonly<Record<string, unknown>> | undefined;
  /** The live system; undefined where it is not known. */
  readonly look: () => Promise<Model | undefined>;
}

/** Arguments as a kind of server takes them, and those that it refuses. */
export interface Adapted {
  readonly args: Readonly<Record<string, unknown>>;
  readonly failures: readonly { readonly property: string; readonly reason: string }[];
}

/** One connection to a live system, shared by all resources of a run that use it. */
export interface Session<Model, Change> {
  /** For messages: `connection postgres (127.0.0.1:5432, database postgres)`. */
  readonly description: string;
  /**
   * The live system, read once for a run and kept true by the session's own changes. A system that is read in parts
   * reads those that are named (and not known yet) now.
   */
  model(parts?: readonly string[]): Promise<Model>;
  /** Forgets what was read, so that the next `model()` reads again. */
  forget(): void;
  /**
   * Runs changes. They take effect together where the system can do that. When the promise resolves or rejects, the
   * model shows what took effect. Rejects with a RosterError.
   */
  run(changes: readonly Change[]): Promise<void>;
}
