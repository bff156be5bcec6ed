import type { Adapted, Adaptation } from "../core/system.js";
import { RosterError } from "../core/errors.js";
import type { Catalog } from "./catalog.js";
import type { Change } from "./changes.js";
import type { DatabaseCatalog, SecuredObject } from "./databaseCatalog.js";
import type { Facts } from "./objectKinds.js";
import { literal, variable } from "./quote.js";
import type { PostgresSettings } from "./settings.js";

/** How a secret is written: as itself for the server, as an unset psql variable for a plan. */
export type Secret = (value: string, ...words: readonly string[]) => string;

/** Writes a change as the statements that do it. */
export type Builder<C extends Change = Change> = (change: C, writing: { readonly secret: Secret }) => string[];

/** What a builder that looks has besides the change. */
export interface Looking {
  readonly secret: Secret;
  /** What is known of the server before the change. */
  readonly catalog: Catalog;
}

/** Writes a change as statements that depend on what is known of the server, and so on what was done before. */
export interface LookingBuilder<C extends Change = Change> {
  looking(change: C, writing: Looking): string[];
}

/** A builder for each kind of change. What a dialect has none for its servers cannot do. */
export type Builders = {
  readonly [K in Change["kind"]]?: Builder<Extract<Change, { kind: K }>> | LookingBuilder<Extract<Change, { kind: K }>>;
};

/** The queries that read a server, in one round trip, and what becomes of their rows. */
export interface CatalogueReader {
  readonly sql: string;
  /** Makes a catalog of the rows of each statement of `sql`. */
  readonly read: (results: readonly (readonly unknown[])[]) => Catalog;
  /** The same for what is in one database; what is known of the server helps to read it. */
  readonly inside: {
    readonly sql: string;
    readonly read: (results: readonly (readonly unknown[])[], server: Catalog) => DatabaseCatalog;
  };
  /** The same for the parameters on which somebody has privileges, with the first version that has such. */
  readonly parameters?: {
    readonly since: number;
    readonly sql: string;
    readonly read: (results: readonly (readonly unknown[])[]) => Map<string, SecuredObject>;
  };
}

/** The queries that tell what roles own and hold in the database that they are run in, and what becomes of their rows. */
export interface HoldingsReader {
  readonly sql: (names: readonly string[], catalog: Catalog) => string;
  readonly read: (results: readonly (readonly unknown[])[]) => readonly Holding[];
}

/** Something that somebody owns or holds. */
export interface Holding {
  readonly name: string;
  /** In words: `owns schema mart`, `SELECT on mart.orders`. */
  readonly what: string;
  /** Whether it is the same seen from every database: something about a database. */
  readonly everywhere: boolean;
}

/** What a column of a catalogue query holds, where values arrive as texts. */
export type ColumnKind = "number" | "numbers" | "boolean";

/** What is particular to a kind of server that speaks PostgreSQL's protocol. */
export interface Dialect {
  /** How messages call it: "PostgreSQL". */
  readonly title: string;
  readonly facts: Facts;
  readonly builders: Builders;
  readonly catalogue: CatalogueReader;
  /**
   * What the columns of the catalogue's queries hold that are no texts, by name, for rows that arrive as texts;
   * undefined where rows can be asked for as JSON.
   */
  readonly columns?: Readonly<Record<string, ColumnKind>>;
  /** The statements with which a session begins. */
  readonly session: (statementTimeoutMs: number) => string[];
  /** Whether a refusal goes away when the whole transaction is run again. */
  readonly isTransient: (error: Error) => boolean;
  /** What to do about a refusal, where the dialect knows better than PostgreSQL's codes say. */
  readonly remedy?: (code: string | undefined, message: string) => string | undefined;
  /** Whether one statement drops several roles. Undefined for no. */
  readonly dropsTogether?: boolean;
  /** The statements around a script where several in one message are not said to be one transaction. */
  readonly transaction?: { readonly begin: string; readonly commit: string; readonly rollback: string };
  /** What somebody owns and holds, looked up before a drop that would fail or, worse, leave it without an owner. */
  readonly holdings?: HoldingsReader;
  /** Arguments as the dialect takes them, and those that it refuses, by resource; undefined where all are taken as they are. */
  readonly adapt?: (adaptation: Adaptation<Catalog, PostgresSettings>) => Promise<Adapted>;
}

/** A statement, and how it is shown. */
export interface Written {
  /** As the server runs it. It may hold secrets: never for a message. */
  readonly sql: string;
  /** As a plan or a message shows it: secrets are unset psql variables. */
  readonly shown: string;
}

/** Writes changes as statements of one dialect. Throws a RosterError for what the dialect has nothing for. */
export interface Writer {
  readonly written: (change: Change) => Written[];
  /** The statements as they are shown, alone. */
  readonly shown: (change: Change) => string[];
  /** Whether one statement drops several roles. */
  readonly dropsTogether: boolean;
}

/** A writer for a server of which something is known. */
export function writerOf(dialect: Dialect, catalog: Catalog): Writer {
  const shown = (change: Change): string[] =>
    write(dialect, change, { catalog, secret: (_value, ...words) => variable(...words) });
  return {
    written: (change) => {
      let secrets = 0;
      const secret = (value: string): string => {
        secrets += 1;
        return literal(value);
      };
      const statements = write(dialect, change, { catalog, secret });
      // Nearly all statements hold no secret, and of those there is nothing else to show.
      const open = secrets === 0 ? statements : shown(change);
      return statements.map((sql, index) => ({ sql, shown: open[index] ?? "" }));
    },
    shown,
    dropsTogether: dialect.dropsTogether ?? false,
  };
}

/** Whether the statements of a change depend on what is known of the server. */
export function looks({ builders }: Dialect, { kind }: Change): boolean {
  return typeof builders[kind] === "object";
}

function write({ title, builders }: Dialect, change: Change, writing: Looking): string[] {
  // The key and the change agree in their kind, which TypeScript cannot see.
  const build = builders[change.kind] as Builder | LookingBuilder | undefined;
  if (build === undefined) throw new RosterError(`${title} has nothing for this: ${change.kind}`);
  return typeof build === "function" ? build(change, writing) : build.looking(change, writing);
}
