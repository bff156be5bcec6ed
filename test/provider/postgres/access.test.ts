import assert from "node:assert/strict";
import { POSTGRES_VERSIONS } from "../../postgres/server.js";
import type { AccessOf } from "./accessProgram.js";
import { Scene } from "./scene.js";

const COMPANY: AccessOf = {
  users: { $ana: {}, $rui: { connectionLimit: 3, comment: "Rui" } },
  groups: {
    $analysts: ["$ana", "$rui"],
    $engineers: { members: ["$rui"], comment: "Builders" },
    $readers: ["$analysts"],
  },
};

for (const version of POSTGRES_VERSIONS) {
  describe(`postgres.Access on PostgreSQL ${String(version)}`, () => {
    let scene: Scene;
    beforeEach(async () => {
      scene = await Scene.on(version);
    });
    afterEach(() => scene.clear());

    it("makes what is declared in a few round trips, has nothing more to do, and takes it all away again", async () => {
      const program = scene.program(COMPANY);
      await scene.stack.succeed(program);
      assert.deepEqual(await scene.roles(), ["ana", "analysts", "engineers", "readers", "rui"]);
      assert.deepEqual(await scene.members("analysts"), ["ana", "rui"]);
      assert.deepEqual(await scene.members("readers"), ["analysts"]);
      assert.deepEqual([scene.stack.wire.scripts, scene.stack.wire.reads], [2, 1]);
      await scene.settled(program);
      scene.sent();
      assert.deepEqual((await scene.stack.destroy()).errors, []);
      assert.deepEqual(await scene.roles(), []);
    });

    it("shows in the preview what the update then runs", async () => {
      await scene.stack.succeed(scene.program(COMPANY));
      scene.sent();
      const next = scene.program({
        users: { $ana: { createdb: true } },
        groups: { $analysts: ["$ana"], $readers: [] },
      });
      const { plans } = await scene.stack.preview(next);
      const planned = (plans["access"] ?? []).map((statement) => scene.short(statement));
      assert.deepEqual(planned, [
        "ALTER ROLE $ana CREATEDB;",
        "REVOKE $analysts FROM $rui;",
        "REVOKE $readers FROM $analysts;",
        "DROP ROLE $engineers;",
        "DROP ROLE $rui;",
      ]);
      assert.deepEqual(scene.sent(), []);
      await scene.stack.succeed(next);
      // What one statement does for several it does for them together.
      assert.deepEqual(scene.sent(), [...planned.slice(0, -2), "DROP ROLE $engineers, $rui;"]);
      await scene.settled(next);
    });

    describe("what was there before", () => {
      it("is listed, brought to what is declared, and by default disabled and not dropped", async () => {
        await scene.sql(
          "CREATE ROLE $ana LOGIN CREATEDB; CREATE ROLE $analysts; CREATE ROLE $guest; GRANT $analysts TO $guest",
        );
        await scene.stack.succeed(scene.program(COMPANY));
        assert.equal(scene.output("adopted"), "$ana\n$analysts\n");
        assert.deepEqual(await scene.members("analysts"), ["ana", "rui"], "the list is the whole list");
        await scene.stack.succeed(scene.program({}));
        assert.deepEqual(await scene.roles(), ["ana", "analysts", "guest"]);
        assert.equal(await scene.login("ana"), false);
        assert.deepEqual(await scene.members("analysts"), [], "what we gave is taken back");
      });

      it("stays adopted through later runs", async () => {
        await scene.sql("CREATE ROLE $ana LOGIN CREATEDB");
        await scene.stack.succeed(scene.program({ users: { $ana: {} } }));
        await scene.stack.succeed(scene.program({ users: { $ana: { connectionLimit: 2 }, $rui: {} } }));
        await scene.stack.refresh();
        assert.equal(scene.output("adopted"), "$ana\n");
        assert.deepEqual((await scene.stack.destroy()).errors, []);
        assert.deepEqual(await scene.roles(), ["ana"]);
      });

      it("is dropped where the program asks for it", async () => {
        await scene.sql("CREATE ROLE $ana LOGIN CREATEDB");
        await scene.stack.succeed(scene.program({ users: { $ana: { onRemove: "drop" } } }));
        await scene.stack.succeed(scene.program({}));
        assert.deepEqual(await scene.roles(), []);
      });
    });

    it("treats what leaves as the entry says, and else as the resource says", async () => {
      const users = { $ana: {}, $rui: { onRemove: "drop" }, $mei: { onRemove: "keep" }, $tom: { onRemove: "disable" } };
      await scene.stack.succeed(scene.program({ users, groups: { $team: { onRemove: "drop" } }, onRemove: "disable" }));
      await scene.stack.succeed(scene.program({}));
      assert.deepEqual(await scene.roles(), ["ana", "mei", "tom"]);
      assert.deepEqual(await Promise.all(["ana", "mei", "tom"].map((word) => scene.login(word))), [false, true, false]);
    });

    it("keeps everything with onRemove keep, also when the resource goes", async () => {
      await scene.stack.succeed(scene.program({ ...COMPANY, onRemove: "keep" }));
      scene.sent();
      assert.deepEqual((await scene.stack.destroy()).errors, []);
      assert.deepEqual(scene.sent(), []);
    });

    it("leaves ignored names alone as users, groups and members", async () => {
      await scene.sql(
        "CREATE ROLE $svc_a LOGIN; CREATE ROLE $svc_g; CREATE ROLE $analysts; GRANT $analysts, $svc_g TO $svc_a",
      );
      const program = scene.program({
        users: { $ana: {}, $svc_a: { createdb: true }, $svc_new: {} },
        groups: { $analysts: ["$ana", "$svc_new"], $svc_g: ["$ana"] },
        ignore: ["$svc_*"],
      });
      await scene.stack.succeed(program);
      assert.deepEqual(
        scene.sent().filter((statement) => statement.includes("$svc_")),
        [],
      );
      assert.deepEqual(await scene.members("analysts"), ["ana", "svc_a"]);
      assert.deepEqual(await scene.members("svc_g"), ["svc_a"]);
      await scene.settled(program);
    });

    it("leaves alone who comes to be ignored", async () => {
      await scene.stack.succeed(scene.program({ users: { $ana: {}, $svc_a: {} } }));
      await scene.stack.succeed(scene.program({ users: { $ana: {} }, ignore: ["$svc_*"] }));
      assert.deepEqual(await scene.roles(), ["ana", "svc_a"]);
    });

    it("leaves the members of a group without a list, and empties one with an empty list", async () => {
      await scene.sql("CREATE ROLE $ana; CREATE ROLE $open; CREATE ROLE $shut; GRANT $open, $shut TO $ana");
      const program = scene.program({ groups: { $open: {}, $shut: [] } });
      await scene.stack.succeed(program);
      assert.deepEqual([await scene.members("open"), await scene.members("shut")], [["ana"], []]);
      await scene.settled(program);
    });

    it("lists who is in nobody's program, and leaves them alone", async () => {
      await scene.sql("CREATE ROLE $stray LOGIN; CREATE ROLE $svc_a");
      const program = scene.program({ users: { $ana: {} }, ignore: ["$svc_*"] });
      await scene.stack.succeed(program);
      const unmanaged = scene.output("unmanaged").split("\n");
      assert.deepEqual(
        unmanaged.filter((name) => name.startsWith("$")),
        ["$stray"],
      );
      assert.equal(unmanaged.includes(scene.server.user), false, "the account that runs it is nobody's oversight");
      await scene.sql("CREATE ROLE $stray_2");
      await scene.settled(program);
    });

    it("repairs what was changed by hand, after a refresh", async () => {
      const program = scene.program(COMPANY);
      await scene.stack.succeed(program);
      await scene.sql("ALTER ROLE $ana NOLOGIN; DROP ROLE $rui; CREATE ROLE $mallory; GRANT $analysts TO $mallory");
      await scene.stack.refresh();
      const { ops } = await scene.stack.preview(program);
      assert.deepEqual(ops, { access: "update" });
      await scene.stack.succeed(program);
      assert.deepEqual(await scene.members("analysts"), ["ana", "rui"]);
      assert.deepEqual([await scene.login("ana"), await scene.login("rui")], [true, true]);
      await scene.settled(program);
    });

    describe("the limit on removals", () => {
      const many = Array.from({ length: 12 }, (_, index) => `$u${String(index)}`);
      const users = Object.fromEntries(many.map((name) => [name, {}]));
      const groups = Object.fromEntries(many.map((name) => [`${name}g`, {}]));

      for (const [what, before, after] of [
        ["members", { users, groups: { $team: many } }, { users, groups: { $team: [] } }],
        ["users", { users }, { users: { $u0: {} } }],
        ["groups", { groups }, { groups: { $u0g: {} } }],
      ] as const) {
        it(`refuses to remove too many ${what} before anything is touched, and allows it where the run says so`, async () => {
          await scene.stack.succeed(scene.program(before));
          scene.sent();
          const next = scene.program({ ...after, users: { ...(after as AccessOf).users, $new: {} } });
          assert.match(await scene.fails(next), new RegExp(`would remove 1[12] of 12 ${what}[^]*maxRemovals`));
          assert.deepEqual(scene.sent(), []);
          await scene.stack.succeed(next, { maxRemovals: 12 });
          await scene.settled(next);
        });
      }
    });

    describe("circles", () => {
      it("are refused within the lists before anything is sent", async () => {
        const program = scene.program({ groups: { $a: ["$b"], $b: ["$c"], $c: ["$a"] } });
        assert.match(await scene.fails(program), /"\$\w" cannot be a member of "\$\w", because .* is in .* is in/);
        assert.deepEqual(scene.sent(), []);
      });

      it("are refused with what is live: the membership is not sent, all else is done", async () => {
        await scene.sql("CREATE ROLE $a; CREATE ROLE $b; CREATE ROLE $c; GRANT $b TO $a; GRANT $c TO $b");
        const program = scene.program({ users: { $ana: {} }, groups: { $a: ["$c", "$ana"] } });
        const { warnings } = await scene.stack.preview(program);
        assert.match(
          scene.short(warnings.join()),
          /"\$c" cannot be a member of "\$a", because "\$a" is in "\$b" is in "\$c"/,
        );
        assert.match(await scene.fails(program), /cannot be a member of/);
        assert.equal(
          scene.sent().some((statement) => /TO .*\$c/.test(statement)),
          false,
        );
        assert.deepEqual(await scene.members("a"), ["ana"]);
      });

      it("are none where one list turns around what it had", async () => {
        await scene.stack.succeed(scene.program({ groups: { $a: ["$b"], $b: [] } }));
        const turned = scene.program({ groups: { $a: [], $b: ["$a"] } });
        await scene.stack.succeed(turned);
        assert.deepEqual([await scene.members("a"), await scene.members("b")], [[], ["a"]]);
        await scene.settled(turned);
      });
    });

    describe("the account that runs it", () => {
      it("keeps its rights, its memberships and itself, whatever the program says", async () => {
        const me = scene.server.user;
        await scene.sql(`CREATE ROLE $team; GRANT $team TO ${me}`);
        await scene.stack.succeed(scene.program({ groups: { $team: [] } }));
        assert.deepEqual(await scene.members("team"), [me]);
        const demoted = scene.program({ users: { [me]: { superuser: false } }, groups: { $team: [] } });
        assert.match(await scene.fails(demoted), /is the account that runs this, and would lose superuser/);
        const rights = { superuser: true, createdb: true, createrole: true, replication: true, bypassrls: true };
        await scene.stack.succeed(scene.program({ users: { [me]: rights } }));
        assert.match(await scene.fails(scene.program({})), /is the account that runs this, and is not taken away/);
        const [row] = await scene.sql(`SELECT rolcanlogin, rolsuper FROM pg_roles WHERE rolname = '${me}'`);
        assert.deepEqual(row, { rolcanlogin: true, rolsuper: true });
      });
    });
  });
}
