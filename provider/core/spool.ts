import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Text that is gathered before it is written. */
const CHUNK_BYTES = 16 * 1024;

interface Chunk {
  readonly offset: number;
  readonly length: number;
}

interface Part {
  waiting: string[];
  bytes: number;
  readonly chunks: Chunk[];
}

/** Files of spools that nobody closed and nobody can reach any more. */
const forgotten = new FinalizationRegistry<number>((file) => {
  closeSync(file);
});

/**
 * Records on disk in parts, for lists that memory should not grow with. The file has mode 0600 and no name: it is
 * taken out of its folder as soon as it is open, so that what is personal does not outlive the process, however that
 * ends.
 *
 * @example
 * const spool = new Spool<Person>(1);
 * spool.add(0, { id: "1", username: "ana" });
 * for (const person of spool.read(0)) console.log(person.username);
 */
export class Spool<T> {
  private readonly file = openNameless();
  private readonly parts: readonly Part[];
  private end = 0;
  private open = true;

  constructor(parts: number) {
    this.parts = Array.from({ length: parts }, () => ({ waiting: [], bytes: 0, chunks: [] }));
    forgotten.register(this, this.file, this);
  }

  /** Puts a record at the end of a part. It goes through JSON. */
  add(part: number, record: T): void {
    const at = this.at(part);
    const line = `${JSON.stringify(record)}\n`;
    at.waiting.push(line);
    at.bytes += Buffer.byteLength(line);
    if (at.bytes >= CHUNK_BYTES) this.write(at);
  }

  /** The records of a part in their order; part by part of the file, so that memory holds little of it. */
  *read(part: number): Generator<T, void, undefined> {
    const at = this.at(part);
    this.write(at);
    for (const { offset, length } of at.chunks) {
      for (const line of this.text(offset, length).split("\n")) {
        if (line !== "") yield JSON.parse(line) as T;
      }
    }
  }

  /** Gives the disk space back. Nothing can be read afterwards. */
  close(): void {
    if (!this.open) return;
    this.open = false;
    forgotten.unregister(this);
    closeSync(this.file);
  }

  private at(part: number): Part {
    const at = this.parts[part];
    if (at === undefined)
      throw new RangeError(`a spool of ${String(this.parts.length)} parts has no part ${String(part)}`);
    if (!this.open) throw new Error("what was read has been closed");
    return at;
  }

  private write(at: Part): void {
    if (at.bytes === 0) return;
    const text = Buffer.from(at.waiting.join(""), "utf8");
    for (let done = 0; done < text.length;)
      done += writeSync(this.file, text, done, text.length - done, this.end + done);
    at.chunks.push({ offset: this.end, length: text.length });
    this.end += text.length;
    at.waiting = [];
    at.bytes = 0;
  }

  private text(offset: number, length: number): string {
    const buffer = Buffer.alloc(length);
    for (let done = 0; done < length;) {
      const got = readSync(this.file, buffer, done, length - done, offset + done);
      if (got === 0) throw new Error("the spool file has become shorter");
      done += got;
    }
    return buffer.toString("utf8");
  }
}

function openNameless(): number {
  const folder = mkdtempSync(join(tmpdir(), "roster-"));
  try {
    return openSync(join(folder, "spool"), "wx+", 0o600);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
