import net from "node:net";
import { Conversation, NOTHING, sum, type Counts } from "./wire.js";

const HOST = "127.0.0.1";

/** Stands between clients and a server, and counts. It changes nothing. */
export interface CountingProxy {
  readonly host: string;
  readonly port: number;
  /** What was counted since this was last called. */
  take(): Counts;
  close(): Promise<void>;
}

/** Starts a proxy in front of a PostgreSQL server, on a free port of this machine. */
export async function countingProxy(server: { readonly host: string; readonly port: number }): Promise<CountingProxy> {
  const conversations = new Set<Conversation>();
  const sockets = new Set<net.Socket>();
  let ended = NOTHING;
  let taken = NOTHING;

  const listener = net.createServer((client) => {
    const conversation = new Conversation();
    const upstream = net.connect(server.port, server.host);
    conversations.add(conversation);
    pass(client, upstream, (chunk) => {
      conversation.client(chunk);
    });
    pass(upstream, client, (chunk) => {
      conversation.server(chunk);
    });
    upstream.once("close", () => {
      conversations.delete(conversation);
      ended = sum(ended, conversation.counts());
    });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
    }
  });
  await new Promise<void>((resolve) => listener.listen(0, HOST, resolve));

  return {
    host: HOST,
    port: (listener.address() as net.AddressInfo).port,
    take() {
      const all = [...conversations].reduce((total, each) => sum(total, each.counts()), ended);
      const since = difference(all, taken);
      taken = all;
      return since;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}

/** Passes on what comes, and looks at it before, so that an answer is counted before the client has it. */
function pass(from: net.Socket, to: net.Socket, look: (chunk: Buffer) => void): void {
  from.setNoDelay(true);
  from.on("data", (chunk) => {
    look(chunk);
    if (to.writable && !to.write(chunk)) {
      from.pause();
      to.once("drain", () => from.resume());
    }
  });
  from.on("end", () => to.end());
  from.on("error", () => to.destroy());
}

function difference(all: Counts, before: Counts): Counts {
  const commands = Object.entries(all.commands).map(([name, count]): [string, number] => [
    name,
    count - (before.commands[name] ?? 0),
  ]);
  return {
    connections: all.connections - before.connections,
    roundTrips: all.roundTrips - before.roundTrips,
    statements: all.statements - before.statements,
    reads: all.reads - before.reads,
    refused: all.refused - before.refused,
    commands: Object.fromEntries(commands.filter(([, count]) => count > 0)),
  };
}
