import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import * as z from "zod";
import { RosterError } from "../../../provider/core/errors.js";
import { openHttp, type Http, type HttpOptions } from "../../../provider/core/http.js";
import { segment, type HttpRequest } from "../../../provider/core/httpRequest.js";
import { statusOf } from "../../../provider/core/httpErrors.js";
import { renewedTokens, staticToken } from "../../../provider/core/tokens.js";
import { makeCertificates } from "../../postgres/certificates.js";
import { startSandboxServer, type Answer, type Call, type SandboxServer } from "../../sandbox/server.js";

const TOKEN = "a-token-that-nobody-may-see";
const ADD: HttpRequest = { method: "POST", path: "/birds/", body: { name: "wren" } };

describe("openHttp", () => {
  let server: SandboxServer;
  let waits: number[];
  let answer: (call: Call) => Answer;

  before(async () => {
    server = await startSandboxServer((call) => answer(call));
  });
  beforeEach(() => {
    server.reset();
    waits = [];
    answer = () => ({ status: 200, body: { ok: true } });
  });
  after(() => server.close());

  function open(options: Partial<HttpOptions> = {}): Http {
    return openHttp({
      description: "connection birds",
      baseUrl: `${server.url}/api`,
      connectTimeout: 5,
      silenceTimeout: 5,
      overallTimeout: 60,
      concurrency: 4,
      tokens: staticToken(TOKEN, "the token from environment variable BIRD_TOKEN"),
      pause: (milliseconds) => {
        waits.push(milliseconds);
        return Promise.resolve();
      },
      ...options,
    });
  }

  async function refusal(http: Http, request: HttpRequest): Promise<RosterError> {
    try {
      await http.send(request);
    } catch (error) {
      assert.ok(error instanceof RosterError, String(error));
      assert.ok(!error.message.includes(TOKEN));
      assert.equal(error.cause, undefined, "what axios throws holds the token");
      return error;
    }
    return assert.fail("nothing was thrown");
  }

  it("sends JSON with the token, and gives what is answered", async () => {
    answer = () => ({ status: 201, body: { id: 7 }, headers: { "X-Pagination-Total-Pages": "3" } });
    const { status, body, headers } = await open().send({ ...ADD, query: { dry: true, page: 2, none: undefined } });
    assert.deepEqual([status, body, headers["x-pagination-total-pages"]], [201, { id: 7 }, "3"]);
    const [call] = server.calls;
    assert.deepEqual(server.requests(), ["POST /api/birds/?dry=true&page=2"]);
    assert.deepEqual([call?.headers["authorization"], call?.body], [`Bearer ${TOKEN}`, { name: "wren" }]);
  });

  it("sends forms, other schemes of authorization, and no token where there is none", async () => {
    await open({ authorization: (token) => `Basic ${token}` }).send({
      ...ADD,
      body: new URLSearchParams({ a: "b&c" }),
    });
    await open({ tokens: undefined }).send({ method: "DELETE", path: `/birds/${segment("a/b ç?")}` });
    assert.deepEqual(
      server.calls.map(({ path, text, headers }) => [path, text, headers["authorization"]]),
      [
        ["/api/birds/", "a=b%26c", `Basic ${TOKEN}`],
        ["/api/birds/a%2Fb%20%C3%A7%3F", "", undefined],
      ],
    );
  });

  for (const [body, expected] of [
    ["", undefined],
    ["not JSON", "not JSON"],
    ["[]", []],
  ] as const) {
    it(`gives ${JSON.stringify(body)} as ${JSON.stringify(expected)}`, async () => {
      answer = () => ({ status: 200, body });
      assert.deepEqual((await open().send({ method: "GET", path: "/" })).body, expected);
    });
  }

  it("refuses an answer that is not what the schema says, and names where", async () => {
    answer = () => ({ status: 200, body: { birds: [{ id: "7" }] } });
    const schema = z.object({ birds: z.array(z.object({ id: z.number() })) });
    await assert.rejects(open().read({ method: "GET", path: "/birds/" }, schema), {
      message: /birds\.0\.id.*\n.*Check the url/,
    });
  });

  for (const [status, text] of [
    [400, /refused a request/],
    [401, /refuses the token[^]*the token from environment variable BIRD_TOKEN/],
    [403, /does not allow this/],
    [404, /refused a request/],
    [409, /refused a request/],
    [500, /failed[^]*tried 5 times/],
    [503, /failed[^]*tried 5 times/],
  ] as const) {
    it(`says for ${String(status)} what was tried, what was answered and what to do`, async () => {
      answer = () => ({ status, body: { error: `no: ${TOKEN}` } });
      const error = await refusal(open(), { method: "GET", path: "/birds/", query: { limit: 2 } });
      assert.match(error.message, text);
      assert.match(
        error.message,
        /tried: {6}GET \/birds\/\?limit=2\n.*answer: {5}\d{3} .*: \{"error":"no: \[secret\]"\}/,
      );
      assert.equal(statusOf(error), status);
    });
  }

  it("lets a system say what its refusals mean", async () => {
    answer = () => ({ status: 400, body: { error: "exists" } });
    const explain: HttpOptions["explain"] = ({ status, body, request }) => ({
      headline: `${String(status)} ${JSON.stringify(body)} ${request.path}`,
    });
    assert.match((await refusal(open({ explain }), ADD)).message, /^400 \{"error":"exists"\} \/birds\//);
  });

  it("follows no redirect, which would carry the token elsewhere", async () => {
    answer = () => ({ status: 307, headers: { location: "http://elsewhere.example/" } });
    const error = await refusal(open(), { method: "GET", path: "/birds" });
    assert.match(error.message, /somewhere else[^]*http:\/\/elsewhere\.example\//);
    assert.equal(server.calls.length, 1);
  });

  describe("that fails for a while", () => {
    for (const status of [408, 429, 500, 502, 503, 504]) {
      it(`reads again after ${String(status)}`, async () => {
        server.fault({ times: 2, failure: { answer: { status } } });
        assert.deepEqual((await open().send({ method: "GET", path: "/" })).body, { ok: true });
        assert.equal(server.calls.length, 3);
        assert.ok(
          Number(waits[0]) >= 125 && Number(waits[0]) <= 250 && Number(waits[1]) >= 250 && Number(waits[1]) <= 500,
          String(waits),
        );
      });
    }

    for (const status of [400, 404, 409, 422]) {
      it(`does not ask again after ${String(status)}`, async () => {
        server.fault({ failure: { answer: { status } } });
        await refusal(open(), { method: "GET", path: "/" });
        assert.equal(server.calls.length, 1);
      });
    }

    it("does not write again what may have been done", async () => {
      for (const failure of [{ answer: { status: 503 } }, "cut", "cutAfterActing"] as const) {
        server.reset();
        server.fault({ failure });
        await refusal(open(), ADD);
        assert.equal(server.calls.length, 1);
      }
    });

    it("writes again what is safe to repeat, and what was refused unseen", async () => {
      server.fault({ times: 1, failure: "cutAfterActing" });
      server.fault({ from: 2, times: 1, failure: { answer: { status: 503 } } });
      await open().send({ ...ADD, repeatable: true });
      assert.equal(server.calls.length, 3);
      server.reset();
      server.fault({ times: 1, failure: { answer: { status: 429 } } });
      await open().send(ADD);
      assert.equal(server.calls.length, 2);
    });

    it("waits at least as long as it is asked to", async () => {
      server.fault({ times: 1, failure: { answer: { status: 429, headers: { "retry-after": "7" } } } });
      await open().send(ADD);
      assert.ok(Number(waits[0]) >= 7000 && Number(waits[0]) <= 7250, String(waits));
    });

    it("gives up at once where the wait would not fit into the overall limit", async () => {
      server.fault({ failure: { answer: { status: 429, headers: { "retry-after": "61" } } } });
      assert.match((await refusal(open(), ADD)).message, /takes no more requests for now/);
      assert.deepEqual(waits, []);
    });

    it("counts waits against the overall limit", async () => {
      server.fault({ failure: { answer: { status: 503, headers: { "retry-after": "25" } } } });
      await refusal(open(), { method: "GET", path: "/" });
      assert.equal(server.calls.length, 3);
    });
  });

  describe("without an answer", () => {
    it("gives up a server that is silent", async () => {
      server.fault({ failure: "silence" });
      const error = await refusal(open({ silenceTimeout: 0.05 }), ADD);
      assert.match(
        error.message,
        /connection birds gave no sign for 0\.05 seconds[^]*POST \/birds\/[^]*Run the same command[^]*silenceTimeout/,
      );
      assert.equal(error.details.code, "CONNECTION_LOST");
    });

    it("gives up at the overall limit", async () => {
      server.fault({ failure: "silence" });
      const error = await refusal(open({ overallTimeout: 0.05 }), { method: "GET", path: "/" });
      assert.equal(
        error.message,
        [
          "connection birds gave no answer in 0.05 seconds",
          "  tried:      GET /",
          "  answer:     nothing when the overallTimeout of 0.05 seconds was over",
          "  what to do: Check that the service works, or give it more time in the settings of the connection: silenceTimeout (5 seconds without a sign) and overallTimeout (0.05 seconds for a request with all its attempts).",
        ].join("\n"),
      );
      assert.equal(server.calls.length, 1);
    });

    it("says how often it tried, and which limit ended that", async () => {
      server.fault({ failure: "silence" });
      const error = await refusal(open({ silenceTimeout: 0.05, overallTimeout: 0 }), { method: "GET", path: "/" });
      assert.match(
        error.message,
        /gave no sign for 0\.05 seconds[^]*nothing to the last of 5 attempts when the silenceTimeout of 0\.05 seconds was over[^]*overallTimeout \(no limit\)/,
      );
    });

    it("waits only once for a service that never answers", async () => {
      server.fault({ failure: "silence" });
      const http = open({ overallTimeout: 0.05, concurrency: 1 });
      const [first, waiting] = await Promise.all([refusal(http, { method: "GET", path: "/" }), refusal(http, ADD)]);
      const later = await refusal(http, ADD);
      assert.equal(server.calls.length, 1);
      assert.match(first.message, /nothing when the overallTimeout/);
      for (const { message } of [waiting, later])
        assert.match(
          message,
          /gave no answer in 0\.05 seconds[^]*POST \/birds\/[^]*it was not asked again in this run, after it gave no answer to an earlier request[^]*overallTimeout/,
        );
    });

    it("goes on asking one that has answered before", async () => {
      const http = open({ overallTimeout: 0.2 });
      await http.send({ method: "GET", path: "/" });
      server.fault({ failure: "silence" });
      await refusal(http, { method: "GET", path: "/" });
      await refusal(http, { method: "GET", path: "/" });
      assert.equal(server.calls.length, 3);
    });

    it("says that nothing answers, and tries what has not left again", async () => {
      const closed = net.createServer().listen(0, "127.0.0.1");
      await once(closed, "listening");
      const { port } = closed.address() as net.AddressInfo;
      closed.close();
      const error = await refusal(open({ baseUrl: `http://127.0.0.1:${String(port)}` }), ADD);
      assert.match(error.message, /nothing answers there[^]*ECONNREFUSED [\d.:]+ \(tried 5 times\)/);
    });

    it("says that a host is not known", async () => {
      const error = await refusal(open({ baseUrl: "http://birds.invalid" }), ADD);
      assert.match(error.message, /the host is not known/);
    });
  });

  it("sends nothing but GET where it is only to read", async () => {
    const http = open({ readOnly: true });
    for (const method of ["POST", "PUT", "PATCH", "DELETE"] as const) {
      assert.match((await refusal(http, { method, path: "/birds/" })).message, /is only read/);
    }
    await http.send({ method: "GET", path: "/birds/" });
    assert.deepEqual(server.requests(), ["GET /api/birds/"]);
  });

  it("has no more requests at once than it is allowed", async () => {
    let [now, most] = [0, 0];
    const own = await startSandboxServer(async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve, 5));
      now -= 1;
      return { status: 200 };
    });
    const http = open({ baseUrl: own.url, concurrency: 3 });
    await Promise.all(Array.from({ length: 20 }, () => http.send({ method: "GET", path: "/" })));
    await own.close();
    assert.equal(most, 3);
  });

  it("sends no more in any while than the rate allows", async () => {
    const times: number[] = [];
    answer = () => {
      times.push(performance.now());
      return { status: 200 };
    };
    const http = open({ concurrency: 100, rate: { requests: 5, seconds: 1 } });
    await Promise.all(Array.from({ length: 12 }, () => http.send({ method: "GET", path: "/" })));
    // Of any six that follow each other, the last leaves a while after the first; arrivals differ by a little.
    for (let at = 5; at < times.length; at += 1)
      assert.ok(Number(times[at]) - Number(times[at - 5]) > 500, String(times));
  });

  describe("with tokens that end", () => {
    function counted(): { tokens: ReturnType<typeof renewedTokens>; made: () => number } {
      let made = 0;
      const make = (): Promise<{ value: string }> => Promise.resolve({ value: `token-${String((made += 1))}` });
      return { tokens: renewedTokens(make, "the tokens of the test"), made: () => made };
    }

    it("makes a new one after a refusal, once for all who wait", async () => {
      answer = ({ headers }) => ({ status: headers["authorization"] === "Bearer token-1" ? 401 : 200 });
      const { tokens, made } = counted();
      const http = open({ tokens });
      await Promise.all(Array.from({ length: 8 }, () => http.send(ADD)));
      assert.equal(made(), 2);
    });

    it("gives up where the new one is refused too", async () => {
      answer = () => ({ status: 401 });
      const { tokens } = counted();
      assert.match((await refusal(open({ tokens }), ADD)).message, /refuses the token[^]*the tokens of the test/);
      assert.equal(server.calls.length, 2);
    });
  });

  describe("with TLS", () => {
    it("trusts the authority that it is given, and no other", async () => {
      const { ca, otherCa, server: certificate } = await makeCertificates();
      const own = await startSandboxServer(() => ({ status: 200, body: "safe" }), { tls: certificate });
      try {
        const get: HttpRequest = { method: "GET", path: "/" };
        assert.equal((await open({ baseUrl: own.url, ca: ca.cert }).send(get)).body, "safe");
        for (const trusted of [undefined, otherCa.cert]) {
          const error = await refusal(open({ baseUrl: own.url, ca: trusted }), get);
          assert.match(error.message, /its certificate is not trusted[^]*the setting ca/);
        }
      } finally {
        await own.close();
      }
    });
  });
});
