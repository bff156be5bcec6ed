import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import sinon from "sinon";
import { moduleTokens, type TokenSource } from "../../provider/core/tokens.js";
import { REPOSITORY } from "../repository.js";

/*
 * The modules that docs/hosted-postgresql.md shows, as they stand there, with the SDKs that they name. AWS's signs by
 * itself; those of Azure and Google ask a service for tokens, for which a server on loopback stands in.
 */

const PAGE = readFileSync(join(REPOSITORY, "docs/hosted-postgresql.md"), "utf8");

/** The module of a section. */
function moduleOf(section: string): string {
  const text = PAGE.split(/^### /m).find((part) => part.startsWith(section)) ?? "";
  return /```js\n([\s\S]*?)```/.exec(text)?.[1] ?? assert.fail(`there is no module for ${section}`);
}

const MODULES = { aws: "Amazon RDS", azure: "Azure Database", google: "Google Cloud SQL" } as const;

const MINUTE = 60_000;

describe("the modules for hosted PostgreSQL", function () {
  this.timeout(60_000);
  let folder: string;
  let services: Server;
  let asked: { readonly url: URL; readonly headers: IncomingMessage["headers"] }[];
  let clock: sinon.SinonFakeTimers;
  let environment: NodeJS.ProcessEnv;

  before(async () => {
    // In the repository, so that it finds the packages as a program does that has installed them.
    folder = mkdtempSync(join(REPOSITORY, "dist", "token-modules-"));
    for (const [name, section] of Object.entries(MODULES))
      writeFileSync(join(folder, `${name}.cjs`), moduleOf(section));
    services = createServer((request, response) => {
      asked.push({ url: new URL(request.url ?? "", "http://localhost"), headers: request.headers });
      const token = `token-${String(asked.length)}-of-the-stand-in`;
      const expires = { expires_on: String(Math.floor(Date.now() / 1000) + 3600), expires_in: 3600 };
      response.setHeader("Metadata-Flavor", "Google").setHeader("Content-Type", "application/json");
      response.end(JSON.stringify({ access_token: token, token_type: "Bearer", ...expires }));
    });
    services.listen(0, "127.0.0.1");
    await once(services, "listening");
  });
  after(async () => {
    services.closeAllConnections();
    services.close();
    await once(services, "close");
    rmSync(folder, { recursive: true });
  });

  beforeEach(() => {
    environment = process.env;
    process.env = { ...environment, HOME: folder };
    asked = [];
    clock = sinon.useFakeTimers({ now: new Date("2026-06-01T12:00:00Z"), toFake: ["Date"] });
  });
  afterEach(() => {
    process.env = environment;
    clock.restore();
  });

  function open(name: string, variables: Readonly<Record<string, string>>): TokenSource {
    Object.assign(process.env, variables);
    return moduleTokens(join(folder, `${name}.cjs`), `the module for ${name}`);
  }
  const stand = (): string => `127.0.0.1:${String((services.address() as AddressInfo).port)}`;

  it("sign for Amazon RDS what it takes for a quarter of an hour, and anew after that", async () => {
    const tokens = open("aws", {
      PGHOST: "db.xyz.eu-west-1.rds.amazonaws.com",
      PGUSER: "deployer",
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "not-a-secret-of-anybody",
    });
    const token = await tokens.token();
    const { host, searchParams } = new URL(`https://${token}`);
    assert.equal(host, "db.xyz.eu-west-1.rds.amazonaws.com:5432");
    const parameters = Object.fromEntries(searchParams);
    assert.deepEqual(
      [parameters["Action"], parameters["DBUser"], parameters["X-Amz-Expires"], parameters["X-Amz-Credential"]],
      ["connect", "deployer", "900", "AKIDEXAMPLE/20260601/eu-west-1/rds-db/aws4_request"],
    );
    clock.tick(12 * MINUTE);
    assert.equal(await tokens.token(), token);
    clock.tick(MINUTE);
    assert.notEqual(await tokens.token(), token);
  });

  it("ask for a token of Microsoft Entra that opens databases, and anew before it ends", async () => {
    const variables = { IDENTITY_ENDPOINT: `http://${stand()}/msi/token`, IDENTITY_HEADER: "the-header" };
    const tokens = open("azure", variables);
    assert.equal(await tokens.token(), "token-1-of-the-stand-in");
    const [{ url, headers } = assert.fail()] = asked;
    assert.equal(url.searchParams.get("resource"), "https://ossrdbms-aad.database.windows.net");
    assert.equal(headers["x-identity-header"], "the-header");
    clock.tick(58 * MINUTE);
    assert.equal(await tokens.token(), "token-1-of-the-stand-in");
    clock.tick(1.5 * MINUTE);
    assert.equal(await tokens.token(), "token-2-of-the-stand-in");
  });

  it("ask for a token of Google that may log in to Cloud SQL, and anew before it ends", async () => {
    const detection = { METADATA_SERVER_DETECTION: "assume-present", GOOGLE_CLOUD_PROJECT: "project" };
    const tokens = open("google", { GCE_METADATA_HOST: stand(), ...detection });
    const first = await tokens.token();
    assert.match(first, /^token-\d-of-the-stand-in$/);
    const scopes = asked.flatMap(({ url }) => url.searchParams.get("scopes") ?? []);
    assert.deepEqual(scopes, ["https://www.googleapis.com/auth/sqlservice.login"]);
    clock.tick(58 * MINUTE);
    assert.equal(await tokens.token(), first);
    clock.tick(1.5 * MINUTE);
    assert.notEqual(await tokens.token(), first);
  });

  it("say for people what is missing where there are no credentials", async () => {
    // A module is loaded once: another file is another module.
    writeFileSync(join(folder, "bare.cjs"), moduleOf(MODULES.aws));
    const tokens = open("bare", {
      PGHOST: "db",
      PGUSER: "deployer",
      AWS_REGION: "eu-west-1",
      AWS_EC2_METADATA_DISABLED: "true",
    });
    await assert.rejects(tokens.token(), { message: /the module for bare failed[^]*credential[^]*what to do: \S/i });
  });
});
