import type { Submittable } from "pg";

/** What a server said while a script ran. */
export interface ScriptOutcome {
  /** How many statements were done when the script ended. */
  readonly completed: number;
  /** The refusal that ended it; undefined where all statements were done. */
  readonly error: Error | undefined;
  /** Warnings, each with the number of the statement that it belongs to, counted from 0. */
  readonly warnings: readonly { readonly statement: number; readonly message: string }[];
}

interface Wire {
  query(text: string): void;
}

/**
 * Several statements in one message, which the server runs as one transaction: all or none. pg's own query tells
 * neither which statement failed nor to which a warning belongs; this one counts, so that a batch knows its members.
 */
export class Script implements Submittable {
  readonly done: Promise<ScriptOutcome>;
  private completed = 0;
  private error: Error | undefined;
  private readonly warnings: { statement: number; message: string }[] = [];
  private finish!: (outcome: ScriptOutcome) => void;

  constructor(private readonly text: string) {
    this.done = new Promise((resolve) => (this.finish = resolve));
  }

  /** Called for each notice that arrives while this script is running. */
  noticed(message: string): void {
    this.warnings.push({ statement: this.completed, message });
  }

  /** Called by pg when it is this script's turn. */
  submit(connection: Wire): void {
    connection.query(this.text);
  }

  handleCommandComplete(): void {
    this.completed += 1;
  }

  handleEmptyQuery(): void {
    this.completed += 1;
  }

  handleError(error: Error): void {
    this.error = error;
    // Nothing more comes for this script: pg tells a query neither that the server is ready again after a refusal, nor
    // that the connection ended.
    this.end();
  }

  handleReadyForQuery(): void {
    this.end();
  }

  handleRowDescription(): void {
    // The statements of a script answer with no rows that anybody reads.
  }

  handleDataRow(): void {
    // See handleRowDescription.
  }

  private end(): void {
    this.finish({ completed: this.completed, error: this.error, warnings: this.warnings });
  }
}
