import assert from "node:assert/strict";
import { freshName, sharedPostgres } from "../../postgres/shared.js";
import { POSTGRES_VERSIONS } from "../../postgres/server.js";
import { Scene } from "./scene.js";

/*
 * The account that most people run this as: it may make roles and is no superuser. From PostgreSQL 16 on it may change
 * only what it made, or was given ADMIN of.
 */
for (const version of POSTGRES_VERSIONS) {
  describe(`postgres.Access as a CREATEROLE account on PostgreSQL ${String(version)}`, () => {
    const login = { user: freshName("operator"), password: "operates" };
    let scene: Scene;
    before(async () => {
      const server = await sharedPostgres(version);
      await server.query(`CREATE ROLE ${login.user} LOGIN CREATEROLE PASSWORD '${login.password}'`);
    });
    beforeEach(async () => {
      scene = await Scene.on(version, login);
    });
    afterEach(() => scene.clear());
    after(async () => {
      await (await sharedPostgres(version)).query(`DROP ROLE ${login.user}`);
    });

    /** The members without the account, which administers from PostgreSQL 16 on what it makes. */
    const members = async (group: string): Promise<string[]> =>
      (await scene.members(group)).filter((name) => name !== login.user);

    it("makes, changes and drops users, groups and memberships", async () => {
      const first = scene.program({
        users: { $ana: { comment: "Ana" }, $rui: { password: "rui's own" } },
        groups: { $team: ["$ana", { name: "$rui", admin: true }], $all: ["$team"] },
      });
      await scene.stack.succeed(first);
      assert.deepEqual([await members("team"), await members("all")], [["ana", "rui"], ["team"]]);
      assert.equal(scene.output("adopted"), "null");
      await scene.settled(first);
      const second = scene.program({
        users: { $ana: { login: false, connectionLimit: 2 }, $mei: {} },
        groups: { $team: ["$mei"], $all: { comment: "All" } },
      });
      await scene.stack.succeed(second);
      assert.deepEqual([await members("team"), await members("all")], [["mei"], ["team"]]);
      assert.deepEqual(await scene.roles(), ["all", "ana", "mei", "team"]);
      await scene.settled(second);
      scene.sent();
      assert.deepEqual((await scene.stack.destroy()).errors, []);
      assert.deepEqual(scene.sent(), ["DROP ROLE $all, $team, $ana, $mei;"], "the members go with the groups");
      assert.deepEqual(await scene.roles(), []);
    });

    it("goes on after a create that was cut off, and takes nothing for adopted", async () => {
      const program = scene.program({ users: { $ana: {} }, groups: { $team: ["$ana"] } });
      await scene.stack.up(program, { faults: (statements) => (statements.length > 0 ? "killed after" : undefined) });
      assert.deepEqual(await scene.roles(), ["ana", "team"]);
      await scene.stack.succeed(program);
      assert.equal(scene.output("adopted"), "null");
      assert.deepEqual(await members("team"), ["ana"]);
    });

    if (version >= 16) {
      it("is told once, when it is destroyed, of a member whom it may not take out", async () => {
        await scene.stack.succeed(
          scene.program({
            users: { $ana: { onRemove: "keep" } },
            groups: { $team: { members: ["$ana"], onRemove: "keep" } },
          }),
        );
        await scene.sql(`REVOKE ADMIN OPTION FOR $team FROM ${login.user} CASCADE; GRANT $team TO $ana`);
        const told = scene.errors(await scene.stack.destroy());
        assert.deepEqual(told.match(/REVOKE \$team FROM \$ana/g)?.length, 1, told);
      });
    }

    it("says what is missing where it may not, and does the rest", async () => {
      await scene.sql("CREATE ROLE $boss SUPERUSER; CREATE ROLE $other; CREATE ROLE $secret SUPERUSER");
      const program = scene.program({
        users: { $ana: {}, $root: { superuser: true }, $boss: { superuser: true, comment: "changed" } },
        groups: { $team: ["$ana"], $secret: { members: ["$ana"] } },
      });
      const said = await scene.fails(program);
      assert.match(said, /CREATE ROLE \$root LOGIN SUPERUSER;[^]*42501[^]*what to do: [^]*/);
      assert.match(said, /Superusers are changed by superusers only/);
      assert.match(said, /GRANT \$secret TO \$ana;/);
      assert.deepEqual([await members("team"), await members("secret")], [["ana"], []]);
    });

    if (version >= 16) {
      it("is told which option it lacks on a group that it did not make, and can do it once it has it", async () => {
        await scene.sql("CREATE ROLE $foreign");
        const program = scene.program({ users: { $ana: {} }, groups: { $foreign: ["$ana"] } });
        assert.match(await scene.fails(program), /permission denied to grant role "\$foreign"[^]*ADMIN OPTION/);
        await scene.sql(`GRANT $foreign TO ${login.user} WITH ADMIN OPTION, INHERIT FALSE, SET FALSE`);
        await scene.stack.succeed(program);
        assert.deepEqual(await members("foreign"), ["ana"]);
        await scene.settled(program);
      });

      it("is told that a membership given by somebody else is not its to take back", async () => {
        await scene.stack.succeed(scene.program({ users: { $ana: {} }, groups: { $team: [] } }));
        await scene.sql("GRANT $team TO $ana");
        await scene.stack.refresh();
        const said = await scene.fails(scene.program({ users: { $ana: {} }, groups: { $team: [] } }));
        assert.match(said, /REVOKE \$team FROM \$ana GRANTED BY/);
        assert.match(said, /what to do:/);
        assert.deepEqual(await members("team"), ["ana"]);
      });
    }

    it("never takes itself out of a group or away", async () => {
      await scene.sql(`CREATE ROLE $team; GRANT $team TO ${login.user} WITH ADMIN OPTION`);
      await scene.stack.succeed(scene.program({ groups: { $team: [] } }));
      assert.deepEqual(await scene.members("team"), [login.user]);
      const demoted = scene.program({ users: { [login.user]: {} } });
      assert.match(await scene.fails(demoted), /is the account that runs this, and would lose createrole/);
      const over = scene.program({ users: { [login.user]: { createrole: true, validUntil: "2026-05-31" } } });
      scene.sent();
      const said = await scene.fails(over);
      assert.match(said, /is the account that runs this, and its password would have ended at 2026-05-31T00:00:00Z/);
      assert.deepEqual(scene.sent(), []);
    });
  });
}
