import assert from "node:assert/strict";
import { resolveConnection } from "../../../provider/core/connections.js";
import type { RosterError } from "../../../provider/core/errors.js";
import type { Session } from "../../../provider/core/system.js";
import type { Catalog } from "../../../provider/postgres/catalog.js";
import type { Change } from "../../../provider/postgres/changes.js";
import { openSession } from "../../../provider/postgres/session.js";
import { connections } from "../../../provider/postgres/settings.js";
import { startPostgres, type PostgresServer } from "../../postgres/server.js";
import { onServer } from "../../sandbox/civis/database.js";
import { API_KEY, platformOf, startCivis, type CivisSandbox } from "../../sandbox/civis/index.js";
import type { Call } from "../../sandbox/server.js";

const MANY = `DO $$ BEGIN FOR n IN 1..1100 LOOP EXECUTE format('CREATE ROLE many_%s', n); END LOOP; END $$`;

const isPost = ({ method, path }: Call): boolean => method === "POST" && path === "/queries/";

describe("a connection through Civis Platform", () => {
  let server: PostgresServer;
  let civis: CivisSandbox;

  before(async () => {
    server = await startPostgres({ version: 18 });
    // More than one page of rows.
    await server.query(MANY);
    civis = await startCivis(platformOf({}), { execute: onServer(server) });
  });
  beforeEach(async () => {
    civis.reset();
    Object.assign(civis.queries.options, { looks: 1, silentFailures: false });
    civis.queries.all.length = 0;
    await server.query("CREATE ROLE team; CREATE ROLE ana; CREATE ROLE rui");
  });
  afterEach(() => server.query("DROP ROLE team, ana, rui"));
  after(async () => {
    await civis.close();
    await server.stop();
  });

  function open(settings: Readonly<Record<string, string>> = {}): Session<Catalog, Change> {
    const warehouse = { via: "civis", database: "warehouse", civisUrl: civis.url, civisPolling: "0.002", ...settings };
    const sources = { environment: { CIVIS_API_KEY: API_KEY }, config: JSON.stringify({ warehouse }) };
    return openSession(resolveConnection(connections, "warehouse", sources));
  }

  const grant = (...members: string[]): Change => ({ kind: "grantMembership", group: "team", members });
  const revoke = (...members: string[]): Change => ({ kind: "revokeMembership", group: "team", members });

  const comment = (name: string, text: string): Change => ({ kind: "commentRole", name, comment: text });

  async function members(): Promise<string[]> {
    const rows = await server.query<{ name: string }>(
      "SELECT member::regrole::text AS name FROM pg_auth_members WHERE roleid = 'team'::regrole ORDER BY 1",
    );
    return rows.map(({ name }) => name);
  }

  const posts = (): string[] =>
    civis.calls.filter(isPost).map(({ body }) => (body as { sql: string }).sql.replace(/^\/\*.*?\*\/ /, ""));

  it("reads the whole catalogue, page by page, as a direct connection does", async () => {
    const through = await open().model();
    const config = JSON.stringify({ direct: { host: server.host, port: String(server.port), user: server.user } });
    const environment = { ROSTER_DIRECT_PASSWORD: server.password };
    const direct = await openSession(resolveConnection(connections, "direct", { environment, config })).model();
    assert.equal(through.roles.size > 1100, true);
    assert.deepEqual(through, direct);
    const hidden = civis.calls.filter(isPost).map(({ body }) => (body as { hidden: boolean }).hidden);
    assert.deepEqual([...new Set(hidden)], [true], "queries are hidden");
  });

  it("runs statements one by one, each once, and knows what took effect", async () => {
    await server.query("GRANT team TO rui");
    const session = open();
    await session.model();
    civis.reset();
    await Promise.all([session.run([revoke("rui"), grant("ana")]), session.run([comment("team", "ours")])]);
    const sent = posts().filter((sql) => !sql.startsWith("SELECT"));
    assert.deepEqual(sent, ["REVOKE team FROM rui;", "GRANT team TO ana;", "COMMENT ON ROLE team IS 'ours';"]);
    assert.deepEqual(await members(), ["ana"]);
    assert.deepEqual([...((await session.model()).members.get("team")?.keys() ?? [])], ["ana"]);
  });

  it("names the database and the credential that it is told, by name or number", async () => {
    await open().model();
    const first = civis.calls.find(isPost)?.body as { database: number; credential: number };
    assert.deepEqual([first.database, first.credential], [21, 31]);
    civis.platform.credentials.push({ id: 77, name: "other", default: false });
    civis.reset();
    await open({ database: "21", civisCredential: "77" }).model();
    const second = civis.calls.find(isPost)?.body as { database: number; credential: number };
    assert.deepEqual([second.database, second.credential], [21, 77]);
    assert.ok(!civis.requests().includes("GET /databases/"));
  });

  async function refused(session: Session<Catalog, Change>, ...changes: Change[]): Promise<RosterError> {
    await session.model();
    civis.reset();
    let thrown: unknown;
    await session.run(changes).catch((error: unknown) => (thrown = error));
    assert.ok(thrown !== undefined, "nothing was refused");
    return thrown as RosterError;
  }

  it("looks whether a membership was really taken back, because Platform passes no warnings on", async () => {
    await server.query("GRANT team TO ana WITH ADMIN OPTION; SET ROLE ana; GRANT team TO rui");
    const session = open();
    await session.model();
    await server.query("SET ROLE ana; GRANT team TO many_1");
    const error = await session.run([revoke("many_1")]).then(
      () => undefined,
      (refusal: unknown) => refusal as RosterError,
    );
    assert.match(error?.message ?? "", /left a statement undone/);
    await server.query("REVOKE team FROM ana CASCADE");
  });

  it("tells what the database says, with what to do", async () => {
    const error = await refused(open(), grant("nobody"));
    assert.match(error.message, /GRANT team TO nobody;[^]*role "nobody" does not exist[^]*pulumi refresh/);
  });

  it("looks into the log of a run where the query does not say what went wrong", async () => {
    const session = open();
    civis.queries.options.silentFailures = true;
    assert.match((await refused(session, grant("nobody"))).message, /role "nobody" does not exist/);
  });

  it("does not keep it to itself that a statement stays in effect whose successor is refused", async () => {
    const session = open();
    await refused(session, comment("team", "stays"), grant("nobody"));
    session.forget();
    assert.equal((await session.model()).roles.get("team")?.comment, "stays");
  });

  for (const failure of ["cutAfterActing", { answer: { status: 504, body: "gateway" } }] as const) {
    it(`does not send a query again that was not answered: ${JSON.stringify(failure)}`, async () => {
      const session = open();
      await session.model();
      civis.reset();
      civis.fault({ when: isPost, times: 1, failure });
      const outcome = await session.run([grant("ana")]).then(
        () => "done",
        (error: unknown) => (error as RosterError).message,
      );
      assert.equal(posts().length, 1);
      if (failure === "cutAfterActing") {
        assert.equal(outcome, "done", "it was found among the queries");
        assert.deepEqual(await members(), ["ana"]);
      } else {
        assert.match(outcome, /nobody knows whether the statement was taken[^]*Run the same command again/);
        assert.deepEqual(await members(), []);
      }
    });
  }

  it("cancels a query that takes too long, and says so", async () => {
    const session = open({ statementTimeout: "1" });
    await session.model();
    civis.queries.options.looks = 1e6;
    const error = await refused(session, grant("ana"));
    assert.match(error.message, /no result after[^]*statementTimeout/);
    assert.ok(civis.requests().some((request) => /^DELETE \/queries\/\d+\/runs\/\d+$/.test(request)));
  });

  it("sends no passwords: Platform keeps what it is sent", async () => {
    const session = open();
    const password = "correct horse battery";
    const error = await refused(session, { kind: "alterRole", name: "ana", attributes: {}, password });
    assert.match(error.message, /a password cannot be set through Civis Platform/);
    assert.deepEqual(posts(), []);
    assert.ok(!error.message.includes(password));
  });

  for (const [settings, said] of [
    [{ database: "none" }, /shows no database "none"[^]*it shows "warehouse"/],

    [{ civisCredential: "mine" }, /the number of a credential/],
    [
      { civisCredential: "999" },
      /404[^]*Check that Platform has the database and the credential.*the database comes from .+; the civisCredential 999 comes from /,
    ],
    [{ via: "pigeon" }, /"direct" or "civis"/],
  ] as const) {
    it(`says which setting is wrong: ${JSON.stringify(settings)}`, async () => {
      await assert.rejects(async () => open(settings).model(), { message: said });
    });
  }
});
