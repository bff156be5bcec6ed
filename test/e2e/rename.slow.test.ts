import assert from "node:assert/strict";
import { catalogue, membersOf } from "./catalogue.js";
import { called, group, members, membership, user, type Declaration } from "./declare.js";
import { onEachEngine, scene } from "./scene.js";
import { operations, plans } from "./workspace.js";

interface Names {
  /** Names in the server of a user and a group that keep their names in the program. */
  readonly ana?: string;
  readonly analysts?: string;
  /** Who is in the group of analysts besides, by name in the program. */
  readonly other?: string;
  /** What the relations are called in the program. */
  readonly suffix?: string;
}

function program({ ana = "ana", analysts = "analysts", other = "rui", suffix = "" }: Names): Declaration[] {
  return [
    called("ana", user(ana)),
    user("rui"),
    user("zoe"),
    called("analysts", group(analysts)),
    group("readers"),
    called(`hers${suffix}`, membership("analysts", "ana")),
    called(`other${suffix}`, membership("analysts", other)),
    called(`list${suffix}`, members("readers", [ana, "rui"], {}, { dependsOn: ["ana", "rui"] })),
  ];
}

onEachEngine("names that change", (engine) => {
  it("in the server, in a membership and in the program: nobody loses access who is to keep it", () =>
    scene({ engine, given: "CREATE ROLE mei", takenBack: "DROP ROLE mei" }, async (workspace, db) => {
      await workspace.up(program({}));
      await db.query("CREATE TABLE hers (); ALTER TABLE hers OWNER TO ana; GRANT analysts TO mei");
      try {
        // In the server: renamed in place, with memberships and what it owns.
        const [before] = await db.query("SELECT oid FROM pg_roles WHERE rolname = 'ana'");
        const renamed = { ana: "Ana Sofia", analysts: "data team" };
        const preview = await workspace.preview(program(renamed));
        assert.equal(operations(preview)["ana"], "update");
        assert.equal(operations(preview)["analysts"], "update");
        assert.deepEqual(plans(preview), {
          ana: ['ALTER ROLE ana RENAME TO "Ana Sofia";'],
          analysts: ['ALTER ROLE analysts RENAME TO "data team";'],
        });
        await workspace.up();
        assert.deepEqual(await db.query("SELECT oid FROM pg_roles WHERE rolname = 'Ana Sofia'"), [before]);
        assert.deepEqual(await membersOf(db, "data team"), ["Ana Sofia", "mei", "rui"]);
        assert.deepEqual(await membersOf(db, "readers"), ["Ana Sofia", "rui"]);
        await workspace.expectNoChanges();

        // Another member replaces a membership, and nobody else is touched.
        const replaced = await workspace.preview(program({ ...renamed, other: "zoe" }));
        assert.deepEqual(plans(replaced), { other: ['GRANT "data team" TO zoe;'] });
        await workspace.up();
        assert.deepEqual(await membersOf(db, "data team"), ["Ana Sofia", "mei", "zoe"]);

        // Another name in the program, without an alias: Pulumi makes the new one and deletes the old one.
        await workspace.up(program({ ...renamed, other: "zoe", suffix: " of the data team" }));
        assert.deepEqual(await membersOf(db, "data team"), ["Ana Sofia", "mei", "zoe"]);
        assert.deepEqual(await membersOf(db, "readers"), ["Ana Sofia", "rui"]);
        await workspace.expectNoChanges();
      } finally {
        await db.query("DROP TABLE hers");
      }
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
