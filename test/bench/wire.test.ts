import assert from "node:assert/strict";
import fc from "fast-check";
import { Client } from "pg";
import { sharedPostgres } from "../postgres/shared.js";
import { countingProxy, type CountingProxy } from "./proxy.js";
import { Conversation, type Counts } from "./wire.js";

describe("the proxy that counts", () => {
  let proxy: CountingProxy;
  let login: { user: string; password: string };

  before(async () => {
    const server = await sharedPostgres(18);
    login = { user: server.user, password: server.password };
    proxy = await countingProxy(server);
  });
  after(() => proxy.close());

  /** What goes over the wire while a client that is connected does something. */
  async function counted(act: (client: Client) => Promise<unknown>, ssl: Client["ssl"] = false): Promise<Counts> {
    const client = new Client({ host: proxy.host, port: proxy.port, database: "postgres", ...login, ssl });
    await client.connect();
    try {
      const { connections, roundTrips, statements } = proxy.take();
      assert.deepEqual([connections, roundTrips, statements], [1, 0, 0], "logging in is no statement");
      await act(client);
      return proxy.take();
    } finally {
      await client.end();
    }
  }

  it("counts each statement of a text, and the text as one round trip", async () => {
    const counts = await counted((client) =>
      client.query("CREATE TEMP TABLE t (a int); INSERT INTO t VALUES (1), (2); SELECT a FROM t; SELECT 1"),
    );
    assert.deepEqual(counts, {
      connections: 0,
      roundTrips: 1,
      statements: 4,
      reads: 1,
      refused: 0,
      commands: { "CREATE TABLE": 1, INSERT: 1, SELECT: 2 },
    });
  });

  it("counts a statement with values, which takes several messages, as one round trip", async () => {
    const { roundTrips, statements, reads } = await counted((client) => client.query("SELECT $1::text", ["a"]));
    assert.deepEqual({ roundTrips, statements, reads }, { roundTrips: 1, statements: 1, reads: 1 });
  });

  it("does not count a statement that is refused as done", async () => {
    const { roundTrips, statements, refused } = await counted((client) =>
      assert.rejects(client.query("CREATE TEMP TABLE t (a int); SELECT 1/0; SELECT 1")),
    );
    assert.deepEqual({ roundTrips, statements, refused }, { roundTrips: 1, statements: 1, refused: 1 });
  });

  it("counts what is larger than any chunk", async () => {
    const text = `SELECT '${"x".repeat(3_000_000)}'`;
    const { roundTrips, statements } = await counted(async (client) => {
      const { rows } = await client
        .query<{ "?column?": string }>(`${text}; ${text}`)
        .then((all) => [all].flat().at(-1) ?? all);
      assert.equal(rows[0]?.["?column?"].length, 3_000_000);
    });
    assert.deepEqual({ roundTrips, statements }, { roundTrips: 1, statements: 2 });
  });

  it("counts also where the client asks for encryption first and the server has none", async () => {
    await assert.rejects(
      counted(() => Promise.resolve(), true),
      /does not support SSL/,
    );
    assert.equal(proxy.take().connections, 0, "nobody logged in");
  });
});

describe("a conversation", () => {
  const message = (type: string, body: string): Buffer => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(4 + body.length);
    return Buffer.concat([Buffer.from(type), length, Buffer.from(body, "latin1")]);
  };
  const startup = message("", "\0\x03\0\0user\0ana\0\0");
  const fromClient = [startup, message("Q", "SELECT 1; CREATE ROLE a\0"), message("Q", "GRANT b TO a\0")];
  const fromServer = [
    message("R", "\0\0\0\0"),
    message("Z", "I"),
    message("T", "\0\0"),
    message("D", "\0\0"),
    message("C", "SELECT 1\0"),
    message("C", "CREATE ROLE\0"),
    message("Z", "I"),
    message("E", "Mno\0\0"),
    message("Z", "I"),
  ];
  const expected: Counts = {
    connections: 1,
    roundTrips: 2,
    statements: 2,
    reads: 1,
    refused: 1,
    commands: { SELECT: 1, "CREATE ROLE": 1 },
  };

  /** Cuts a stream at some places. */
  function cut(stream: Buffer, places: readonly number[]): Buffer[] {
    const at = [0, ...new Set(places.map((place) => place % stream.length)), stream.length].sort((a, b) => a - b);
    return at.slice(1).map((end, index) => stream.subarray(at[index], end));
  }

  it("comes to the same wherever the streams are cut", () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), fc.array(fc.nat()), (client, server) => {
        const conversation = new Conversation();
        for (const chunk of cut(Buffer.concat(fromClient), client)) conversation.client(chunk);
        for (const chunk of cut(Buffer.concat(fromServer), server)) conversation.server(chunk);
        assert.deepEqual(conversation.counts(), expected);
      }),
    );
  });
});
