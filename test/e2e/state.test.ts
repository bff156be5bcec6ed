import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { catalogue } from "./catalogue.js";
import { group, members, membership, user, type Declaration } from "./declare.js";
import { FIXTURES, fixture, makeServer, place } from "./fixture.js";
import { onEachEngine, scene } from "./scene.js";
import { rosterResources, type StateResource } from "./workspace.js";

/** What a program with one resource of each kind has. */
const program: Declaration[] = [
  user("ana.sofia@example.com", {
    createdb: true,
    connectionLimit: 5,
    validUntil: "2031-01-31",
    comment: "Ana Sofia, data team",
    onRemove: "drop",
    connection: "warehouse",
  }),
  user("with a password", { password: "correct horse", passwordVersion: 1, connection: "warehouse" }),
  group("analysts", { comment: "Everybody who reads the warehouse", connection: "warehouse" }),
  membership("analysts", "ana.sofia@example.com", { until: "2031-01-31", admin: true, connection: "warehouse" }),
  members("analysts", ["ana.sofia@example.com"], { connection: "warehouse" }, { dependsOn: [] }),
];

/** The bytes of a resource's properties, but for the encrypted password, which has 280 of its own on each side. */
function size({ inputs, outputs }: StateResource): number {
  const sides = [inputs, outputs].map((side) => JSON.stringify({ ...side, password: undefined }));
  return Buffer.byteLength(sides.join(""));
}

onEachEngine("the state", (engine) => {
  it("is small: it holds no code, and few bytes a resource", () =>
    scene(
      {
        engine,
        env: (db) => ({
          ROSTER_WAREHOUSE_HOST: db.host,
          ROSTER_WAREHOUSE_PORT: String(db.port),
          ROSTER_WAREHOUSE_USER: db.user,
          ROSTER_WAREHOUSE_PASSWORD: db.password,
        }),
      },
      async (workspace) => {
        await workspace.up(program.slice(0, -1));
        const state = rosterResources(await workspace.export());
        assert.equal(Object.keys(state).length, 4);
        for (const [name, resource] of Object.entries(state)) {
          const token = resource.type.replace("pulumi-nodejs:dynamic/", "").replace(":", ".");
          // Stored in every state, and run by later versions: frozen.
          const text = `exports.handler=()=>require("module").createRequire(process.cwd()+"/")("pulumi-roster/provider")("${token}")`;
          assert.equal(resource.inputs?.["__provider"], text);
          assert.equal(resource.outputs?.["__provider"], text);
          assert.ok(text.length < 200, name);
          assert.ok(
            size(resource) < 700,
            `${name} takes ${String(size(resource))} bytes:
${JSON.stringify(resource)}`,
          );
        }
      },
    ));

  for (const version of readdirSync(FIXTURES).sort()) {
    it(`that version ${version} wrote is read, compared, refreshed and destroyed by this one`, () =>
      scene({ engine, ...place }, async (workspace, db) => {
        await makeServer(db, fixture(version, "server"));
        workspace.declare((JSON.parse(fixture(version, "program")) as { resources: Declaration[] }).resources);
        await workspace.run(["stack", "import"], fixture(version, "state"));
        await workspace.run(["preview", "--expect-no-changes"]);
        await workspace.run(["refresh", "--yes", "--skip-preview", "--expect-no-changes"]);
        await workspace.destroy();
        const { roles } = await catalogue(db);
        assert.deepEqual(
          Object.keys(roles).filter((name) => name.startsWith("fx_")),
          ["fx_found"],
        );
        assert.equal(roles["fx_found"]?.login, false, "it was there before, so it stays, and is disabled");
      }));
  }
});
