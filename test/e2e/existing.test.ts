import assert from "node:assert/strict";
import { catalogue, membersOf, role } from "./catalogue.js";
import { group, members, membership, output, user, type Declaration } from "./declare.js";
import { roster } from "./roster.js";
import { onEachEngine, scene } from "./scene.js";
import { plans, rosterResources } from "./workspace.js";

const REMEDY = /existing: "adopt"/;

onEachEngine("what exists already", (engine) => {
  it("is refused by default, in the preview and in the update, with the remedy", () =>
    scene(
      {
        engine,
        given: "CREATE ROLE ana LOGIN CREATEDB; CREATE ROLE analysts; GRANT analysts TO ana",
        takenBack: "DROP ROLE ana; DROP ROLE analysts",
      },
      async (workspace, db) => {
        const before = await catalogue(db);
        for (const declaration of [user("ana"), group("analysts")]) {
          const { text } = await workspace.previewFails([declaration]);
          assert.match(text, REMEDY);
          assert.match(text, /exists already on connection postgres \(127\.0\.0\.1:\d+, database postgres\)/);
        }
        const { text } = await workspace.upFails([user("ana"), group("analysts")]);
        assert.match(text, REMEDY);
        assert.deepEqual(await catalogue(db), before, "a refusal changes nothing");
        assert.deepEqual(rosterResources(await workspace.export()), {});
      },
    ));

  it("is adopted where the program says so, and relations always are", () =>
    scene(
      {
        engine,
        given: "CREATE ROLE ana LOGIN CREATEDB; CREATE ROLE analysts; CREATE ROLE staff; GRANT analysts, staff TO ana",
        takenBack: "DROP ROLE ana; DROP ROLE analysts; DROP ROLE staff",
      },
      async (workspace, db) => {
        const program = [
          user("ana", { existing: "adopt" }),
          group("analysts", { existing: "adopt" }),
          membership("analysts", "ana", { onRemove: "keep" }),
          members("", [output("ana.name")], { group: "staff" }),
        ];
        assert.deepEqual(plans(await workspace.preview(program)), {
          ana: ["-- adopts what exists already", "ALTER ROLE ana NOCREATEDB;"],
          analysts: ["-- adopts what exists already"],
        });
        await workspace.up();
        assert.equal((await role(db, "ana")).createdb, false);
        await workspace.expectNoChanges();
        workspace.declare([]);
        const planned = await roster(engine, workspace, ["plan"]);
        for (const line of [
          'leave postgres.Group "analysts" as it is: it was there before this stack',
          'leave postgres.User "ana" without its login: it was there before this stack',
          'leave postgres.GroupMembership "analysts/ana" as it is: onRemove is "keep"',
          'delete postgres.GroupMembers "staff"',
        ])
          assert.ok(planned.stdout.split("\n").includes(line), planned.text);
        assert.match(planned.stdout, /: 1 to delete, 3 to leave\n$/);
        const { text } = await workspace.destroy();
        assert.match(
          text,
          /postgres\.Group "analysts" on connection postgres \(.+\): it stays as it is, as it was there before this stack/,
        );
        assert.match(
          text,
          /postgres\.User "ana" on connection postgres \(.+\): it stays, as it was there before this stack; what was done: ALTER ROLE ana NOLOGIN;/,
        );
        assert.equal((await role(db, "ana")).login, false, "an adopted user is disabled by default");
        assert.ok((await catalogue(db)).roles["analysts"], "an adopted group stays");
        assert.deepEqual(await membersOf(db, "analysts"), ["ana"]);
        assert.deepEqual(await membersOf(db, "staff"), [], "a list takes out whom it named");
      },
    ));

  it("leaves the program as onRemove says, and by default by whether it was made here", () => {
    const names = ["disable", "drop", "keep"].flatMap((how) => [`made_${how}`, `found_${how}`]);
    const found = names.filter((name) => name.startsWith("found_"));
    const stay = [...names.filter((name) => !name.endsWith("_drop")), "found", "found_group", "kept_group"];
    return scene(
      {
        engine,
        given: [...found, "found", "found_group"].map((name) => `CREATE ROLE ${name}`).join(";"),
        takenBack: stay.map((name) => `DROP ROLE ${name}`).join(";"),
      },
      async (workspace, db) => {
        const program: Declaration[] = [
          ...names.map((name) => {
            const onRemove = name.replace(/^.*_/, "") as "disable" | "drop" | "keep";
            return user(name, { onRemove, createdb: true, existing: "adopt" });
          }),
          user("made", { existing: "adopt" }),
          user("found", { existing: "adopt", createrole: true }),
          group("made_group"),
          group("found_group", { existing: "adopt" }),
          group("kept_group", { onRemove: "keep" }),
        ];
        await workspace.up(program);
        await workspace.up([]);
        const { roles } = await catalogue(db);
        for (const name of names) {
          if (name.endsWith("_drop")) assert.equal(roles[name], undefined, name);
          else assert.equal(roles[name]?.login, name.endsWith("_keep"), name);
          if (name.endsWith("_disable"))
            assert.equal(roles[name]?.createdb, false, `${name}: what was given is taken back`);
          if (name.endsWith("_keep")) assert.equal(roles[name]?.createdb, true, name);
        }
        assert.equal(roles["made"], undefined);
        assert.equal(roles["found"]?.login, false);
        assert.equal(roles["found"].createrole, false);
        assert.equal(roles["made_group"], undefined);
        assert.ok(roles["found_group"]);
        assert.ok(roles["kept_group"]);
      },
    );
  });
});
