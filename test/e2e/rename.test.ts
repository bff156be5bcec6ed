import assert from "node:assert/strict";
import { catalogue, membersOf } from "./catalogue.js";
import { called, group, members, membership, user, type Declaration } from "./declare.js";
import { onEachEngine, scene } from "./scene.js";
import { operations, plans } from "./workspace.js";

/** Two users and two groups, under names in the program that stay; names in the server as given. */
function people(ana: string, analysts: string): Declaration[] {
  return [
    called("ana", user(ana)),
    called("rui", user("rui")),
    called("analysts", group(analysts)),
    called("readers", group("readers")),
  ];
}

const list = members("readers", ["rui"], {}, { dependsOn: ["rui"] });

onEachEngine("names that change", (engine) => {
  it("in the server: user and group are renamed in place and keep their memberships", () =>
    scene({ engine }, async (workspace, db) => {
      const program = (ana: string, analysts: string): Declaration[] => [
        ...people(ana, analysts),
        membership("analysts", "ana"),
        members("readers", [ana, "rui"], {}, { dependsOn: ["ana", "rui"] }),
      ];
      await workspace.up(program("ana", "analysts"));
      const [before] = await db.query("SELECT oid FROM pg_roles WHERE rolname = 'ana'");
      await db.query("CREATE TABLE hers (); ALTER TABLE hers OWNER TO ana");
      try {
        const preview = await workspace.preview(program("Ana Sofia", "data team"));
        assert.equal(operations(preview)["ana"], "update");
        assert.equal(operations(preview)["analysts"], "update");
        assert.deepEqual(plans(preview)["ana"], ['ALTER ROLE ana RENAME TO "Ana Sofia";']);
        assert.deepEqual(plans(preview)["analysts"], ['ALTER ROLE analysts RENAME TO "data team";']);
        assert.deepEqual(statements(plans(preview)["members of readers"]), [], "the list has her already");
        await workspace.up();
        const [after] = await db.query("SELECT oid FROM pg_roles WHERE rolname = 'Ana Sofia'");
        assert.deepEqual(after, before, "it is the same role, with what it owns");
        assert.deepEqual(await membersOf(db, "data team"), ["Ana Sofia"]);
        assert.deepEqual(await membersOf(db, "readers"), ["Ana Sofia", "rui"]);
        await workspace.expectNoChanges();
      } finally {
        await db.query("DROP TABLE hers");
      }
    }));

  it("in a membership: another member replaces it, and nobody else is touched", () =>
    scene({ engine, given: "CREATE ROLE zoe", takenBack: "DROP ROLE zoe" }, async (workspace, db) => {
      const program = (member: string): Declaration[] => [
        ...people("ana", "analysts"),
        called("who", membership("analysts", member)),
      ];
      await workspace.up(program("ana"));
      await db.query("GRANT analysts TO zoe");
      const preview = await workspace.preview(program("rui"));
      assert.deepEqual(plans(preview)["who"], ["GRANT analysts TO rui;"]);
      await workspace.up();
      assert.deepEqual(await membersOf(db, "analysts"), ["rui", "zoe"]);
      await workspace.expectNoChanges();
    }));

  it("in the program, of a membership and a list, without an alias: nobody loses access", () =>
    scene({ engine }, async (workspace, db) => {
      const relations = (suffix: string): Declaration[] =>
        [membership("analysts", "ana"), list].map((each) => called(each.name + suffix, each));
      await workspace.up([...people("ana", "analysts"), ...relations("")]);
      await workspace.up([...people("ana", "analysts"), ...relations(" renamed")]);
      assert.deepEqual(await membersOf(db, "analysts"), ["ana"]);
      assert.deepEqual(await membersOf(db, "readers"), ["rui"]);
      await workspace.expectNoChanges();
    }));

  it("in the program, of a user: refused with the alias to give, and with the alias nothing happens", () =>
    scene({ engine }, async (workspace, db) => {
      // A comment or a membership shows that the user is in use; without either it passes for a create that was cut off.
      await workspace.up([user("ana"), group("analysts"), membership("analysts", "ana")]);
      const renamed = (options: Declaration["options"]): Declaration[] => [
        { ...called("ana sofia", user("ana")), options },
        group("analysts"),
        called("ana in analysts", { ...membership("analysts", "ana sofia") }),
      ];
      const before = await catalogue(db);
      const { text } = await workspace.previewFails(renamed({}));
      assert.match(text, /aliases: \[\{ name: "<old name>" \}\]/);
      await workspace.up(renamed({ aliases: [{ name: "ana" }] }));
      assert.deepEqual(await catalogue(db), before);
      await workspace.expectNoChanges();
    }));
});

/** The lines of a plan that the server runs. */
function statements(plan: readonly string[] = []): string[] {
  return plan.filter((line) => !line.startsWith("--"));
}
