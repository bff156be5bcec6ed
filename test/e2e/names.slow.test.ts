import assert from "node:assert/strict";
import { catalogue, membersOf } from "./catalogue.js";
import { group, members, membership, user } from "./declare.js";
import { onEachEngine, scene } from "./scene.js";
import { rosterResources } from "./workspace.js";

const AWKWARD = [
  "Ana Sofia",
  "UPPER",
  "select",
  'say "hi"',
  "o'neil",
  "back\\slash",
  "ana@example.com",
  "a/b/c",
  "x.y:z",
  "100%",
  "josé",
  "jose\u0301",
  "数据团队",
  "приве́т",
  "👩‍💻 coder",
  "tab\there",
  "line\nbreak",
  " padded ",
  "-- comment",
  "$$; DROP ROLE x; $$",
  ":'variable'",
  "*?[a-z]",
  "__proto__",
  // 63 bytes: 31 characters of two bytes and one of one.
  `${"é".repeat(31)}x`,
];

onEachEngine("names", (engine) => {
  it("of any kind are taken as they are, for users, groups, memberships and lists", () =>
    scene({ engine }, async (workspace, db) => {
      // Names of groups that differ from those of the users, and have the same peculiarity.
      const groups = AWKWARD.slice(0, -1).map((name) => `g${name}`);
      await workspace.up([
        ...AWKWARD.map((name, index) => ({ ...user(name), name: `user ${String(index)}` })),
        ...groups.map((name, index) => ({ ...group(name), name: `group ${String(index)}` })),
        ...groups.map((name, index) => ({
          ...membership(
            "",
            "",
            { group: name, member: AWKWARD[index] ?? "" },
            { dependsOn: [`user ${String(index)}`, `group ${String(index)}`] },
          ),
          name: `membership ${String(index)}`,
        })),
        group("everybody"),
        members("everybody", AWKWARD, {}, { dependsOn: AWKWARD.map((_, index) => `user ${String(index)}`) }),
      ]);
      const live = await catalogue(db);
      for (const name of [...AWKWARD, ...groups]) assert.ok(Object.hasOwn(live.roles, name), JSON.stringify(name));
      assert.deepEqual(await membersOf(db, "everybody"), [...AWKWARD].sort());
      for (const [index, name] of groups.entries()) {
        assert.ok(live.memberships.includes(`${name} < ${AWKWARD[index] ?? ""}`), JSON.stringify(name));
      }
      await workspace.expectNoChanges();
      const state = rosterResources(await workspace.export());
      assert.equal(
        state["membership 7"]?.id,
        "ga%2Fb%2Fc/a%2Fb%2Fc",
        "a separator in a name is told from one between names",
      );
    }));

  it("over 63 bytes are refused with the limit, before anything is made", () =>
    scene({ engine }, async (workspace, db) => {
      const long = "é".repeat(32);
      const before = await catalogue(db);
      for (const declaration of [user(long), group(long), members("", ["ana", long], { group: "pg_monitor" })]) {
        const { text } = await workspace.previewFails([{ ...declaration, name: "long" }]);
        assert.match(text, /64 bytes long in UTF-8, and PostgreSQL takes 63; it would cut the rest/);
      }
      const { text } = await workspace.upFails([{ ...user(long), name: "long" }]);
      assert.match(text, /PostgreSQL takes 63/);
      assert.deepEqual(await catalogue(db), before);
    }));
});
