import assert from "node:assert/strict";
import { decodeNames } from "../../provider/core/lines.js";
import { catalogue, membersOf } from "./catalogue.js";
import { called, group, members, membership, user, type Declaration } from "./declare.js";
import { onEachEngine, scene, superuser, type Place } from "./scene.js";
import { operations, plans, rosterResources, type Workspace } from "./workspace.js";

/** What the state says of the list: who is in it, and what went wrong. */
async function listInState(workspace: Workspace): Promise<{ names: string[]; errors: string }> {
  const resource = rosterResources(await workspace.export())["members of analysts"];
  return {
    names: decodeNames(String(resource?.outputs?.["members"])),
    errors: (resource?.initErrors ?? []).join("\n"),
  };
}

/** Somebody who makes roles, and may not give away those of others. */
const operator: Pick<Place, "env" | "given" | "takenBack"> = {
  given: "CREATE ROLE operator LOGIN CREATEROLE PASSWORD 'operates'; CREATE ROLE \"foreign\"",
  takenBack: 'DROP ROLE operator; DROP ROLE "foreign"',
  env: (db) => ({ ...superuser(db), PGUSER: "operator", PGPASSWORD: "operates" }),
};

onEachEngine("work that can be done in part", (engine) => {
  it("a list with somebody who does not exist: the others are granted, and the next update does the rest", () =>
    scene({ engine, takenBack: "DROP ROLE zoe" }, async (workspace, db) => {
      const program = (names: string[]): Declaration[] => [
        user("ana"),
        user("rui"),
        group("analysts"),
        members("analysts", names, {}, { dependsOn: ["ana", "rui"] }),
      ];
      workspace.declare(program(["ana", "rui", "zoe"]));
      const preview = await workspace.run(["preview", "--diff"]);
      assert.match(preview.text, /there is no user "zoe" to be a member of "analysts"/, "a warning in the preview");

      const { text } = await workspace.upFails();
      assert.match(text, /\* postgres\.GroupMembers "analysts": there is no user "zoe" to be a member of "analysts"/);
      assert.deepEqual(await membersOf(db, "analysts"), ["ana", "rui"]);
      const state = await listInState(workspace);
      assert.deepEqual(state.names, ["ana", "rui"], "state has what is true");
      assert.match(state.errors, /there is no user "zoe"/);

      await db.query("CREATE ROLE zoe");
      assert.deepEqual(operations(await workspace.preview()), { "members of analysts": "update" });
      const rest = plans(await workspace.preview(undefined, "--refresh"));
      assert.deepEqual(rest, { "members of analysts": ["GRANT analysts TO zoe;"] });
      await workspace.up();
      assert.deepEqual(await membersOf(db, "analysts"), ["ana", "rui", "zoe"]);
      await workspace.expectNoChanges();

      // The same in an update of a list that is there.
      const { text: later } = await workspace.upFails(program(["ana", "tom"]));
      assert.match(later, /there is no user "tom"/);
      assert.deepEqual(await membersOf(db, "analysts"), ["ana"]);
      assert.deepEqual((await listInState(workspace)).names, ["ana"]);
    }));

  it("a member that fails does not fail those that run with it", () =>
    scene({ engine, ...operator }, async (workspace, db) => {
      const names = Array.from({ length: 12 }, (_, index) => `b${String(index).padStart(2, "0")}`);
      const all = [...names, "analysts", "readers", "members of readers"];
      const program: Declaration[] = [
        ...names.map((name) => user(name)),
        group("analysts"),
        group("readers"),
        members("readers", ["analysts"], {}, { dependsOn: ["analysts"] }),
        // All wait for the same things, so that they run in one batch.
        ...names.map((name) => membership("analysts", name, {}, { dependsOn: all })),
        // The server refuses it: the operator did not make that group.
        called("foreign", membership("", "", { group: "foreign", member: "b00" }, { dependsOn: all })),
        // Roster refuses a circle.
        membership("analysts", "readers", {}, { dependsOn: all }),
        membership("analysts", "ana", { member: "nobody_there" }, { dependsOn: all }),
      ];
      const { text } = await workspace.upFails(program, "--parallel", "16", "--continue-on-error");
      assert.match(text, /permission denied to grant role "foreign"/);
      assert.match(text, /"readers" cannot be a member of "analysts", because "analysts" is in "readers"/);
      assert.match(text, /GroupMembership "nobody_there" in "analysts" on .*: there is no user "nobody_there"/);
      assert.deepEqual(await membersOf(db, "analysts"), [...names, "operator"]);
      const state = rosterResources(await workspace.export());
      for (const name of names) assert.ok(state[`${name} in analysts`], `${name} is in state`);
      for (const name of ["foreign", "readers in analysts", "ana in analysts"]) assert.equal(state[name], undefined);
      assert.ok((await catalogue(db)).memberships.includes("readers < analysts"));
    }));
});
