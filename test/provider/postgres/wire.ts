import { once } from "node:events";
import net from "node:net";

/*
 * The server's side of PostgreSQL's protocol, as little of it as the tests need for what no real server does on
 * request. https://www.postgresql.org/docs/current/protocol-message-formats.html
 */

/** A message of the server. */
export function message(type: string, ...parts: readonly (string | number | Buffer)[]): Buffer {
  const body = Buffer.concat(
    parts.map((part) => {
      if (Buffer.isBuffer(part)) return part;
      if (typeof part === "string") return Buffer.from(`${part}\0`);
      const number = Buffer.alloc(4);
      number.writeInt32BE(part);
      return number;
    }),
  );
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}

/** The server waits for the next query. */
export const READY = message("Z", Buffer.from("I"));
/** A statement is done. */
export const DONE = message("C", "SET");

const LOGGED_IN = Buffer.concat([message("R", 0), READY]);

/** An error or a notice, with its severity in the language of the server. */
export function report(type: "E" | "N", severity: string, code: string, text: string): Buffer {
  const fields = [`S${severity}`, `C${code}`, `M${text}`];
  return message(type, ...fields, Buffer.from("\0"));
}

/** What a server does with a query: answer with messages, or with undefined hang up. */
export type Answer = (sql: string, nth: number) => Buffer | undefined;

/** A server that is not real. */
export interface FakeServer {
  readonly port: number;
  readonly stop: () => Promise<void>;
  /** Called with the first message of each session: names and values, each ended by NUL. */
  started?: (parameters: string) => void;
}

/** A server that lets everybody in and answers queries as it is told. */
export async function fakeServer(answer: Answer): Promise<FakeServer> {
  const server: FakeServer = await listen((socket) => {
    let count = 0;
    let startedUp = false;
    socket.on("data", (data) => {
      if (!startedUp) {
        // The request for TLS is 8 bytes long: there is none here. The next message starts the session.
        if (data.length === 8) {
          socket.write("N");
          return;
        }
        startedUp = true;
        server.started?.(data.toString("utf8", 8));
        socket.write(LOGGED_IN);
        return;
      }
      if (data.toString("latin1", 0, 1) !== "Q") return;
      count += 1;
      const messages = answer(data.toString("utf8", 5, data.length - 1), count);
      if (messages === undefined) socket.destroy();
      else socket.write(messages);
    });
  });
  return server;
}

/** A server that takes connections and does with them what it is told; nothing at all by default. */
export async function listen(handle: (socket: net.Socket) => void = () => undefined): Promise<FakeServer> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    handle(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as net.AddressInfo).port,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
