import assert from "node:assert/strict";
import { POSTGRES_VERSIONS } from "../../postgres/server.js";
import { Scene } from "./scene.js";

interface Options {
  readonly admin: boolean;
  readonly inherit: boolean;
  readonly set: boolean;
}

for (const version of POSTGRES_VERSIONS) {
  describe(`members of a postgres.Access on PostgreSQL ${String(version)}`, () => {
    let scene: Scene;
    beforeEach(async () => {
      scene = await Scene.on(version);
    });
    afterEach(() => scene.clear());

    async function admins(group: string): Promise<string[]> {
      const rows = await scene.sql<{ name: string }>(
        `SELECT member::regrole::text AS name FROM pg_auth_members WHERE roleid = '$${group}'::regrole AND admin_option`,
      );
      return rows.map(({ name }) => scene.short(name));
    }

    it("get and lose ADMIN, and a hand that gives it is seen", async () => {
      const users = { $ana: {}, $rui: {} };
      const first = scene.program({ users, groups: { $team: [{ name: "$ana", admin: true }, "$rui"] } });
      await scene.stack.succeed(first);
      assert.deepEqual(await admins("team"), ["$ana"]);
      await scene.settled(first);
      await scene.sql("GRANT $team TO $rui WITH ADMIN OPTION");
      await scene.stack.refresh();
      await scene.stack.succeed(first);
      assert.deepEqual(await admins("team"), ["$ana"]);
      const second = scene.program({ users, groups: { $team: ["$ana", "$rui"] } });
      await scene.stack.succeed(second);
      assert.deepEqual([await admins("team"), await scene.members("team")], [[], ["ana", "rui"]]);
      await scene.settled(second);
    });

    const options = async (): Promise<Options | undefined> =>
      (
        await scene.sql<Options>(
          `SELECT admin_option AS admin, inherit_option AS inherit, set_option AS "set"
             FROM pg_auth_members WHERE roleid = '$team'::regrole AND member = '$ana'::regrole`,
        )
      )[0];

    if (version >= 16) {
      it("get each combination of options, from each other one", async () => {
        const combinations = [undefined, true, false].flatMap((inherit) =>
          [undefined, false].flatMap((set) =>
            [undefined, true].map((admin) =>
              Object.fromEntries(Object.entries({ inherit, set, admin }).filter(([, value]) => value !== undefined)),
            ),
          ),
        );
        for (const from of combinations) {
          for (const to of combinations) {
            for (const how of [from, to]) {
              const program = scene.program({ users: { $ana: {} }, groups: { $team: [{ name: "$ana", ...how }] } });
              await scene.stack.succeed(program);
              const live = await options();
              const asked = { admin: false, set: true, ...how };
              const told = JSON.stringify({ from, to });
              assert.deepEqual({ ...live, ...asked }, live, told);
            }
          }
        }
      });

      it("are members without SET where they inherit nothing by themselves", async () => {
        const program = scene.program({
          users: { $ana: { inherit: false } },
          groups: { $team: [{ name: "$ana", set: false }] },
        });
        await scene.stack.succeed(program);
        assert.deepEqual(await options(), { admin: false, inherit: false, set: false });
        await scene.settled(program);
      });
    } else {
      it("with INHERIT or SET options are a problem that says what is needed, and the others are granted", async () => {
        const program = scene.program({
          users: { $ana: {}, $rui: {} },
          groups: { $team: [{ name: "$ana", inherit: false }, "$rui"] },
        });
        assert.match(await scene.fails(program), /INHERIT and SET options of "\$ana" in "\$team" need PostgreSQL 16/);
        assert.deepEqual(await scene.members("team"), ["rui"]);
      });
    }

    describe("until a time", () => {
      const [BEFORE, AT, AFTER] = ["2027-01-30T23:59:59Z", "2027-01-31T00:00:00Z", "2027-02-01T00:00:00Z"];
      const access = {
        users: { $ana: {}, $rui: {} },
        groups: { $team: ["$rui", { name: "$ana", until: "2027-01-31" }] },
      };

      it("are in the group before, and an unchanged program takes them out from then on", async () => {
        const program = scene.program(access);
        await scene.stack.succeed(program, { now: BEFORE });
        assert.deepEqual(await scene.members("team"), ["ana", "rui"]);
        await scene.settled(program, BEFORE);
        const { ops, plans } = await scene.stack.preview(program, { now: AT });
        assert.deepEqual(ops, { access: "update" });
        assert.deepEqual(
          plans["access"]?.map((line) => scene.short(line)),
          ["REVOKE $team FROM $ana;"],
        );
        await scene.stack.succeed(program, { now: AT });
        assert.deepEqual(await scene.members("team"), ["rui"]);
        await scene.settled(program, AFTER);
      });

      it("are not granted at all where the time is over", async () => {
        const program = scene.program(access);
        await scene.stack.succeed(program, { now: AFTER });
        assert.deepEqual(await scene.members("team"), ["rui"]);
        assert.equal(
          scene.sent().some((statement) => /TO .*\$ana/.test(statement)),
          false,
        );
      });

      it("come back where the program gives them longer", async () => {
        await scene.stack.succeed(scene.program(access), { now: AFTER });
        const longer = scene.program({ ...access, groups: { $team: ["$rui", { name: "$ana", until: "2028-01-31" }] } });
        await scene.stack.succeed(longer, { now: AFTER });
        assert.deepEqual(await scene.members("team"), ["ana", "rui"]);
        await scene.settled(longer, AFTER);
      });
    });
  });
}
