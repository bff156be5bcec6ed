import assert from "node:assert/strict";
import { POSTGRES_VERSIONS } from "../../postgres/server.js";
import { membersText, type AccessOf } from "./accessProgram.js";
import { Scene } from "./scene.js";
import type { Program } from "./stack.js";

const COMPANY: AccessOf = { users: { $ana: { connectionLimit: 3 }, $rui: {} }, groups: { $team: ["$ana", "$rui"] } };

for (const version of POSTGRES_VERSIONS) {
  describe(`what moves between resources of a program, on PostgreSQL ${String(version)}`, () => {
    let scene: Scene;
    beforeEach(async () => {
      scene = await Scene.on(version);
    });
    afterEach(() => scene.clear());

    /** The same as resources of their own. */
    const own = (): Program => ({
      ana: { type: "User", args: { name: scene.n("ana"), connectionLimit: 3, existing: "adopt" } },
      rui: { type: "User", args: { name: scene.n("rui"), existing: "adopt" } },
      team: { type: "Group", args: { name: scene.n("team"), existing: "adopt" } },
      members: {
        type: "GroupMembers",
        args: { group: scene.n("team"), members: membersText([scene.n("ana"), scene.n("rui")]) },
        after: ["ana", "rui", "team"],
      },
    });

    it("is lost by nobody when the Access is renamed in the program", async () => {
      await scene.stack.succeed(scene.program(COMPANY, "company"));
      scene.sent();
      await scene.stack.succeed(scene.program(COMPANY, "everybody"));
      assert.deepEqual(scene.sent(), []);
      await scene.settled(scene.program(COMPANY, "everybody"));
    });

    it("is lost by nobody when users, groups and lists move into an Access", async () => {
      await scene.stack.succeed(own());
      scene.sent();
      await scene.stack.succeed(scene.program(COMPANY));
      assert.deepEqual(scene.sent(), []);
      assert.deepEqual([...scene.stack.state.keys()], ["access"]);
      await scene.settled(scene.program(COMPANY));
    });

    it("is lost by nobody when an Access goes and its users, groups and lists are their own", async () => {
      await scene.stack.succeed(scene.program(COMPANY));
      scene.sent();
      await scene.stack.succeed(own());
      assert.deepEqual(scene.sent(), []);
      await scene.settled(own());
    });

    it("is lost by nobody when some leave an Access that waits for them", async () => {
      await scene.stack.succeed(scene.program(COMPANY));
      scene.sent();
      const { members: _members, ...roles } = own();
      const rest = Object.fromEntries(
        Object.entries(scene.program({ users: { $mei: {} } })).map(([name, access]) => [
          name,
          { ...access, after: Object.keys(roles) },
        ]),
      );
      await scene.stack.succeed({ ...own(), ...rest });
      assert.deepEqual(scene.sent(), ["CREATE ROLE $mei LOGIN;"]);
    });

    it("is not taken away by an Access that had it too, while the program still has it", async () => {
      const mine: Program = { ana: { type: "User", args: { name: scene.n("ana"), connectionLimit: 3 } } };
      await scene.stack.succeed(mine);
      await scene.stack.succeed({ ...mine, ...scene.program({ users: { $ana: { connectionLimit: 3 } } }) });
      scene.sent();
      // The user's own resource is unchanged, so this run has nothing to do for it.
      await scene.stack.succeed({ ...mine, ...scene.program({}) });
      assert.deepEqual(scene.sent(), []);
      const { ops, plans } = await scene.stack.preview({ ...mine, ...scene.program({}) });
      assert.deepEqual([ops, plans], [{ ana: "same", access: "same" }, {}]);
    });
  });
}
