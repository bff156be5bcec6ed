import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import sinon from "sinon";
import type { RosterError } from "../../../provider/core/errors.js";
import { connect } from "../../../provider/postgres/client.js";
import { insideOf } from "../../../provider/postgres/parts.js";
import { openSession } from "../../../provider/postgres/session.js";
import { connectionWith, freshName, sharedPostgres } from "../../postgres/shared.js";
import type { PostgresServer } from "../../postgres/server.js";
import { DONE, READY, listen, message, report, type FakeServer } from "./wire.js";

const MINUTE = 60_000;

describe("tokens in place of a password", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "roster-tokens-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** A module of the tests. `body` has `nth`, the number of the call. */
  function module(body: string): string {
    const file = path.join(folder, `token-${freshName("m")}.cjs`);
    writeFileSync(file, `let calls = 0;\nmodule.exports = async () => { const nth = ++calls; ${body} };\n`);
    return file;
  }

  describe("on a server that asks for them", () => {
    let server: PostgresServer;
    let login: string;
    let others: [first: string, second: string];
    let clock: sinon.SinonFakeTimers;
    before(async () => {
      server = await sharedPostgres(18);
    });
    beforeEach(async () => {
      login = freshName("iam");
      others = [freshName("other"), freshName("other")];
      await server.query(`CREATE ROLE ${login} LOGIN PASSWORD 'token-1'`);
      for (const other of others) await server.query(`CREATE DATABASE ${other}`);
      clock = sinon.useFakeTimers({ now: new Date("2026-06-01T12:00:00Z"), toFake: ["Date"] });
    });
    afterEach(async () => {
      clock.restore();
      for (const other of others) await server.query(`DROP DATABASE ${other} WITH (FORCE)`);
      await server.query(`DROP ROLE ${login}`);
    });

    it("serve all connections until they end; one that is made later in the run gets a new one", async () => {
      const { host, port } = server;
      const passwordModule = module("return { token: `token-${nth}`, expiresAt: Date.now() + 15 * 60000 };");
      const settings = { host, port: String(port), user: login, database: "postgres", passwordModule };
      const session = openSession(connectionWith(settings));
      await session.model();
      clock.tick(10 * MINUTE);
      await session.model([insideOf(others[0])]);
      // By now the server takes no other than the next one, and the connection that is open stays open.
      clock.tick(5 * MINUTE);
      await server.query(`ALTER ROLE ${login} PASSWORD 'token-2'`);
      const model = await session.model([insideOf(others[1])]);
      assert.ok(model.inside.has(others[1]));
    });
  });

  describe("on a server that refuses them", () => {
    let fake: FakeServer;
    let given: string[];
    /** What the server takes, and how it refuses the rest. */
    let taken: string;
    let refusal: readonly [code: string, text: string];
    beforeEach(async () => {
      given = [];
      taken = "token-number-2";
      refusal = ["28000", 'PAM authentication failed for user "ana"'];
      fake = await listen((socket) => {
        socket.on("data", (data) => {
          const type = data.toString("latin1", 0, 1);
          if (data.length === 8) socket.write("N");
          else if (type === "p") {
            const password = data.toString("utf8", 5, data.length - 1);
            given.push(password);
            if (password === taken) socket.write(Buffer.concat([message("R", 0), READY]));
            else socket.end(report("E", "FATAL", ...refusal));
          } else if (type === "Q") socket.write(Buffer.concat([DONE, READY]));
          // Anything else begins a session: the password is asked for as it is.
          else if (type !== "X") socket.write(message("R", 3));
        });
      });
    });
    afterEach(() => fake.stop());

    const settings = (values: Readonly<Record<string, string>>): ReturnType<typeof connectionWith> =>
      connectionWith({ host: "127.0.0.1", port: String(fake.port), user: "ana", sslmode: "disable", ...values });
    const failure = async (values: Readonly<Record<string, string>>): Promise<string> => {
      const error = await connect(settings(values)).then(
        () => assert.fail("it connected"),
        (thrown: unknown) => thrown as RosterError,
      );
      return error.message;
    };

    it("are not even shown once they have ended", async () => {
      const clock = sinon.useFakeTimers({ now: 0, toFake: ["Date"] });
      try {
        const file = module("return { token: `token-number-${nth}`, expiresAt: Date.now() + 15 * 60000 };");
        for (const [minutes, token] of [
          [0, "token-number-1"],
          [10, "token-number-1"],
          [10, "token-number-2"],
        ] as const) {
          clock.tick(minutes * MINUTE);
          taken = token;
          await (await connect(settings({ passwordModule: file }))).close();
        }
      } finally {
        clock.restore();
      }
      assert.deepEqual(given, ["token-number-1", "token-number-1", "token-number-2"]);
    });

    for (const [service, ...refused] of [
      ["Amazon RDS", "28000", 'PAM authentication failed for user "ana"'],
      ["Azure", "28P01", "The access token has expired. Please acquire a new token and retry."],
      ["Cloud SQL", "28000", 'Cloud SQL IAM user authentication failed for user "ana"'],
    ] as const) {
      it(`are made anew where ${service} refuses one that has ended`, async () => {
        refusal = refused;
        const client = await connect(settings({ passwordModule: module("return `token-number-${nth}`;") }));
        await client.close();
        assert.deepEqual(given, ["token-number-1", "token-number-2"]);
      });
    }

    it("are made anew once; then the error says what to check, and shows none", async () => {
      taken = "none";
      for (const refused of [refusal, ["28P01", "password authentication failed"]] as const) {
        refusal = refused;
        given = [];
        const file = module("return `token-number-${nth}`;");
        const said = await failure({ passwordModule: file });
        assert.equal(given.length, 2);
        assert.match(
          said,
          /^connection postgres: the server at 127\.0\.0\.1:\d+ (does not let user|refuses the password of user) ana/,
        );
        assert.match(said, /what to do: .*the user comes from the program; the passwordModule comes from the program/);
        assert.doesNotMatch(said, /token-number/);
      }
    });

    it("are not made anew for a password that somebody has set, and the server is not asked twice", async () => {
      assert.match(await failure({ password: "as it is" }), /Check the user, and the server's pg_hba\.conf/);
      assert.deepEqual(given, ["as it is"]);
    });

    it("are not there where a module fails or gives none: the error names it, and nothing is sent", async () => {
      const origin = "the passwordModule of connection postgres \\(from the program\\)";
      for (const [body, said] of [
        [
          "throw new Error('no role to assume');",
          "failed\\n {2}answer: {5}no role to assume\\n {2}what to do: It runs in",
        ],
        ["return undefined;", "did not return a token\\n {2}what to do: It has to return a token, or JSON"],
        ["return { token: '' };", "did not return a token\\n"],
        ["return { token: 'x', expiresAt: 'soon' };", "did not return a token\\n"],
        ["return 7;", "did not return a token\\n"],
      ] as const) {
        assert.match(await failure({ passwordModule: module(body) }), new RegExp(`^${origin} ${said}`));
      }
      const none = path.join(folder, "none.cjs");
      writeFileSync(none, "exports.password = 'x';");
      assert.match(await failure({ passwordModule: none }), new RegExp(`^${origin} exports no function`));
      const absent = await failure({ passwordModule: path.join(folder, "absent.cjs") });
      assert.match(
        absent,
        new RegExp(`^${origin} cannot be loaded\\n {2}answer: {5}Cannot find module[^]*Give the path`),
      );
      assert.deepEqual(given, []);
    });

    it("appear in no error, also where a module says its last one in the next", async () => {
      taken = "none";
      const file = module(
        "if (nth === 1) return 'token-of-the-first-call'; throw new Error('token-of-the-first-call has ended');",
      );
      const said = await failure({ passwordModule: file });
      assert.match(said, /failed\n {2}answer: {5}\[secret\] has ended/);
      assert.deepEqual(given, ["token-of-the-first-call"]);
    });
  });
});
