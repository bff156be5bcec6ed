import { RosterError } from "./errors.js";
import { statusOf } from "./httpErrors.js";
import { ListMoved } from "./pages.js";

/** Where this many lists could not be read, the source is down, and asking for the rest would only take long. */
const HOPELESS = 3;

/**
 * What is missing from a reading. A source that fails in the middle leaves out what it did not give and says so; who
 * may not read, or does not get in, gets an error.
 */
export class Shortfalls {
  private readonly sentences: string[] = [];
  private failures = 0;
  private skipped = 0;

  /** Why a reading is not everything, a sentence each. */
  get reasons(): readonly string[] {
    if (this.skipped === 0) return this.sentences;
    return [...this.sentences, `${String(this.skipped)} more lists were not asked for after that`];
  }

  /** Something is left out, for a reason that is no failure. */
  add(sentence: string): void {
    this.sentences.push(sentence);
  }

  /** Whether to go on asking. Counts what is left out because of that. */
  goOn(): boolean {
    if (this.failures < HOPELESS) return true;
    this.skipped += 1;
    return false;
  }

  /** A list could not be read to its end. Throws the error itself where no list would be any better. */
  failed(what: string, error: unknown): void {
    if (!(error instanceof ListMoved)) {
      // What is no answer of the source is a defect of ours.
      if (!(error instanceof RosterError) || [401, 403].includes(statusOf(error) ?? 0)) throw error;
      this.failures += 1;
    }
    this.sentences.push(`${what} could not be read to the end: ${reasonOf(error)}`);
  }
}

function reasonOf(error: ListMoved | RosterError): string {
  if (error instanceof ListMoved) return "it changed while it was read";
  const { headline, details } = error;
  return details.said === undefined ? headline : `${headline} (${details.said})`;
}
