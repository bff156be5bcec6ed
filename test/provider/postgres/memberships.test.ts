import assert from "node:assert/strict";
import { RosterError } from "../../../provider/core/errors.js";
import type { Session } from "../../../provider/core/system.js";
import { isMember, membershipsOf, type Catalog } from "../../../provider/postgres/catalog.js";
import type { Change } from "../../../provider/postgres/changes.js";
import { findLoop, grantDelta, revocations } from "../../../provider/postgres/memberships.js";
import { openSession } from "../../../provider/postgres/session.js";
import { POSTGRES_VERSIONS, type PostgresServer } from "../../postgres/server.js";
import { connectionTo, freshName, sharedPostgres } from "../../postgres/shared.js";

const PASSWORD = "pass-word";

for (const version of POSTGRES_VERSIONS) {
  describe(`memberships: PostgreSQL ${String(version)}`, () => {
    let server: PostgresServer;
    let group: string;
    let ana: string;
    let boss: string;
    let op: string;
    beforeEach(async () => {
      server = await sharedPostgres(version);
      [group, ana, boss, op] = ["group", "ana", "boss", "op"].map(freshName) as [string, string, string, string];
      await server.query(
        `CREATE ROLE ${group}; CREATE ROLE ${ana}; CREATE ROLE ${boss} LOGIN PASSWORD '${PASSWORD}';
         CREATE ROLE ${op} LOGIN CREATEROLE PASSWORD '${PASSWORD}'; GRANT ${group} TO ${boss} WITH ADMIN OPTION`,
      );
    });

    const asBoss = (sql: string): Promise<unknown> => server.query(sql, { user: boss, password: PASSWORD });
    const sessionOf = (user?: string): Session<Catalog, Change> =>
      openSession(connectionTo(server, user === undefined ? {} : { user, password: PASSWORD }));

    /** Who is in the group, by a look of its own. */
    async function inGroup(): Promise<string[]> {
      const rows = await server.query<{ member: string }>(
        `SELECT DISTINCT pg_get_userbyid(member) AS member FROM pg_auth_members WHERE roleid = '${group}'::regrole ORDER BY 1`,
      );
      return rows.map(({ member }) => member).filter((member) => member !== boss);
    }

    async function failureOf(work: Promise<unknown>): Promise<RosterError> {
      const error: unknown = await work.then(
        () => assert.fail("nothing was thrown"),
        (thrown: unknown) => thrown,
      );
      assert.ok(error instanceof RosterError, String(error));
      return error;
    }

    it("are taken back whoever granted them", async () => {
      await asBoss(`GRANT ${group} TO ${ana}`);
      const session = sessionOf();
      await session.run(revocations(await session.model(), group, [ana]));
      assert.deepEqual(await inGroup(), []);
      assert.equal(isMember(await session.model(), group, ana), false);
    });

    it("are taken back where several granted them", async () => {
      await asBoss(`GRANT ${group} TO ${ana}`);
      await server.query(`GRANT ${group} TO ${ana}`);
      const session = sessionOf();
      const before = membershipsOf(await session.model(), group, ana).map(({ grantor }) => grantor);
      assert.deepEqual(before.sort(), version >= 16 ? ["postgres", boss].sort() : [boss]);
      await session.run(revocations(await session.model(), group, [ana]));
      assert.deepEqual(await inGroup(), []);
      session.forget();
      assert.deepEqual(membershipsOf(await session.model(), group, ana), []);
    });

    it("are given with options, and the options are taken back, whoever granted them", async () => {
      await asBoss(`GRANT ${group} TO ${ana} WITH ADMIN OPTION`);
      const session = sessionOf();
      const wanted = version >= 16 ? { name: ana, inherit: false, set: true } : { name: ana };
      const { changes, problems } = grantDelta(await session.model(), group, [wanted]);
      assert.deepEqual(problems, []);
      await session.run(changes);
      session.forget();
      const rows = membershipsOf(await session.model(), group, ana);
      assert.ok(rows.length > 0 && rows.every((row) => !row.admin));
      if (version >= 16) assert.ok(rows.every((row) => !row.inherit) && rows.some((row) => row.set));
      assert.deepEqual(grantDelta(await session.model(), group, [wanted]), { changes: [], problems: [] });
    });

    it("tell of a REVOKE that the server only warns about, and the others are done", async () => {
      const other = freshName("other");
      await server.query(`CREATE ROLE ${other}; GRANT ${group} TO ${op} WITH ADMIN OPTION; GRANT ${group} TO ${ana}`);
      const session = sessionOf(op);
      // As if the account had granted it: before PostgreSQL 16 the server takes it back all the same.
      const late = session.run([{ kind: "revokeMembership", group, members: [ana] }]);
      const fine = session.run([{ kind: "grantMembership", group, members: [other] }]);
      if (version >= 16) {
        const error = await failureOf(late);
        assert.match(error.message, /left a statement undone and only warned/);
        assert.match(
          error.message,
          new RegExp(`tried: +REVOKE ${group} FROM ${ana};\n +answer: .*${ana}.*${group}.*${op}`),
        );
        assert.match(error.message, /pg_auth_members shows who that was/);
      } else {
        await late;
      }
      await fine;
      assert.deepEqual(await inGroup(), (version >= 16 ? [ana, op, other] : [op, other]).sort());
    });

    it("do not mind a warning for what is gone already", async () => {
      const session = sessionOf();
      await session.model();
      await session.run([{ kind: "revokeMembership", group, members: [ana] }]);
    });

    it("tell what the account lacks to take back what another granted", async () => {
      await server.query(`GRANT ${group} TO ${op} WITH ADMIN OPTION; GRANT ${group} TO ${ana}`);
      const session = sessionOf(op);
      const changes = revocations(await session.model(), group, [ana]);
      if (version < 16) {
        await session.run(changes);
        assert.deepEqual(await inGroup(), [op]);
        return;
      }
      const error = await failureOf(session.run(changes));
      assert.match(error.message, new RegExp(`REVOKE ${group} FROM ${ana} GRANTED BY postgres;`));
      assert.match(error.message, /\(42501\)/);
      assert.match(error.message, /ADMIN OPTION on the group.*privileges of its grantor/);
    });

    it("are given and taken back by an account that is no superuser", async () => {
      const session = sessionOf(op);
      const [own, user] = [freshName("own"), freshName("user")];
      await session.run([{ kind: "createRole", name: own, attributes: {} }]);
      await session.run([{ kind: "createRole", name: user, attributes: { login: true } }]);
      await session.run(grantDelta(await session.model(), own, [{ name: user, admin: true }]).changes);
      session.forget();
      assert.equal(isMember(await session.model(), own, user), true);
      assert.equal(isMember(await session.model(), own, op), false);
      await session.run(grantDelta(await session.model(), own, [{ name: user }]).changes);
      session.forget();
      assert.ok(membershipsOf(await session.model(), own, user).every(({ admin }) => !admin));
      await session.run(revocations(await session.model(), own, [user]));
      session.forget();
      assert.deepEqual(membershipsOf(await session.model(), own, user), []);
      await session.run([{ kind: "dropRole", names: [user, own] }]);
    });

    it("fail alone in a batch, and the others are done", async () => {
      const users = Array.from({ length: 30 }, (_, index) => freshName(`u${String(index)}`));
      await server.query(
        users
          .slice(1)
          .map((name) => `CREATE ROLE ${name};`)
          .join(" "),
      );
      const session = sessionOf();
      const messages: string[] = [];
      const told = (error: Error): never => {
        messages.push(error.message);
        throw error;
      };
      const outcomes = await Promise.allSettled(
        users.map((name) => session.run([{ kind: "grantMembership", group, members: [name] }]).catch(told)),
      );
      assert.deepEqual(
        outcomes.map(({ status }) => status),
        users.map((_, index) => (index === 0 ? "rejected" : "fulfilled")),
      );
      assert.match(messages.join(), /tried: +GRANT .* TO .*u0;\n +answer: +role .* does not exist \(42704\)/);
      assert.deepEqual(await inGroup(), users.slice(1).sort());
    });

    it("are made by two accounts at once without an error", async () => {
      const groups = Array.from({ length: 20 }, (_, index) => freshName(`g${String(index)}`));
      await server.query(groups.map((name) => `CREATE ROLE ${name};`).join(" "));
      const [one, two] = [sessionOf(), sessionOf()];
      const both = [...groups]
        .sort()
        .flatMap((name, index) => [
          (index % 2 ? one : two).run([{ kind: "grantMembership", group: name, members: [ana] }]),
          (index % 2 ? two : one).run([{ kind: "grantMembership", group: name, members: [boss] }]),
        ]);
      await Promise.all(both);
    });
  });
}

describe("findLoop", () => {
  const groups: Record<string, string[]> = { a: ["b"], b: ["c"], c: [], d: ["d2"], d2: ["d"] };
  const membersOf = (group: string): string[] => groups[group] ?? [];

  it("finds the way by which a membership would close a circle", () => {
    assert.deepEqual(findLoop("c", "a", membersOf), ["c", "b", "a"]);
    assert.deepEqual(findLoop("b", "a", membersOf), ["b", "a"]);
    assert.deepEqual(findLoop("a", "a", membersOf), ["a"]);
  });

  it("finds none where there is none, also in what goes round already", () => {
    assert.equal(findLoop("a", "c", membersOf), undefined);
    assert.equal(findLoop("x", "d", membersOf), undefined);
  });

  it("does not end the process for a long chain", () => {
    const long = (name: string): string[] => (Number(name) < 50_000 ? [String(Number(name) + 1)] : []);
    assert.equal(findLoop("50000", "0", long)?.length, 50_001);
  });
});
