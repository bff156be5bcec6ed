import assert from "node:assert/strict";
import { membersOf, role } from "./catalogue.js";
import { access, user } from "./declare.js";
import { onEachEngine, scene } from "./scene.js";
import { operations, plans } from "./workspace.js";

onEachEngine("who leaves an Access for a resource of their own", (engine) => {
  it("is never dropped: not by the move, which a preview refuses in the wrong order, nor left by a destroy", () =>
    scene({ engine, takenBack: "DROP ROLE ana" }, async (workspace, db) => {
      const oid = async (): Promise<unknown> => db.query("SELECT oid FROM pg_roles WHERE rolname = 'ana'");
      const rest = { users: ["rui"], groups: { staff: ["ana", "rui"] } };
      await workspace.up([access("company", { ...rest, users: ["ana", "rui"] })]);
      const before = await oid();

      const own = user("ana", { existing: "adopt" }, { dependsOn: ["company"] });
      const { text } = await workspace.previewFails([access("company", rest), own]);
      assert.match(
        text,
        /the role "ana" is taken away by postgres\.Access "company", which comes before this resource/,
      );
      assert.match(text, /Let postgres\.Access "company" wait for this resource \(dependsOn\)/);

      const moved = [user("ana", { existing: "adopt" }), access("company", rest, { dependsOn: ["ana"] })];
      const preview = await workspace.preview(moved);
      assert.deepEqual(operations(preview), { ana: "create", company: "update" });
      assert.deepEqual(plans(preview), { ana: ["-- adopts what exists already"] });
      await workspace.up();
      await workspace.expectNoChanges();
      assert.deepEqual([await oid(), await membersOf(db, "staff")], [before, ["ana", "rui"]]);

      // A program may say more than was ever made: a destroy that runs it takes away what is there all the same.
      workspace.declare([access("other", { users: ["ana"] })]);
      await workspace.destroy("--run-program");
      assert.equal((await role(db, "ana")).login, false, "an adopted user is disabled by default");
    }));
});
