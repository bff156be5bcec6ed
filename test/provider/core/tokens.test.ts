import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clientCredentials } from "../../../provider/core/clientCredentials.js";
import { RosterError } from "../../../provider/core/errors.js";
import { openHttp } from "../../../provider/core/http.js";
import { redact } from "../../../provider/core/redact.js";
import {
  claimsOf,
  commandTokens,
  endOf,
  moduleTokens,
  renewedTokens,
  staticToken,
  type Token,
} from "../../../provider/core/tokens.js";
import { startSandboxServer } from "../../sandbox/server.js";

const ORIGIN = "the tokens of the test";

/** An unsigned JSON Web Token: what reads it here cannot verify it anyway. */
function jwt(claims: object): string {
  return ["{}", JSON.stringify(claims), ""].map((part) => Buffer.from(part).toString("base64url")).join(".");
}

describe("renewedTokens", () => {
  let now: number;
  let made: number;
  const source = (life: number | undefined): ReturnType<typeof renewedTokens> =>
    renewedTokens(
      () => {
        made += 1;
        const value = `token ${String(made)}`;
        return Promise.resolve<Token>(life === undefined ? { value } : { value, until: now + life });
      },
      ORIGIN,
      () => now,
    );
  beforeEach(() => {
    now = 1_000_000;
    made = 0;
  });

  it("makes one for all who ask at once", async () => {
    const tokens = source(undefined);
    assert.deepEqual(await Promise.all([tokens.token(), tokens.token()]), ["token 1", "token 1"]);
    now += 1e12;
    assert.equal(await tokens.token(), "token 1");
  });

  for (const [life, kept, renewed] of [
    [3_600_000, 3_539_999, 3_540_000],
    [60_000, 47_999, 48_000],
  ] as const) {
    it(`renews a token of ${String(life / 1000)} seconds before its end`, async () => {
      const tokens = source(life);
      await tokens.token();
      now += kept;
      assert.equal(await tokens.token(), "token 1");
      now += renewed - kept;
      assert.equal(await tokens.token(), "token 2");
    });
  }

  it("makes a new one after a refusal, but not for the refusal of an older one", async () => {
    const tokens = source(undefined);
    const first = await tokens.token();
    assert.equal(tokens.refused(first), true);
    assert.equal(await tokens.token(), "token 2");
    assert.equal(tokens.refused(first), true);
    assert.equal(await tokens.token(), "token 2");
  });

  it("tries again after a failure", async () => {
    let fail = true;
    const tokens = renewedTokens(
      () => (fail ? Promise.reject(new Error("not now")) : Promise.resolve({ value: "t0ken-granted" })),
      ORIGIN,
    );
    await assert.rejects(tokens.token(), /not now/);
    fail = false;
    assert.equal(await tokens.token(), "t0ken-granted");
  });

  it("reads the end of a JSON Web Token from the token", async () => {
    let count = 0;
    const tokens = renewedTokens(
      () => Promise.resolve({ value: jwt({ exp: 2000, n: (count += 1) }) }),
      ORIGIN,
      () => now,
    );
    await tokens.token();
    now = 1_939_000;
    await tokens.token();
    assert.equal(count, 1);
    now = 1_999_000;
    await tokens.token();
    assert.equal(count, 2);
  });

  it("lets no token into a message", async () => {
    const tokens = renewedTokens(() => Promise.resolve({ value: "made-just-now" }), ORIGIN);
    await tokens.token();
    staticToken("as-it-is", ORIGIN);
    assert.equal(redact("made-just-now as-it-is"), "[secret] [secret]");
  });
});

describe("claimsOf", () => {
  it("reads what a JSON Web Token says, also in UTF-8", () => {
    assert.deepEqual(claimsOf(jwt({ name: "João", exp: 5 })), { name: "João", exp: 5 });
    assert.equal(endOf(jwt({ exp: 5 })), 5000);
  });

  for (const other of [
    "",
    "opaque",
    "a.b.c",
    "a.e30",
    jwt([]).slice(0, 4),
    `x.${Buffer.from("7").toString("base64url")}.y`,
  ]) {
    it(`finds no end in ${JSON.stringify(other)}`, () => {
      assert.equal(endOf(other), undefined);
    });
  }
});

describe("commandTokens", () => {
  it("takes what is printed, or JSON with its end", async () => {
    assert.equal(await commandTokens("printf '  abcdef\\n'", ORIGIN).token(), "abcdef");
    const json = JSON.stringify({ token: "from JSON", expiresAt: "2099-01-01T00:00:00Z" });
    assert.equal(await commandTokens(`echo '${json}'`, ORIGIN).token(), "from JSON");
  });

  for (const [command, said] of [
    ["echo oops >&2; exit 3", /the tokens of the test ended with exit code 3[^]*oops[^]*Run it by hand/],
    ["true", /did not print a token[^]*It has to print/],
    ["echo '{\"no\": 1}'", /did not print a token/],
    ['echo \'{"token": "x", "expiresAt": "some day"}\'', /did not print a token/],
  ] as const) {
    it(`refuses ${command}`, async () => {
      await assert.rejects(commandTokens(command, ORIGIN).token(), { message: said });
    });
  }

  it("does not repeat what a failed command printed", async () => {
    const error: unknown = await commandTokens("echo half-of-a-token; exit 1", ORIGIN)
      .token()
      .catch((e: unknown) => e);
    assert.ok(error instanceof Error && !error.message.includes("half-of-a-token") && error.cause === undefined);
  });
});

describe("moduleTokens", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "roster-tokens-"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  let count = 0;
  function source(text: string, extension: string): ReturnType<typeof moduleTokens> {
    const path = join(folder, `module${String((count += 1))}${extension}`);
    writeFileSync(path, text);
    return moduleTokens(path, ORIGIN);
  }

  for (const [extension, text] of [
    [".mjs", "export default async () => 't0ken-made';"],
    [".mjs", "export const token = () => ({ token: 't0ken-made', expiresAt: 4e12 });"],
    [".cjs", "module.exports = () => 't0ken-made';"],
    [".cjs", "exports.token = async () => ({ token: 't0ken-made' });"],
    [".cjs", "exports.__esModule = true; exports.default = () => 't0ken-made';"],
  ] as const) {
    it(`calls ${text}`, async () => {
      assert.equal(await source(text, extension).token(), "t0ken-made");
    });
  }

  for (const [text, said] of [
    ["export const x = 1;", /exports no function/],
    ["export default () => 7;", /did not return a token/],
    ["export default () => { throw new Error('no network'); };", /failed[^]*no network/],
    ["syntax error", /cannot be loaded[^]*Give the path/],
  ] as const) {
    it(`refuses ${text}`, async () => {
      await assert.rejects(source(text, ".mjs").token(), { message: said });
    });
  }

  it("refuses a module that is not there", async () => {
    await assert.rejects(moduleTokens(join(folder, "none.mjs"), ORIGIN).token(), /cannot be loaded/);
  });
});

describe("clientCredentials", () => {
  it("asks the provider with a form, and again before the token ends", async () => {
    let made = 0;
    const server = await startSandboxServer(() => ({
      status: 200,
      body: { access_token: `token ${String((made += 1))}`, expires_in: 300, token_type: "Bearer" },
    }));
    let now = 0;
    const open = (): ReturnType<typeof openHttp> =>
      openHttp({
        description: "the provider",
        baseUrl: `${server.url}/realms/r/protocol/openid-connect/token`,
        connectTimeout: 5,
        silenceTimeout: 5,
        overallTimeout: 5,
        concurrency: 1,
      });
    const client = { open, clientId: "roster", clientSecret: "s3cr&t", scope: undefined, origin: ORIGIN };
    const tokens = clientCredentials(client, () => now);
    try {
      assert.equal(await tokens.token(), "token 1");
      now = 239_000;
      assert.equal(await tokens.token(), "token 1");
      now = 241_000;
      assert.equal(await tokens.token(), "token 2");
      const [call] = server.calls;
      assert.deepEqual(
        [call?.path, call?.headers["content-type"], call?.text],
        [
          "/realms/r/protocol/openid-connect/token",
          "application/x-www-form-urlencoded;charset=utf-8",
          "grant_type=client_credentials&client_id=roster&client_secret=s3cr%26t",
        ],
      );
      server.fault({ failure: { answer: { status: 401, body: { error: "unauthorized_client" } } } });
      tokens.refused("token 2");
      await assert.rejects(tokens.token(), { message: /the provider refuses[^]*unauthorized_client/ });
    } finally {
      await server.close();
    }
  });

  it("sends the secret in the header instead where the provider wants it there, and tells it to nobody", async () => {
    const server = await startSandboxServer(() => ({ status: 200, body: { access_token: "a token of the service" } }));
    const open = (headers: Readonly<Record<string, string>>): ReturnType<typeof openHttp> =>
      openHttp({
        description: "the provider",
        baseUrl: `${server.url}/oidc/v1/token`,
        connectTimeout: 5,
        silenceTimeout: 5,
        overallTimeout: 5,
        concurrency: 1,
        headers,
      });
    const client = { open, clientId: "app 1", clientSecret: "s3cr&t:2", scope: "all-apis", origin: ORIGIN };
    try {
      assert.equal(await clientCredentials({ ...client, inHeader: true }).token(), "a token of the service");
      const [call] = server.calls;
      // Each part as a form writes it (RFC 6749, 2.3.1), so that a colon within one separates nothing.
      const expected = `Basic ${Buffer.from("app+1:s3cr%26t%3A2").toString("base64")}`;
      assert.equal(call?.headers["authorization"], expected);
      assert.equal(call.text, "grant_type=client_credentials&scope=all-apis");
      assert.doesNotMatch(new RosterError(expected).message, /YXBw/);
    } finally {
      await server.close();
    }
  });
});
