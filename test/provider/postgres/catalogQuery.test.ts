import assert from "node:assert/strict";
import fc from "fast-check";
import { isMember, membershipsOf, type Catalog, type Role } from "../../../provider/postgres/catalog.js";
import { catalogOf, type RoleRow } from "../../../provider/postgres/catalogQuery.js";
import { isoInstant } from "../../../provider/core/instants.js";
import { connect, type Client } from "../../../provider/postgres/client.js";
import { POSTGRES_VERSIONS, type PostgresServer } from "../../postgres/server.js";
import { connectionTo, freshName, sharedPostgres } from "../../postgres/shared.js";

const server = {
  version: 180000,
  currentUser: "op",
  sessionUser: "op",
  bootstrapUser: "postgres",
  database: "app",
  databases: [],
  tablespaces: [],
  startedAt: "1",
};

function row({ oid, name, ...values }: Partial<RoleRow> & { oid: number; name: string }): RoleRow {
  const none = { login: false, superuser: false, createdb: false, createrole: false, replication: false };
  const rest = {
    inherit: true,
    bypassrls: false,
    connectionLimit: -1,
    validUntil: null,
    comment: null,
    holds: false,
    databases: null,
    settings: null,
  };
  return { roles: [[oid, name]], ...none, ...rest, ...values };
}

function validUntilOf(seconds: number | null): string | undefined {
  return catalogOf({ server, roles: [row({ oid: 1, name: "a", validUntil: seconds })], memberships: [] }).roles.get("a")
    ?.validUntil;
}

describe("catalogOf", () => {
  it("reads back every instant to the millisecond, as PostgreSQL tells it in seconds", () => {
    const years = { min: new Date("0001-01-01T00:00:00Z"), max: new Date("9999-12-31T23:59:59.999Z") };
    fc.assert(
      fc.property(fc.date({ ...years, noInvalidDate: true }), (date) => {
        assert.equal(validUntilOf(date.getTime() / 1000), isoInstant(date));
      }),
      { numRuns: 2000 },
    );
  });

  it("takes no end and an endless one for the same, and tells one that is long over from both", () => {
    assert.deepEqual([validUntilOf(null), validUntilOf(Infinity)], [undefined, undefined]);
    assert.equal(typeof validUntilOf(-Infinity), "string");
  });

  it("reads years that JavaScript's calendar does not have", () => {
    for (const seconds of [8.7e12, 9.2e12, -2.1e11]) assert.equal(typeof validUntilOf(seconds), "string");
  });

  it("leaves out memberships of roles that were dropped between the queries", () => {
    const membership = { grantor: 1, admin: false, inherit: true, set: true };
    const memberships = [
      { ...membership, group: 1, members: "9" },
      { ...membership, group: 9, members: "1" },
      { ...membership, group: 1, members: "9,2", grantor: 9 },
    ];
    const { members } = catalogOf({
      server,
      roles: [row({ oid: 1, name: "a" }), row({ oid: 2, name: "b" })],
      memberships,
    });
    assert.deepEqual([...members.keys()], ["a"]);
    assert.deepEqual([...(members.get("a")?.keys() ?? [])], ["b"]);
  });
});

for (const version of POSTGRES_VERSIONS) {
  describe(`CATALOG_SQL: PostgreSQL ${String(version)}`, () => {
    let running: PostgresServer;
    let client: Client;
    before(async () => {
      running = await sharedPostgres(version);
      client = await connect(connectionTo(running));
    });

    const read = async (...sql: string[]): Promise<Catalog> => {
      for (const statement of sql) await running.query(statement);
      return client.readCatalog();
    };
    const roleAfter = async (options: string): Promise<Role | undefined> => {
      const name = freshName("role");
      return (await read(`CREATE ROLE ${name} ${options}`)).roles.get(name);
    };

    it("knows the server and the account", async () => {
      const catalog = await read();
      assert.ok(String(catalog.server?.version).startsWith(String(version)));
      const { currentUser, sessionUser, bootstrapUser } = catalog.server ?? {};
      assert.deepEqual([currentUser, sessionUser, bootstrapUser], ["postgres", "postgres", "postgres"]);
    });

    it("tells which server it is, whatever address led to it", async () => {
      const startedAt = (await read()).server?.startedAt;
      const alias = await connect(connectionTo(running, { host: "localhost" }));
      assert.equal((await alias.readCatalog()).server?.startedAt, startedAt);
      const others = POSTGRES_VERSIONS.filter((other) => other !== version);
      for (const other of others) {
        const elsewhere = await connect(connectionTo(await sharedPostgres(other)));
        assert.notEqual((await elsewhere.readCatalog()).server?.startedAt, startedAt);
      }
    });

    it("reads a role that nothing was said about, and one about which everything was", async () => {
      const { name: _name, ...plain } = (await roleAfter("")) ?? {};
      assert.deepEqual(plain, {
        login: false,
        superuser: false,
        createdb: false,
        createrole: false,
        inherit: true,
        replication: false,
        bypassrls: false,
        connectionLimit: -1,
        validUntil: undefined,
        comment: undefined,
        holds: false,
      });
      const { name: _other, ...full } =
        (await roleAfter(
          "LOGIN SUPERUSER CREATEDB CREATEROLE NOINHERIT REPLICATION BYPASSRLS CONNECTION LIMIT 7 VALID UNTIL '2027-01-31T18:00:00.5+01:00'",
        )) ?? {};
      assert.deepEqual(full, {
        login: true,
        superuser: true,
        createdb: true,
        createrole: true,
        inherit: false,
        replication: true,
        bypassrls: true,
        connectionLimit: 7,
        validUntil: "2027-01-31T17:00:00.500Z",
        comment: undefined,
        holds: false,
      });
    });

    for (const [what, until, expected] of [
      ["no end", "infinity", undefined],
      ["an end long ago", "-infinity", "-infinity"],
      ["an end before our calendar", "0044-03-15 BC", "-000043-03-15T00:00:00Z"],
      ["an end after everybody's", "290000-01-01", "seconds after 1970"],
      ["an end to the millisecond", "2038-01-19 03:14:07.877+00", "2038-01-19T03:14:07.877Z"],
    ] as const) {
      it(`reads ${what}`, async () => {
        const role = await roleAfter(`VALID UNTIL '${until}'`);
        if (expected === undefined) assert.equal(role?.validUntil, undefined);
        else assert.ok(role?.validUntil?.includes(expected), role?.validUntil);
      });
    }

    it("reads comments as they are, and an empty one as none", async () => {
      const name = freshName("role");
      const comments = [`'it''s E''x'''`, "E'two\\nlines 🦆'", "''", "NULL"];
      const seen: unknown[] = [];
      await running.query(`CREATE ROLE ${name}`);
      for (const comment of comments)
        seen.push((await read(`COMMENT ON ROLE ${name} IS ${comment}`)).roles.get(name)?.comment);
      assert.deepEqual(seen, ["it's E'x'", "two\nlines 🦆", undefined, undefined]);
    });

    for (const [what, sql] of [
      ["owns a table", (name: string) => `CREATE TABLE t_${name} (); ALTER TABLE t_${name} OWNER TO ${name}`],
      ["has a privilege", (name: string) => `CREATE TABLE t_${name} (); GRANT SELECT ON t_${name} TO ${name}`],
      ["has a setting", (name: string) => `ALTER ROLE ${name} SET work_mem = '1MB'`],
      ["has a default privilege", (name: string) => `ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO ${name}`],
    ] as const) {
      it(`sees that a role holds something: it ${what}`, async () => {
        const name = freshName("role");
        const catalog = await read(`CREATE ROLE ${name}`, sql(name));
        assert.equal(catalog.roles.get(name)?.holds, true);
      });
    }

    it("sees what a role holds in another database", async () => {
      const [name, database] = [freshName("role"), freshName("db")];
      await running.query(`CREATE ROLE ${name}`);
      await running.query(`CREATE DATABASE ${database} OWNER ${name}`);
      assert.equal((await read()).roles.get(name)?.holds, true);
    });

    it("does not call it holding something to be in groups and to have members", async () => {
      const [a, b, c] = [freshName("a"), freshName("b"), freshName("c")];
      const catalog = await read(`CREATE ROLE ${a}; CREATE ROLE ${b} IN ROLE ${a}; CREATE ROLE ${c} IN ROLE ${b}`);
      assert.equal(catalog.roles.get(b)?.holds, false);
    });

    it("reads memberships with their options, and the inherit of the member where the server knows no other", async () => {
      const [group, ana, rui] = [freshName("group"), freshName("ana"), freshName("rui")];
      const options = version >= 16 ? "WITH ADMIN TRUE, INHERIT FALSE, SET FALSE" : "WITH ADMIN OPTION";
      const catalog = await read(
        `CREATE ROLE ${group}; CREATE ROLE ${ana}; CREATE ROLE ${rui} NOINHERIT`,
        `GRANT ${group} TO ${ana} ${options}; GRANT ${group} TO ${rui}`,
      );
      const grantor = "postgres";
      const old = { grantor, admin: true, inherit: true, set: true };
      assert.deepEqual(membershipsOf(catalog, group, ana), [
        version >= 16 ? { ...old, inherit: false, set: false } : old,
      ]);
      assert.deepEqual(membershipsOf(catalog, group, rui), [{ grantor, admin: false, inherit: false, set: true }]);
      assert.deepEqual([isMember(catalog, group, ana), isMember(catalog, group, rui)], [version < 16, true]);
    });

    it("is not misled by what stands in a search_path", async () => {
      await running.query(
        "CREATE SCHEMA evil; CREATE VIEW evil.pg_roles AS SELECT 1 AS oid, 'mallory'::name AS rolname; " +
          "CREATE FUNCTION evil.current_setting(text) RETURNS text LANGUAGE sql AS $$SELECT '10'$$; " +
          "ALTER ROLE postgres SET search_path = evil, pg_catalog",
      );
      try {
        const other = await connect(connectionTo(running));
        const catalog = await other.readCatalog();
        assert.equal(catalog.roles.has("mallory"), false);
        assert.ok((catalog.server?.version ?? 0) >= 140000);
      } finally {
        await running.query("ALTER ROLE postgres RESET search_path");
        await running.query("DROP SCHEMA evil CASCADE");
      }
    });

    it("can be read by an account without any rights", async () => {
      const [user, password] = [freshName("reader"), "pass-word"];
      await running.query(`CREATE ROLE ${user} LOGIN PASSWORD '${password}'`);
      const reader = await connect(connectionTo(running, { user, password }));
      const catalog = await reader.readCatalog();
      assert.equal(catalog.server?.currentUser, user);
      assert.ok(catalog.roles.has("postgres"));
    });

    it("tells the account that runs statements from the one that logged in", async () => {
      const [user, worker, password] = [freshName("user"), freshName("worker"), "pass-word"];
      await running.query(`CREATE ROLE ${worker}; CREATE ROLE ${user} LOGIN PASSWORD '${password}' IN ROLE ${worker}`);
      await running.query(`ALTER ROLE ${user} SET role = '${worker}'`);
      const catalog = await (await connect(connectionTo(running, { user, password }))).readCatalog();
      assert.deepEqual([catalog.server?.currentUser, catalog.server?.sessionUser], [worker, user]);
    });
  });
}
