import assert from "node:assert/strict";
import { encodeEntries } from "../../../provider/postgres/accessArguments.js";
import type { Properties } from "../../../provider/core/resource.js";
import { POSTGRES_VERSIONS } from "../../postgres/server.js";
import { membersText } from "./accessProgram.js";
import { Scene } from "./scene.js";
import type { Program } from "./stack.js";

interface ListOf {
  readonly members: readonly string[];
  readonly create?: boolean;
  readonly incomplete?: boolean;
  readonly onRemove?: "drop" | "keep";
}

type Lists = Readonly<Record<string, readonly string[] | ListOf>>;

for (const version of POSTGRES_VERSIONS) {
  describe(`postgres.MemberLists on PostgreSQL ${String(version)}`, () => {
    let scene: Scene;
    beforeEach(async () => {
      scene = await Scene.on(version);
    });
    afterEach(() => scene.clear());

    function lists(groups: Lists, rest: Properties = {}): Program {
      const told = Object.entries(groups).map(([name, of]): [string, ListOf] => [
        name,
        Array.isArray(of) ? { members: of as readonly string[] } : (of as ListOf),
      ]);
      const args = {
        ...rest,
        name: "lists",
        groups: encodeEntries(told.map(([name, { members: _members, ...attributes }]) => ({ name, attributes }))),
        members: Object.fromEntries(told.map(([name, { members }]) => [name, membersText(members)])),
      };
      return { lists: { type: "MemberLists", args: JSON.parse(scene.text(JSON.stringify(args))) as Properties } };
    }

    it("creates what is missing, takes over what is there, and lists what nobody feeds", async () => {
      await scene.sql(
        "CREATE ROLE $old; CREATE ROLE $left; CREATE ROLE $ana LOGIN; CREATE ROLE $rui; GRANT $old TO $rui",
      );
      const program = lists({ $old: ["$ana"], $new: ["$ana", "$rui"], $none: [] });
      const { plans } = await scene.stack.preview(program);
      assert.deepEqual(
        plans["lists"]?.map((line) => scene.short(line)),
        [
          "CREATE ROLE $new;",
          "CREATE ROLE $none;",
          "REVOKE $old FROM $rui;",
          "GRANT $old TO $ana;",
          "GRANT $new TO $ana, $rui;",
        ],
      );
      await scene.stack.succeed(program);
      assert.deepEqual([await scene.members("old"), await scene.members("new")], [["ana"], ["ana", "rui"]]);
      assert.equal(scene.output("adopted", "lists"), "$old\n");
      assert.match(scene.output("unfed", "lists"), /^\$left$/m);
      await scene.settled(program);
    });

    it("leaves what it does not manage of a group that is there", async () => {
      await scene.sql("CREATE ROLE $odd LOGIN CREATEDB; COMMENT ON ROLE $odd IS 'kept'; CREATE ROLE $ana");
      const program = lists({ $odd: ["$ana"] });
      await scene.stack.succeed(program);
      await scene.settled(program);
      assert.equal(await scene.login("odd"), true);
    });

    it("sends one statement to take and one to give for each group that changed", async () => {
      await scene.sql("CREATE ROLE $ana; CREATE ROLE $rui; CREATE ROLE $mei; CREATE ROLE $zoe");
      await scene.stack.succeed(lists({ $a: ["$ana", "$rui"], $b: ["$ana"] }));
      scene.sent();
      await scene.stack.succeed(lists({ $a: ["$mei", "$zoe"], $b: ["$ana"] }));
      assert.deepEqual(
        scene.sent().filter((statement) => /^(GRANT|REVOKE)/.test(statement)),
        ["REVOKE $a FROM $ana, $rui;", "GRANT $a TO $mei, $zoe;"],
      );
    });

    it("leaves out members without a user, names them, and adds them when they come", async () => {
      await scene.sql("CREATE ROLE $ana");
      const program = lists({ $team: ["$ana", "$zoe"] }, { missing: "skip" });
      const { warnings } = await scene.stack.succeed(program);
      assert.match(scene.short(warnings.join("\n")), /1 member has no database user, left out: "\$zoe"/);
      assert.deepEqual(await scene.members("team"), ["ana"]);
      assert.equal(scene.output("absent", "lists"), "$zoe\n");
      await scene.settled(program);
      await scene.sql("CREATE ROLE $zoe");
      await scene.stack.succeed(program);
      assert.deepEqual(await scene.members("team"), ["ana", "zoe"]);
      assert.equal(scene.output("absent", "lists"), "null");
      await scene.settled(program);
    });

    it("refuses members without a user unless it is told to skip them, and does the rest", async () => {
      await scene.sql("CREATE ROLE $ana");
      assert.match(await scene.fails(lists({ $team: ["$ana", "$zoe"] })), /there is no user "\$zoe"/);
      assert.deepEqual(await scene.members("team"), ["ana"]);
    });

    it("takes nobody out of a group whose list is incomplete, whatever the list says", async () => {
      await scene.sql("CREATE ROLE $ana; CREATE ROLE $rui; CREATE ROLE $mei; CREATE ROLE $hand");
      await scene.stack.succeed(lists({ $team: ["$ana", "$rui"] }));
      await scene.sql("GRANT $team TO $hand");
      for (const members of [[], ["$mei"]]) {
        const program = lists({ $team: { members, incomplete: true } });
        await scene.stack.refresh();
        const { warnings } = await scene.stack.succeed(program);
        assert.match(warnings.join("\n"), /1 list is incomplete, and nobody is taken out/);
        await scene.settled(program);
      }
      assert.deepEqual(await scene.members("team"), ["ana", "hand", "mei", "rui"]);
      await scene.stack.succeed(lists({ $team: ["$mei"] }));
      assert.deepEqual(await scene.members("team"), ["mei"]);
    });

    it("waits for a group that it is not to create", async () => {
      await scene.sql("CREATE ROLE $ana");
      const program = lists({ $later: { members: ["$ana"], create: false } });
      const { warnings } = await scene.stack.succeed(program);
      assert.match(scene.short(warnings.join("\n")), /1 group is missing and not to be created: "\$later"/);
      await scene.settled(program);
      await scene.sql("CREATE ROLE $later");
      await scene.stack.succeed(program);
      assert.deepEqual(await scene.members("later"), ["ana"]);
      await scene.settled(program);
      await scene.stack.succeed({});
      assert.ok((await scene.roles()).includes("later"), "what it did not make it does not drop");
      assert.deepEqual(await scene.members("later"), []);
    });

    it("ignores members on both sides, and never groups", async () => {
      await scene.sql(
        "CREATE ROLE $ana; CREATE ROLE $svc_a; CREATE ROLE $svc_b; CREATE ROLE $svc_team; GRANT $svc_team TO $svc_a",
      );
      const program = lists({ $svc_team: ["$ana", "$svc_b"] }, { ignore: ["$svc_*"] });
      await scene.stack.succeed(program);
      assert.deepEqual(await scene.members("svc_team"), ["ana", "svc_a"]);
      await scene.settled(program);
    });

    it("drops the groups that it made when they leave, and empties the others of what it gave", async () => {
      await scene.sql(
        "CREATE ROLE $old; COMMENT ON ROLE $old IS 'held'; CREATE ROLE $ana; CREATE ROLE $rui; GRANT $old TO $rui",
      );
      const both = lists({ $old: ["$ana", "$rui"], $new: ["$ana"], $kept: { members: ["$ana"], onRemove: "keep" } });
      await scene.stack.succeed(both);
      await scene.stack.succeed(lists({}));
      assert.deepEqual(await scene.roles(), ["ana", "kept", "old", "rui"]);
      assert.deepEqual([await scene.members("old"), await scene.members("kept")], [[], ["ana"]]);
    });

    it("takes back what it gave when it is destroyed", async () => {
      await scene.sql("CREATE ROLE $old; COMMENT ON ROLE $old IS 'held'; CREATE ROLE $ana; CREATE ROLE $hand");
      await scene.stack.succeed(lists({ $old: ["$ana"], $new: ["$ana"] }));
      await scene.sql("GRANT $old TO $hand");
      await scene.stack.succeed({});
      assert.deepEqual(await scene.roles(), ["ana", "hand", "old"]);
      assert.deepEqual(await scene.members("old"), ["hand"]);
    });

    it("takes over a group that was made by hand in the meantime, and repairs drift", async () => {
      await scene.sql("CREATE ROLE $ana; CREATE ROLE $rui");
      const program = lists({ $team: ["$ana"] });
      await scene.stack.succeed(program);
      await scene.sql("GRANT $team TO $rui; REVOKE $team FROM $ana");
      await scene.stack.refresh();
      await scene.stack.succeed(program);
      assert.deepEqual(await scene.members("team"), ["ana"]);
      await scene.sql("DROP ROLE $team");
      await scene.stack.refresh();
      await scene.stack.succeed(program);
      assert.deepEqual(await scene.members("team"), ["ana"]);
    });

    it("removes no more than a run may", async () => {
      const names = Array.from({ length: 12 }, (_none, index) => `$u${String(index)}`);
      await scene.sql(names.map((name) => `CREATE ROLE ${name};`).join(" "));
      await scene.stack.succeed(lists({ $team: names, $other: [] }));
      assert.match(await scene.fails(lists({ $team: [], $other: ["$u1"] })), /would remove 12 of 12 members/);
      assert.deepEqual([(await scene.members("team")).length, await scene.members("other")], [12, []]);
    });

    it("refuses groups within themselves and lists of groups that it does not name", async () => {
      assert.match(await scene.fails(lists({ $team: ["$team"] })), /cannot be a member of itself/);
      const unnamed = lists({ $team: [] });
      const args = { ...unnamed["lists"]?.args, groups: "" };
      assert.match(await scene.fails({ lists: { type: "MemberLists", args } }), /there is no group "\$team"/);
    });
  });
}
