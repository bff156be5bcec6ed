import type { Answer, Backend } from "./backend.js";
import type { Reader } from "./reader.js";

/** What a session of the gate knows besides its backend. */
export interface Context {
  readonly db: Backend;
  /** Parameters that PostgreSQL has not. */
  readonly parameters: Map<string, string>;
  /** Databases that were made from a datashare: there is nothing behind them. */
  readonly shared: Set<string>;
}

/** A statement that has the form of one of Redshift's commands. */
export interface Command {
  /** What the server says when it is done: `CREATE GROUP`. */
  readonly tag: string;
  /** Only outside of a transaction. */
  readonly alone?: true;
  /** Begins or ends a transaction. */
  readonly transaction?: "begin" | "commit" | "rollback";
  act(context: Context): Promise<Answer | undefined>;
}

/** Reads one command, from behind the words that it begins with. */
export type Rule = (reader: Reader) => Command;

/** A command that is done when its work is. */
export function command(tag: string, act: (context: Context) => Promise<unknown>): Command {
  return {
    tag,
    act: async (context) => {
      await act(context);
      return undefined;
    },
  };
}

/** A command whose form is right and for which there is nothing behind the gate. */
export function formal(tag: string): Command {
  return command(tag, () => Promise.resolve());
}
