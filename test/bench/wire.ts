/*
 * Counts what goes over PostgreSQL's wire (https://www.postgresql.org/docs/current/protocol-message-formats.html). Only
 * the headers of messages are looked at, and the short text that tells which command is complete.
 */

/** What went over the wire. */
export interface Counts {
  readonly connections: number;
  /** Requests that the client waits for: simple queries, and the Sync of the extended protocol. */
  readonly roundTrips: number;
  /** Statements that the server carried out. */
  readonly statements: number;
  /** Round trips that brought rows: what was looked at. */
  readonly reads: number;
  /** Statements that the server refused. */
  readonly refused: number;
  /** Statements by command, as the server names it: `CREATE ROLE`, `GRANT ROLE`, `SELECT`. */
  readonly commands: Readonly<Record<string, number>>;
}

/** Nothing at all. */
export const NOTHING: Counts = { connections: 0, roundTrips: 0, statements: 0, reads: 0, refused: 0, commands: {} };

/** Two counts as one. */
export function sum(a: Counts, b: Counts): Counts {
  const names = new Set([...Object.keys(a.commands), ...Object.keys(b.commands)]);
  return {
    connections: a.connections + b.connections,
    roundTrips: a.roundTrips + b.roundTrips,
    statements: a.statements + b.statements,
    reads: a.reads + b.reads,
    refused: a.refused + b.refused,
    commands: Object.fromEntries([...names].map((name) => [name, (a.commands[name] ?? 0) + (b.commands[name] ?? 0)])),
  };
}

/** Messages that a client sends before it has logged in have no type; these ask for encryption. */
const ASKS_FOR_ENCRYPTION = new Set([80877103, 80877104]);
const CANCELS = 80877102;
const [LENGTH_BYTES, TYPE_BYTES] = [4, 1];

/** Counts one connection. Both directions are told apart by whom they come from. */
export class Conversation {
  private readonly commands = new Map<string, number>();
  private counted = { roundTrips: 0, reads: 0, refused: 0 };
  private loggedIn = false;
  private bringsRows = false;
  private readonly fromClient = new Messages(false, (type, body) => {
    this.request(type, body);
  });
  private readonly fromServer = new Messages(true, (type, body) => {
    this.answer(type, body);
  });

  /** Takes what the client sent. */
  client(chunk: Buffer): void {
    this.fromClient.take(chunk);
  }

  /** Takes what the server sent. */
  server(chunk: Buffer): void {
    this.fromServer.take(chunk);
  }

  /** What was counted so far. */
  counts(): Counts {
    const commands = Object.fromEntries(this.commands);
    const statements = Object.values(commands).reduce((total, count) => total + count, 0);
    return { connections: this.loggedIn ? 1 : 0, ...this.counted, statements, commands };
  }

  private request(type: string, body: Buffer): void {
    if (type === "") this.opening(body.readInt32BE(0));
    else if (type === "Q" || type === "S") this.counted.roundTrips += 1;
  }

  private opening(code: number): void {
    if (ASKS_FOR_ENCRYPTION.has(code)) this.fromServer.expectByte();
    else if (code !== CANCELS) {
      this.loggedIn = true;
      this.fromClient.startTypes();
    }
  }

  private answer(type: string, body: Buffer): void {
    if (type === "") {
      if (body.toString("latin1") !== "N") throw new Error("this connection is encrypted, so nothing can be counted");
    } else if (type === "C") this.completed(body.toString("latin1", 0, body.length - 1));
    else if (type === "E") this.counted.refused += 1;
    else if (type === "T") this.bringsRows = true;
    else if (type === "Z") {
      if (this.bringsRows) this.counted.reads += 1;
      this.bringsRows = false;
    }
  }

  /** `GRANT ROLE`, `SELECT 3`, `INSERT 0 1`: the command, and how many rows. */
  private completed(tag: string): void {
    const command = tag.replace(/[ \d]+$/, "");
    this.commands.set(command, (this.commands.get(command) ?? 0) + 1);
  }
}

/** The types whose text is looked at; all others are skipped as they come. */
const READ_WHOLE = new Set(["", "C"]);

/** Cuts a stream into messages, wherever its chunks begin and end. */
class Messages {
  private rest: Buffer = Buffer.alloc(0);
  private toSkip = 0;
  private bytesExpected = 0;

  constructor(
    private typed: boolean,
    private readonly tell: (type: string, body: Buffer) => void,
  ) {}

  /** The next byte is an answer on its own. */
  expectByte(): void {
    this.bytesExpected += 1;
  }

  /** From now on messages have a type. */
  startTypes(): void {
    this.typed = true;
  }

  take(chunk: Buffer): void {
    const skipped = Math.min(this.toSkip, chunk.length);
    this.toSkip -= skipped;
    let data = skipped === 0 ? chunk : chunk.subarray(skipped);
    if (this.rest.length > 0) data = Buffer.concat([this.rest, data]);
    let position = 0;
    while (position < data.length) {
      const length = this.message(data, position);
      if (length === undefined) break;
      position += length;
    }
    this.toSkip += Math.max(0, position - data.length);
    this.rest = data.subarray(position);
  }

  /** Tells of the message at a position and gives its length; undefined where not enough of it has come. */
  private message(data: Buffer, position: number): number | undefined {
    if (this.bytesExpected > 0) {
      this.bytesExpected -= 1;
      this.tell("", data.subarray(position, position + 1));
      return 1;
    }
    const header = (this.typed ? TYPE_BYTES : 0) + LENGTH_BYTES;
    if (data.length - position < header) return undefined;
    const type = this.typed ? data.toString("latin1", position, position + 1) : "";
    const length = header - LENGTH_BYTES + data.readInt32BE(position + header - LENGTH_BYTES);
    if (READ_WHOLE.has(type) && data.length - position < length) return undefined;
    this.tell(type, data.subarray(position + header, position + length));
    return length;
  }
}
