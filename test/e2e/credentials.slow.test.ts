import assert from "node:assert/strict";
import type { PostgresServer } from "../postgres/server.js";
import { catalogue, role } from "./catalogue.js";
import { secret, user, type Declaration } from "./declare.js";
import { onEachEngine, scene, type Place } from "./scene.js";
import { operations, plans, type Workspace } from "./workspace.js";

const OLD = "the old password";
const NEW = "the new password";

/** An account whose password changes, and no settings in the environment. */
const place: Omit<Place, "engine"> = {
  given: `CREATE ROLE operator LOGIN SUPERUSER PASSWORD '${OLD}'`,
  takenBack: "DROP ROLE operator",
  env: () => ({}),
};

function rotate(db: PostgresServer): Promise<unknown> {
  return db.query(`ALTER ROLE operator PASSWORD '${NEW}'`);
}

async function setConfig(workspace: Workspace, setting: string, value: string): Promise<void> {
  const secretly = setting === "password" ? ["--secret"] : [];
  await workspace.run(["config", "set", "--path", ...secretly, `roster:connections.postgres.${setting}`, value]);
}

onEachEngine("credentials", (engine) => {
  it("from config: after a rotation refresh and destroy say that an up comes first, and it does", () =>
    scene({ engine, ...place }, async (workspace, db) => {
      const settings = { host: db.host, port: String(db.port), user: "operator", password: OLD };
      for (const [setting, value] of Object.entries(settings)) await setConfig(workspace, setting, value);
      await workspace.up([user("ana")]);
      await workspace.expectNoChanges();

      await rotate(db);
      workspace.declare([user("ana", { comment: "new" })]);
      const { text: planned } = await workspace.run(["preview", "--diff", "--show-full-output"]);
      assert.match(planned, /not compared with the live system: .* refuses the password of user operator/);
      assert.match(planned, /COMMENT ON ROLE ana IS 'new';/);
      await setConfig(workspace, "password", NEW);
      for (const command of ["refresh", "destroy"]) {
        const { text } = await workspace.fails([command, "--yes", "--skip-preview"]);
        assert.match(text, /the server at 127\.0\.0\.1:\d+ refuses the password of user operator/);
        assert.match(text, /refresh and destroy use the config of that update; run pulumi up first/);
        assert.match(text, /the password comes from Pulumi config roster:connections\.postgres\.password/);
      }
      assert.ok((await catalogue(db)).roles["ana"], "nothing was lost");
      await workspace.up([user("ana")]);
      await workspace.run(["refresh", "--yes", "--skip-preview", "--expect-no-changes"]);
      await workspace.destroy();
    }));

  it("from the environment: nothing of them enters the state, and a delete takes those of its own run", () =>
    scene({ engine, ...place }, async (workspace, db) => {
      const settings = { HOST: db.host, PORT: String(db.port), USER: "operator", PASSWORD: OLD };
      for (const [name, value] of Object.entries(settings)) workspace.env[`ROSTER_WARE_HOUSE_${name}`] = value;
      await workspace.up([user("ana", { connection: "ware-house" })]);
      assert.equal((await role(db, "ana")).login, true);
      for (const value of [OLD, "operator", db.host, String(db.port)]) {
        assert.ok(!workspace.stateText().includes(value), `${value} is not in the state`);
      }

      delete workspace.env["ROSTER_WARE_HOUSE_HOST"];
      const { text } = await workspace.fails(["destroy", "--yes", "--skip-preview"]);
      assert.match(text, /connection ware-house has no host/);
      assert.match(text, /ROSTER_WARE_HOUSE_HOST/);
      assert.match(text, /pulumi config set --path roster:connections\.ware-house\.host <value>/);

      const other = { HOST: "localhost", PORT: String(db.port), USER: db.user, PASSWORD: db.password };
      for (const [name, value] of Object.entries(other)) workspace.env[`ROSTER_WARE_HOUSE_${name}`] = value;
      await workspace.destroy();
      assert.equal((await catalogue(db)).roles["ana"], undefined);
    }));

  it("from the program: a rotation is an update in place that runs no statement, and delete knows the last ones", () =>
    scene({ engine, ...place }, async (workspace, db) => {
      const program = (password: string): Declaration[] => [
        user("ana", {
          connection: { name: "own", host: db.host, port: db.port, user: "operator", password: secret(password) },
        }),
      ];
      await workspace.up(program(OLD));
      await rotate(db);
      const preview = await workspace.preview(program(NEW));
      assert.deepEqual(operations(preview), { ana: "update" });
      assert.deepEqual(plans(preview), {});
      const log = (await db.log()).length;
      await workspace.up();
      assert.doesNotMatch((await db.log()).slice(log), /(CREATE|ALTER|DROP) ROLE/);
      await workspace.expectNoChanges();
      workspace.declare([]);
      await workspace.destroy();
      assert.equal((await catalogue(db)).roles["ana"], undefined);
    }));

  it("of which there are none: the preview fails and names every place to give them", () =>
    scene({ engine, env: () => ({}) }, async (workspace) => {
      const { text } = await workspace.previewFails([user("ana")]);
      assert.match(text, /connection postgres has no host/);
      assert.match(text, /ROSTER_POSTGRES_HOST or PGHOST/);
      assert.match(text, /pulumi config set --path roster:connections\.postgres\.host <value>/);
    }));
});
