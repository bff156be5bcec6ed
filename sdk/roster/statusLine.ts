import { Writable } from "node:stream";

const ERASE = "\r\u001b[K";

/** A line at the end of a terminal's output that is written over, with what is to stay above it. */
export class StatusLine extends Writable {
  /** What the line says; empty for none. */
  private shown = "";

  /**
   * @param terminal What takes the text.
   * @param columns How wide the terminal is: what is longer would not be written over.
   */
  constructor(
    private readonly terminal: { write(text: string): unknown },
    private readonly columns: () => number,
  ) {
    super();
  }

  /** Shows a text until the next one; an empty one takes it away. */
  show(text: string): void {
    this.shown = text.slice(0, Math.max(0, this.columns() - 1));
    this.terminal.write(ERASE + this.shown);
  }

  /** What stays goes above the line. */
  override _write(chunk: Buffer | string, _encoding: BufferEncoding, done: () => void): void {
    this.terminal.write(this.shown === "" ? String(chunk) : `${ERASE}${String(chunk)}${this.shown}`);
    done();
  }
}
