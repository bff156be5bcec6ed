import assert from "node:assert/strict";
import { POSTGRES_VERSIONS } from "../../postgres/server.js";
import type { AccessOf } from "./accessProgram.js";
import { Scene } from "./scene.js";

/** Ana stays, so that nothing of hers goes with her. */
const STAYS: AccessOf["users"] = { $ana: { onRemove: "keep" } };

for (const version of POSTGRES_VERSIONS) {
  describe(`the members of the groups of a destroyed Access on PostgreSQL ${String(version)}`, () => {
    let scene: Scene;
    beforeEach(async () => {
      scene = await Scene.on(version);
    });
    afterEach(() => scene.clear());

    const make = async (access: AccessOf): Promise<void> => {
      await scene.stack.succeed(scene.program(access));
      scene.sent();
    };

    it("go with a group that is dropped, whoever else is in it", async () => {
      await scene.sql("CREATE ROLE $guest");
      await make({ users: STAYS, groups: { $readers: ["$ana"], $team: ["$ana", "$readers"] } });
      await scene.sql("GRANT $team TO $guest");
      assert.deepEqual((await scene.stack.destroy()).errors, []);
      assert.deepEqual(scene.sent(), ["DROP ROLE $readers, $team;"]);
      assert.deepEqual(await scene.roles(), ["ana", "guest"]);
    });

    it("are taken out of a group that stays", async () => {
      await scene.sql("CREATE ROLE $old CREATEDB");
      await make({ users: STAYS, groups: { $kept: { members: ["$ana"], onRemove: "keep" }, $old: ["$ana"] } });
      assert.deepEqual((await scene.stack.destroy()).errors, []);
      assert.deepEqual(scene.sent(), ["REVOKE $kept FROM $ana;", "REVOKE $old FROM $ana;"]);
    });

    it("are taken out of a group that holds something, before it is dropped or kept from it", async () => {
      await make({ users: STAYS, groups: { $team: ["$ana"] } });
      await scene.sql('CREATE DATABASE "$data" OWNER "$team"');
      assert.match(scene.errors(await scene.stack.destroy()), /"\$team" is not dropped.*owns database \$data/);
      assert.deepEqual(scene.sent(), ["REVOKE $team FROM $ana;"]);
      assert.deepEqual(await scene.members("team"), []);
    });

    if (version >= 16) {
      it("are taken out of a group that the server does not drop", async () => {
        await scene.sql("CREATE ROLE $other; CREATE ROLE $guest");
        await make({ users: STAYS, groups: { $team: ["$ana"] } });
        // A membership that it granted keeps a role from going, and is not among what it owns or holds.
        await scene.sql("GRANT $other TO $team WITH ADMIN OPTION; SET ROLE $team; GRANT $other TO $guest; RESET ROLE");
        assert.match(scene.errors(await scene.stack.destroy()), /DROP ROLE \$team;[^]*cannot be dropped/);
        assert.deepEqual(await scene.members("team"), []);
        assert.deepEqual(scene.sent().at(-1), "REVOKE $team FROM $ana;");
        await scene.sql("REVOKE $other FROM $team CASCADE");
        assert.deepEqual((await scene.stack.destroy()).errors, []);
        assert.deepEqual(await scene.roles(), ["ana", "guest", "other"]);
      });

      it("are taken out of a group where one who leaves before it let them in", async () => {
        await scene.sql("CREATE ROLE $guest");
        await make({
          users: { ...STAYS, $boss: {} },
          groups: { $team: ["$ana", { name: "$boss", admin: true }, "$guest"] },
        });
        await scene.sql("REVOKE $team FROM $guest; SET ROLE $boss; GRANT $team TO $guest; RESET ROLE");
        assert.deepEqual((await scene.stack.destroy()).errors, []);
        assert.deepEqual(scene.sent(), [
          "REVOKE $team FROM $guest GRANTED BY $boss;",
          "REVOKE $team FROM $ana, $boss;",
          "DROP ROLE $team, $boss;",
        ]);
      });
    }
  });
}
