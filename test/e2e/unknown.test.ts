import assert from "node:assert/strict";
import type { PostgresServer } from "../postgres/server.js";
import { membersOf, role } from "./catalogue.js";
import { called, group, maker, members, output, secret, user, type Declaration } from "./declare.js";
import { onEachEngine, scene } from "./scene.js";
import { operations, plans } from "./workspace.js";

/** A program whose server is made by another resource, and whose people come from one. */
function program(db: PostgresServer, password: string): Declaration[] {
  const connection = {
    name: "cloud",
    host: output("server.host"),
    port: db.port,
    user: output("server.user"),
    password: output("server.password"),
  };
  return [
    maker("server", { host: db.host, user: "operator", password: secret(password) }),
    maker("hr", { name: "rui" }),
    user("ana", { connection }),
    group("staff"),
    called("who", user("", { name: output("hr.name") })),
    members("staff", ["ana", output("hr.name")], {}, { dependsOn: ["ana", "who"] }),
  ];
}

onEachEngine("values that are not known before the update", (engine) => {
  it("are said to be so in the preview, and are no obstacle", () =>
    scene(
      {
        engine,
        given: "CREATE ROLE operator LOGIN SUPERUSER PASSWORD 'first one'",
        takenBack: "DROP ROLE operator",
      },
      async (workspace, db) => {
        const first = plans(await workspace.preview(program(db, "first one")));
        const note =
          "-- the host and user and password of connection cloud is not known yet: not compared with the live system";
        assert.deepEqual(first["ana"], [note, "CREATE ROLE ana LOGIN;"]);
        assert.deepEqual(first["staff"], ["CREATE ROLE staff;"], "what is known is planned as ever");
        assert.equal(first["who"], undefined);
        assert.deepEqual(first["members of staff"], ["-- members: not known before the update"]);

        await workspace.up();
        assert.equal((await role(db, "rui")).login, true);
        assert.deepEqual(await membersOf(db, "staff"), ["ana", "rui"]);
        await workspace.expectNoChanges();

        await db.query("ALTER ROLE operator PASSWORD 'second one'");
        const rotated = await workspace.preview(program(db, "second one"));
        assert.equal(operations(rotated)["ana"], "update", "a new password of the program is an update in place");
        assert.deepEqual(plans(rotated), {}, "which runs nothing");
        const log = (await db.log()).length;
        await workspace.up();
        assert.doesNotMatch((await db.log()).slice(log), /(CREATE|ALTER|DROP) ROLE|GRANT|REVOKE/);
        await workspace.expectNoChanges();
      },
    ));
});
