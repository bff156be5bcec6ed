import assert from "node:assert/strict";
import type { Checkup, CheckupRequest, Finding, Use } from "../../../provider/core/checkup.js";
import type { ConnectionArg } from "../../../provider/core/connections.js";
import { encodeNames } from "../../../provider/core/lines.js";
import { checkup as civis } from "../../../provider/civis/checkup.js";
import { checkup as databricks } from "../../../provider/databricks/checkup.js";
import { checkup as glean } from "../../../provider/glean/checkup.js";
import { checkup as heimdall } from "../../../provider/heimdall/checkup.js";
import { checkup as keycloak } from "../../../provider/keycloak/checkup.js";
import { checkup as postgres } from "../../../provider/postgres/checkup.js";
import { ROLES, secretOf } from "../../contract/keycloak/realm.js";
import { makeCertificates, type Certificates } from "../../postgres/certificates.js";
import { startPostgres, type PostgresServer } from "../../postgres/server.js";
import { API_KEY, platformOf, startCivis, type CivisSandbox } from "../../sandbox/civis/index.js";
import { startDatabricks, type DatabricksSandbox } from "../../sandbox/databricks/index.js";
import { startGlean, type Glean } from "../../sandbox/glean/index.js";
import { ADMIN, PREFIX, startHeimdall, type HeimdallSandbox } from "../../sandbox/heimdall/heimdall.js";
import { startKeycloakSandbox, type KeycloakSandbox } from "../../sandbox/keycloak/index.js";
import { startRedshift, type Redshift } from "../../sandbox/redshift/index.js";
import { serviceClient } from "../../sandbox/keycloak/representation.js";

/** A remote host, as far as anything here can tell: on Linux it leads to this machine. */
const REMOTE = "0.0.0.0";
const DAY_SECONDS = 86_400;

type Look = (request: CheckupRequest) => Promise<Checkup>;

interface Case {
  readonly planted: string;
  readonly look: Look;
  readonly settings: () => Readonly<Record<string, string>>;
  readonly uses?: readonly Use[];
  readonly finding: Pick<Finding, "aspect" | "level"> & { readonly message: RegExp; readonly remedy: RegExp };
  /** Plants it, and gives what takes it away. */
  readonly plant?: () => (() => void) | undefined;
}

describe("roster doctor", () => {
  let certificates: Certificates;
  let db: PostgresServer;
  let realm: KeycloakSandbox;
  let people: Glean;
  let api: HeimdallSandbox;
  let overTls: HeimdallSandbox;
  let expired: HeimdallSandbox;
  let lake: DatabricksSandbox;
  let platform: CivisSandbox;
  let cluster: Redshift;
  const reader = serviceClient("reader", secretOf("reader"), ROLES);
  const weak = serviceClient("weak", secretOf("weak"), ["view-realm"]);

  before(async () => {
    certificates = await makeCertificates();
    const realms = [
      {
        realm: "company",
        enabled: true as const,
        clients: [reader.client, weak.client],
        groups: [],
        users: [reader.user, weak.user],
      },
    ];
    [db, realm, people, api, overTls, expired, lake, platform] = await Promise.all([
      startPostgres({ version: 18, ssl: certificates.server }),
      startKeycloakSandbox(realms),
      startGlean({ datasources: ["people"] }),
      startHeimdall(),
      startHeimdall({}, { tls: certificates.server }),
      startHeimdall({}, { tls: certificates.expired }),
      startDatabricks({ caller: "job@example.com" }),
      startCivis(platformOf({ analysts: ["ana"] })),
    ]);
    lake.metastore.owner = "owner@example.com";
    cluster = await startRedshift({ behind: db });
    lake.metastore.create("table main.sales.orders");
    await db.query(`
      CREATE ROLE plain LOGIN PASSWORD 'p';
      CREATE ROLE keeper LOGIN CREATEROLE PASSWORD 'p';
      CREATE ROLE quiet LOGIN CREATEROLE PASSWORD 'p';
      ALTER ROLE quiet SET default_transaction_read_only = on;
      CREATE ROLE ending LOGIN SUPERUSER PASSWORD 'p' VALID UNTIL '${new Date(Date.now() + 3 * DAY_SECONDS * 1000).toISOString()}';
      CREATE ROLE staff; CREATE ROLE chief SUPERUSER;`);
  });
  after(async () => {
    await cluster.stop();
    await Promise.all([
      db.stop(),
      ...[realm, people, api, overTls, expired, lake, platform].map((each) => each.close()),
    ]);
  });

  const server =
    (user: string, more: Record<string, string> = {}): (() => Record<string, string>) =>
    () => ({
      host: db.host,
      port: String(db.port),
      user,
      password: "p",
      ...more,
    });
  const inRealm =
    (clientId: string, clientSecret: string, more: Record<string, string> = {}) =>
    (): Record<string, string> => ({
      url: realm.url,
      realm: "company",
      clientId,
      clientSecret,
      ...more,
    });
  const administered =
    (more: () => Record<string, string> = () => ({})) =>
    (): Record<string, string> => ({ url: api.url, token: api.token, ...more() });
  const indexed =
    (more: () => Record<string, string> = () => ({})) =>
    (): Record<string, string> => ({
      url: people.url,
      token: people.token,
      clientToken: people.clientToken,
      ...more(),
    });
  const inLake =
    (more: Record<string, string> = {}) =>
    (): Record<string, string> => ({ url: lake.url, token: lake.token, ...more });

  const use = (token: string, args: Use["args"]): Use[] => [{ token, args }];
  const look = async ({
    look: at,
    settings,
    uses = [],
  }: Pick<Case, "look" | "settings" | "uses">): Promise<readonly Finding[]> => {
    const arg = { name: "here", ...settings() } as ConnectionArg;
    const { findings } = await at({ arg, sources: { environment: {}, config: undefined }, uses, now: new Date() });
    return findings;
  };

  const cases: readonly Case[] = [
    {
      planted: "nothing listens on the port",
      look: postgres,
      settings: server("plain", { port: "1" }),
      finding: {
        aspect: "reach",
        level: "error",
        message: /nothing answers at 127\.0\.0\.1:1/,
        remedy: /Check host and port/,
      },
    },
    {
      planted: "a host is not set",
      look: postgres,
      settings: () => ({ user: "plain" }),
      finding: { aspect: "settings", level: "error", message: /has no host/, remedy: /ROSTER_HERE_HOST/ },
    },
    {
      planted: "a wrong password",
      look: postgres,
      settings: server("plain", { password: "another one" }),
      finding: {
        aspect: "login",
        level: "error",
        message: /refuses the password of user plain/,
        remedy: /Check user and password/,
      },
    },
    {
      planted: "a database that is not there",
      look: postgres,
      settings: server("plain", { database: "nowhere" }),
      finding: { aspect: "reach", level: "error", message: /has no database nowhere/, remedy: /Check the database/ },
    },
    {
      planted: "a certificate of an authority that is not trusted",
      look: postgres,
      settings: () => server("plain", { sslmode: "verify-full", sslrootcert: certificates.otherCa.cert })(),
      finding: { aspect: "tls", level: "error", message: /is not trusted/, remedy: /sslrootcert/ },
    },
    {
      planted: "TLS that does not look who answers",
      look: postgres,
      settings: server("plain", { host: REMOTE, sslmode: "require" }),
      finding: { aspect: "tls", level: "warning", message: /does not look who answers/, remedy: /verify-full/ },
    },
    {
      planted: "no TLS at all",
      look: postgres,
      settings: server("plain", { host: REMOTE, sslmode: "disable" }),
      finding: { aspect: "tls", level: "error", message: /without TLS/, remedy: /verify-full/ },
    },
    {
      planted: "a password that ends in three days",
      look: postgres,
      settings: server("ending"),
      finding: { aspect: "login", level: "warning", message: /the password of ending ends at/, remedy: /VALID UNTIL/ },
    },
    {
      planted: "an account without CREATEROLE",
      look: postgres,
      settings: server("plain"),
      uses: use("postgres.User", { name: "ana" }),
      finding: {
        aspect: "rights",
        level: "error",
        message: /plain has no CREATEROLE/,
        remedy: /ALTER ROLE plain CREATEROLE/,
      },
    },
    {
      planted: "a group that the account does not administer",
      look: postgres,
      settings: server("keeper"),
      uses: use("postgres.GroupMembers", { group: "staff", members: "" }),
      finding: { aspect: "rights", level: "error", message: /no ADMIN OPTION on "staff"/, remedy: /WITH ADMIN OPTION/ },
    },
    {
      planted: "a superuser among the users, and an account that is none",
      look: postgres,
      settings: server("keeper"),
      uses: use("postgres.Access", { users: encodeNames(["chief"]) }),
      finding: { aspect: "rights", level: "error", message: /superusers only: "chief"/, remedy: /Run as a superuser/ },
    },
    {
      planted: "a database to make, and an account without CREATEDB",
      look: postgres,
      settings: server("keeper"),
      uses: use("postgres.Database", { name: "mart" }),
      finding: { aspect: "rights", level: "error", message: /no CREATEDB/, remedy: /CREATEDB/ },
    },
    {
      planted: "sessions that are read-only",
      look: postgres,
      settings: server("quiet"),
      finding: { aspect: "rights", level: "error", message: /read-only/, remedy: /default_transaction_read_only/ },
    },
    {
      planted: "a role to assume in which the account is not",
      look: postgres,
      settings: server("plain", { assumeRole: "staff" }),
      finding: { aspect: "rights", level: "error", message: /cannot become the role staff/, remedy: /a member of it/ },
    },
    {
      planted: "Amazon Redshift behind a connection that says nothing of it",
      look: postgres,
      settings: () => ({
        host: cluster.host,
        port: String(cluster.port),
        user: cluster.user,
        password: cluster.password,
        sslmode: "disable",
      }),
      finding: { aspect: "reach", level: "error", message: /every PostgreSQL has/, remedy: /dialect to redshift/ },
    },
    {
      planted: "a token that was withdrawn",
      look: heimdall,
      settings: administered(() => ({ token: "gone.gone.gone" })),
      finding: { aspect: "login", level: "error", message: /refuses the token/, remedy: /token/ },
    },
    {
      planted: "a token that ends in two days",
      look: heimdall,
      settings: administered(() => ({ token: api.issue({ exp: Math.floor(Date.now() / 1000) + 2 * DAY_SECONDS }) })),
      finding: { aspect: "login", level: "warning", message: /the token ends at/, remedy: /new token/ },
    },
    {
      planted: "a token that is no administrator's",
      look: heimdall,
      settings: administered(() => ({ token: api.issue({ cpf: ADMIN, admin: false }) })),
      uses: use("heimdall.Role", { name: "viewer" }),
      finding: { aspect: "rights", level: "error", message: /no administrator's/, remedy: /heimdall-admin/ },
    },
    {
      planted: "a token that is no administrator's where the stack changes nothing",
      look: heimdall,
      settings: administered(() => ({ token: api.issue({ cpf: ADMIN, admin: false }) })),
      finding: {
        aspect: "rights",
        level: "warning",
        message: /neither the actions of roles/,
        remedy: /heimdall-admin/,
      },
    },
    {
      planted: "a policy engine that is down",
      look: heimdall,
      settings: administered(),
      plant: () => {
        api.policyEngine = "down";
        return () => (api.policyEngine = "up");
      },
      finding: { aspect: "reach", level: "error", message: /policy engine/, remedy: /policy engine/ },
    },
    {
      planted: "a clock that is ten minutes ahead",
      look: heimdall,
      settings: administered(),
      plant: () =>
        api.fault({
          when: ({ path }) => path === `${PREFIX}/healthz`,
          failure: {
            answer: { status: 200, body: {}, headers: { date: new Date(Date.now() + 600_000).toUTCString() } },
          },
        }),
      finding: { aspect: "clock", level: "warning", message: /(599|60\d) s ahead of/, remedy: /NTP/ },
    },
    {
      planted: "a certificate that has expired",
      look: heimdall,
      settings: () => ({ url: expired.url, token: expired.token, ca: certificates.ca.cert }),
      finding: { aspect: "tls", level: "error", message: /certificate/, remedy: /certificate/ },
    },
    {
      planted: "an address of http:// on another machine",
      look: heimdall,
      settings: () => ({ url: api.url.replace("127.0.0.1", REMOTE), token: api.token }),
      finding: { aspect: "tls", level: "error", message: /without TLS/, remedy: /https:/ },
    },
    {
      planted: "a wrong secret of a client",
      look: keycloak,
      settings: inRealm("reader", "another one"),
      finding: { aspect: "login", level: "error", message: /refuses client "reader"/, remedy: /secret/ },
    },
    {
      planted: "a realm that is not there",
      look: keycloak,
      settings: inRealm("reader", secretOf("reader"), { realm: "nowhere" }),
      finding: { aspect: "reach", level: "error", message: /has no realm "nowhere"/, remedy: /Check the realm/ },
    },
    {
      planted: "a service account without the roles",
      look: keycloak,
      settings: inRealm("weak", secretOf("weak")),
      finding: { aspect: "rights", level: "error", message: /lacks view-users/, remedy: /Service accounts roles/ },
    },
    {
      planted: "a token of the Indexing API that is refused",
      look: glean,
      settings: indexed(() => ({ token: "not-this-one" })),
      finding: { aspect: "login", level: "error", message: /refuses the token/, remedy: /token/ },
    },
    {
      planted: "a data source that the token may not use",
      look: glean,
      settings: indexed(() => ({ datasource: "payroll" })),
      finding: { aspect: "rights", level: "error", message: /data source payroll/, remedy: /admin console/ },
    },
    {
      planted: "a token of the Client API that is refused",
      look: glean,
      settings: indexed(() => ({ clientToken: "not-this-one" })),
      finding: { aspect: "login", level: "error", message: /refuses the token/, remedy: /token/ },
    },
    {
      planted: "no token of the Client API",
      look: glean,
      settings: () => ({ url: people.url, token: people.token }),
      finding: { aspect: "rights", level: "warning", message: /drift in Glean is not seen/, remedy: /clientToken/ },
    },
    {
      planted: "a token of Databricks that is refused",
      look: databricks,
      settings: inLake({ token: "dapi-not-this-one" }),
      finding: { aspect: "login", level: "error", message: /refuses the token/, remedy: /token/ },
    },
    {
      planted: "a SQL warehouse that is gone",
      look: databricks,
      settings: inLake({ warehouse: "0000000000000000" }),
      finding: { aspect: "rights", level: "error", message: /no SQL warehouse with the id/, remedy: /Give the id/ },
    },
    {
      planted: "a table on which the account has no MANAGE",
      look: databricks,
      settings: inLake(),
      uses: use("databricks.Grants", { securable: "table main.sales.orders" }),
      finding: {
        aspect: "rights",
        level: "warning",
        message: /no MANAGE on table main\.sales\.orders/,
        remedy: /GRANT MANAGE/,
      },
    },
    {
      planted: "a table that is not there",
      look: databricks,
      settings: inLake(),
      uses: use("databricks.Access", { grants: { "table main.sales.gone": {} } }),
      finding: { aspect: "rights", level: "error", message: /no table main\.sales\.gone/, remedy: /USE SCHEMA/ },
    },
    {
      planted: "a key of Civis Platform that is refused",
      look: civis,
      settings: () => ({ url: platform.url, apiKey: "not-this-one-either" }),
      finding: { aspect: "login", level: "error", message: /refuses the token/, remedy: /API key/ },
    },
    {
      planted: "a database that Civis Platform does not know",
      look: postgres,
      settings: () => ({ via: "civis", civisUrl: platform.url, civisApiKey: API_KEY, database: "nowhere" }),
      finding: { aspect: "reach", level: "error", message: /nowhere/, remedy: /./ },
    },
  ];

  for (const each of cases) {
    it(`finds ${each.planted}, and says what to do`, async () => {
      const mend = each.plant?.();
      try {
        const findings = await look(each);
        const { message, remedy, ...kind } = each.finding;
        const wrong = findings.filter(({ level }) => level !== "good");
        const found = wrong.find(
          ({ aspect, level, ...told }) => aspect === kind.aspect && level === kind.level && message.test(told.message),
        );
        assert.ok(found !== undefined, JSON.stringify(findings, null, 2));
        assert.match(found.remedy ?? "", remedy);
        // A warning beside it is a fault of the scene that has nothing to do with what was planted.
        const others = wrong.filter((finding) => finding !== found && finding.level === "error");
        assert.deepEqual(others, [], "nothing else is in the way");
      } finally {
        mend?.();
      }
    });
  }

  it("finds nothing where all is well, and writes nothing", async () => {
    lake.metastore.grant("table main.sales.orders", "job@example.com", "MANAGE");
    const wells: Pick<Case, "look" | "settings" | "uses">[] = [
      {
        look: postgres,
        settings: () => ({
          ...server(db.user)(),
          password: db.password,
          sslmode: "verify-full",
          sslrootcert: certificates.ca.cert,
        }),
      },
      { look: heimdall, settings: () => ({ url: overTls.url, token: overTls.token, ca: certificates.ca.cert }) },
      { look: keycloak, settings: inRealm("reader", secretOf("reader")) },
      { look: glean, settings: indexed(() => ({ datasource: "people" })) },
      {
        look: databricks,
        settings: inLake({ warehouse: lake.statements.warehouse.id }),
        uses: use("databricks.Grants", { securable: "table main.sales.orders" }),
      },
      { look: civis, settings: () => ({ url: platform.url, apiKey: API_KEY }) },
    ];
    for (const each of wells) {
      const findings = await look(each);
      assert.deepEqual(
        findings.filter(({ level }) => level !== "good"),
        [],
      );
      for (const aspect of ["reach", "tls", "login", "rights"])
        assert.ok(
          findings.some((finding) => finding.aspect === aspect),
          `${aspect}: ${JSON.stringify(findings)}`,
        );
    }
    assert.deepEqual([...api.writes(), ...overTls.writes()], []);
    assert.equal(people.people.size + people.teams.size, 0);
    assert.ok(
      lake.requests().every((request) => request.startsWith("GET")),
      lake.requests().join("\n"),
    );
  });
});
