import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  createReadStream,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { RosterError } from "./errors.js";

/*
 * Records that are too many, or too personal, for Pulumi's wire and its state go from the program to the provider in
 * files: one a shard, mode 0600 in a folder of mode 0700, each named by its SHA-256, removed when the program ends.
 * Inputs carry the digest and the count.
 */

/** A file that was handed over. */
export interface Handover {
  readonly path: string;
  /** SHA-256 of the file in hexadecimal. */
  readonly digest: string;
  /** How many lines it has. */
  readonly count: number;
}

/** What a program of another computer, or of another container, made is not ours to remove. */
const PREFIX = `pulumi-roster-${createHash("sha256").update(hostname()).digest("hex").slice(0, 8)}`;
const BUFFER = 64 * 1024;

/** The shard of a key: the same in every run and on every machine. */
export function shardOf(key: string, shards: number): number {
  return createHash("sha256").update(key).digest().readUInt32BE(0) % shards;
}

/** The folders of this process. */
const folders = new Set<string>();

function removeAll(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

/** Makes the folder of a program's files; it goes when the process ends. What killed programs left goes now. */
export function makeHandoverFolder(): string {
  sweep();
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}-${String(process.pid)}-`));
  chmodSync(folder, 0o700);
  if (folders.size === 0) process.once("exit", removeAll);
  folders.add(folder);
  return folder;
}

/** Removes the folders of programs that are no more: a program that was killed removes nothing. */
function sweep(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(`${PREFIX}-`) ? Number(name.slice(PREFIX.length + 1).split("-")[0]) : NaN;
    if (Number.isInteger(pid) && pid > 0 && isOver(pid)) {
      // Somebody else's stays: removing it fails.
      try {
        rmSync(join(tmpdir(), name), { recursive: true, force: true });
      } catch {
        continue;
      }
    }
  }
}

function isOver(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/** Lines that go to a file of their own, without being in memory. */
export class LineFile {
  private readonly path: string;
  private readonly file: number;
  private waiting: string[] = [];
  private size = 0;

  constructor(private readonly folder: string) {
    this.path = join(folder, randomBytes(8).toString("hex"));
    this.file = openSync(this.path, "wx", 0o600);
  }

  /** Adds a line, which holds no newline. */
  add(line: string): void {
    this.waiting.push(line, "\n");
    this.size += line.length;
    if (this.size > BUFFER) this.flush();
  }

  private flush(): void {
    writeSync(this.file, this.waiting.join(""));
    this.waiting = [];
    this.size = 0;
  }

  /** Ends the file with its lines sorted, each changed or left out by `keep`, and names it by its digest. */
  finish(keep: (line: string, before: string | undefined) => boolean = () => true): Handover {
    this.flush();
    closeSync(this.file);
    // A shard at a time is in memory.
    const sorted = readFileSync(this.path, "utf8").split("\n").slice(0, -1).sort();
    const kept: string[] = [];
    for (const line of sorted) if (keep(line, kept.at(-1))) kept.push(line);
    const text = kept.map((line) => `${line}\n`).join("");
    const digest = createHash("sha256").update(text).digest("hex");
    writeFileSync(this.path, text, { mode: 0o600 });
    const path = join(this.folder, digest);
    renameSync(this.path, path);
    return { path, digest, count: kept.length };
  }
}

/**
 * The lines of a file that was handed over. Throws a RosterError where it is not there, or is not what the digest
 * says: then nothing of it may be used, and what was read so far neither.
 */
export async function* linesOf({ path, digest }: Omit<Handover, "count">): AsyncGenerator<string> {
  const hash = createHash("sha256");
  let rest = "";
  try {
    for await (const chunk of createReadStream(path, "utf8") as AsyncIterable<string>) {
      hash.update(chunk);
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      yield* lines;
    }
  } catch (error) {
    throw new RosterError("the file with the records that the program handed over cannot be read", {
      said: (error as Error).message,
      remedy:
        "It is made by the program and goes when that ends: run the whole command again. Program and provider have to see one folder for temporary files (TMPDIR).",
    });
  }
  if (rest !== "" || hash.digest("hex") !== digest) {
    throw new RosterError("the file with the records that the program handed over is not what the program wrote", {
      remedy: "Somebody has changed it, or the disk is full. Run the same command again.",
    });
  }
}
