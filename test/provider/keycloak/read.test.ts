import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RosterError } from "../../../provider/core/errors.js";
import { users } from "../../../provider/keycloak/read.js";
import { readerOf, type Reader } from "../../contract/keycloak/reader.js";
import { makeCertificates } from "../../postgres/certificates.js";
import {
  startKeycloakSandbox,
  type KeycloakSandbox,
  type KeycloakSandboxOptions,
} from "../../sandbox/keycloak/index.js";
import { serviceClient, type RealmRepresentation } from "../../sandbox/keycloak/representation.js";
import type { Realm } from "../../sandbox/keycloak/realm.js";
import { ROLES, secretOf } from "../../contract/keycloak/realm.js";

const reader = serviceClient("reader", secretOf("reader"), ROLES);

/** A small realm: three groups within each other, and forty people. */
const SMALL: RealmRepresentation = {
  realm: "company",
  enabled: true,
  clients: [reader.client],
  groups: [{ name: "a", subGroups: [{ name: "b", subGroups: [{ name: "c" }] }, { name: "d" }] }, { name: "e" }],
  users: [
    reader.user,
    ...Array.from({ length: 40 }, (_none, index) => ({
      username: `p${String(index).padStart(2, "0")}`,
      enabled: true,
      groups: [["/a", "/a/b", "/a/b/c", "/a/d", "/e"][index % 5] ?? "/a"],
    })),
  ],
};

describe("reading Keycloak", () => {
  const open = new Set<KeycloakSandbox>();
  const start = async (options: KeycloakSandboxOptions = {}): Promise<KeycloakSandbox> => {
    const sandbox = await startKeycloakSandbox([SMALL], options);
    open.add(sandbox);
    return sandbox;
  };
  const realmOf = (sandbox: KeycloakSandbox): Realm => {
    const realm = sandbox.realms.get("company");
    assert.ok(realm, "there is a realm");
    return realm;
  };
  const message = async (read: Promise<unknown>): Promise<string> => {
    const thrown: unknown = await read.then(
      () => undefined,
      (error: unknown) => error,
    );
    assert.ok(thrown instanceof RosterError, "it is refused");
    return thrown.message;
  };
  const all = async (from: Reader): Promise<void> => {
    const people = await from.people();
    assert.deepEqual([people.count, people.complete], [40, true]);
    assert.deepEqual((await people.toArray()).at(2)?.groups, ["/a/b/c"]);
  };

  afterEach(async () => {
    for (const sandbox of open) await sandbox.close();
    open.clear();
  });

  it("finds the base path of older servers, and finds it once", async () => {
    const old = await start({ basePath: "/auth" });
    await all(readerOf(old.url));
    assert.ok(old.requests().every((asked) => asked.includes(" /auth/")));
    old.reset();
    await all(readerOf(old.url.replace(/\/auth$/, "/")));
    assert.equal(old.requests().filter((asked) => !asked.includes(" /auth/")).length, 1);
  });

  it("does without the base path where a newer server has none any more", async () => {
    const sandbox = await start();
    await all(readerOf(`${sandbox.url}/auth`));
  });

  it("reads the groups of servers that send the whole tree at once", async () => {
    const sandbox = await start({ wholeTree: true });
    await all(readerOf(sandbox.url));
    assert.equal(sandbox.requests().filter((asked) => asked.includes("/children")).length, 0);
  });

  it("takes its settings from the variables that people know", async () => {
    const sandbox = await start();
    const environment = {
      KEYCLOAK_BASE_URL: sandbox.url,
      KEYCLOAK_REALM: "company",
      KEYCLOAK_CLIENT_ID: "reader",
      KEYCLOAK_CLIENT_SECRET: secretOf("reader"),
      KEYCLOAK_TIMEOUT: "7",
    };
    const from = (changes: Record<string, string | undefined>): Parameters<typeof users>[0] => ({
      connection: undefined,
      sources: { environment: { ...environment, ...changes }, config: undefined },
      warn: (text) => {
        assert.fail(text);
      },
    });
    assert.equal((await users(from({}), {})).count, 40);
    for (const [name, setting] of [
      ["KEYCLOAK_BASE_URL", "url"],
      ["KEYCLOAK_REALM", "realm"],
      ["KEYCLOAK_CLIENT_ID", "clientId"],
      ["KEYCLOAK_CLIENT_SECRET", "clientSecret"],
    ] as const) {
      const told = await message(users(from({ [name]: undefined }), {}));
      assert.match(told, new RegExp(`has no ${setting}[^]*${name}`));
    }
    assert.match(await message(users(from({ KEYCLOAK_TIMEOUT: "soon" }), {})), /silenceTimeout[^]*KEYCLOAK_TIMEOUT/);
    assert.match(await message(users(from({ KEYCLOAK_BASE_URL: "keycloak" }), {})), /url[^]*KEYCLOAK_BASE_URL/);
  });

  it("refuses settings and numbers that cannot be, before anything is asked", async () => {
    const sandbox = await start();
    for (const [settings, told] of [
      [{ pageSize: "1" }, /pageSize[^]*from 2 to/],
      [{ concurrency: "0" }, /concurrency[^]*from 1 to/],
      [{ clientSercet: "x" }, /no setting clientSercet/],
    ] as const) {
      assert.match(await message(readerOf(sandbox.url, { ...settings }).users()), told);
    }
    assert.match(await message(readerOf(sandbox.url).users({ maxUsers: 0 })), /maxUsers is 0/);
    assert.deepEqual(sandbox.requests(), []);
  });

  it("asks for no more at once than it is told", async () => {
    const sandbox = await start();
    let asking = 0;
    let peak = 0;
    sandbox.before = async () => {
      asking += 1;
      peak = Math.max(peak, asking);
      await new Promise((resolve) => setTimeout(resolve, 5));
      asking -= 1;
    };
    await readerOf(sandbox.url, { pageSize: "3", concurrency: "3" }).people();
    assert.equal(peak, 3);
  });

  it("gives no more users than it is told, also where service accounts are asked for", async () => {
    const sandbox = await start();
    const from = readerOf(sandbox.url);
    for (const [maxUsers, count, complete] of [
      [39, 39, false],
      [40, 40, false],
      [41, 41, true],
    ] as const) {
      const read = await from.users({ maxUsers, includeServiceAccounts: true });
      assert.deepEqual([read.count, read.complete], [count, complete]);
    }
    const people = await from.users({ maxUsers: 40 });
    assert.deepEqual([people.count, people.complete], [40, true]);
  });

  it("gives up where there is no answer, and says for how long it waited", async () => {
    const sandbox = await start();
    sandbox.fault({ when: ({ path }) => path.endsWith("/users"), failure: "silence" });
    const from = readerOf(sandbox.url, { silenceTimeout: "0.1", overallTimeout: "0.3" });
    assert.match(await message(from.users()), /gave no sign for 0\.1 seconds|gave no answer in 0\.3 seconds/);
  });

  it("says that nothing answers where nothing answers", async () => {
    const sandbox = await start();
    await sandbox.close();
    assert.match(await message(readerOf(sandbox.url, { overallTimeout: "0.5" }).users()), /nothing answers there/);
  });

  it("trusts an authority that it is given, as text and as a file, and no other", async () => {
    const { ca, server, otherCa } = await makeCertificates();
    const sandbox = await start({ tls: server });
    const folder = mkdtempSync(join(tmpdir(), "keycloak-ca-"));
    try {
      writeFileSync(join(folder, "ca.pem"), ca.cert);
      await all(readerOf(sandbox.url, { ca: ca.cert }));
      await all(readerOf(sandbox.url, { ca: join(folder, "ca.pem") }));
    } finally {
      rmSync(folder, { recursive: true });
    }
    for (const settings of [{}, { ca: otherCa.cert }] as Record<string, string>[]) {
      assert.match(await message(readerOf(sandbox.url, settings).users()), /certificate is not trusted[^]*ca/);
    }
  });

  it("rejects where the right to read is lost on the way", async () => {
    const sandbox = await start();
    const forbidden = { answer: { status: 403, body: { error: "HTTP 403 Forbidden" } } };
    sandbox.fault({ when: ({ path }) => path.endsWith("/members"), from: 3, failure: forbidden });
    assert.match(await message(readerOf(sandbox.url).people()), /may not read this in realm company[^]*view-users/);
  });

  it("notices somebody who changed the name and so slipped through", async () => {
    const sandbox = await start();
    const realm = realmOf(sandbox);
    let page = 0;
    sandbox.before = ({ path }) => {
      if (path.endsWith("/users") && (page += 1) === 3) {
        realm.deleteUser("p39");
        realm.addUser({ username: "a-new-name", enabled: true });
      }
      return Promise.resolve();
    };
    const read = await readerOf(sandbox.url, { pageSize: "8", concurrency: "1" }).users();
    assert.equal(read.complete, false);
    assert.match(read.shortfalls.join(), /Keycloak counts 40 users, and its pages had 39/);
  });

  it("does not mind somebody who comes while it reads", async () => {
    const sandbox = await start();
    const realm = realmOf(sandbox);
    let page = 0;
    sandbox.before = ({ path }) => {
      if (path.endsWith("/users") && (page += 1) === 3) realm.addUser({ username: "a-new-one", enabled: true });
      return Promise.resolve();
    };
    const read = await readerOf(sandbox.url, { pageSize: "8", concurrency: "1" }).users();
    assert.deepEqual([read.count, read.complete], [40, true]);
  });

  it("looks for attributes whose names and values have blanks and quotation marks", async () => {
    const value = 'Head of "things": all';
    const sandbox = await start();
    realmOf(sandbox).addUser({ username: "zoe", enabled: true, attributes: { "job title": [value] } });
    const found = await readerOf(sandbox.url).users({ withAttributes: { "job title": value } });
    assert.deepEqual(
      (await found.toArray()).map(({ username }) => username),
      ["zoe"],
    );
  });
});
