import assert from "node:assert/strict";
import { startKeycloakSandbox, type KeycloakSandbox } from "../sandbox/keycloak/index.js";
import { serviceClient, type RealmRepresentation } from "../sandbox/keycloak/representation.js";
import type { Realm } from "../sandbox/keycloak/realm.js";
import type { Engine } from "../engine/index.js";
import type { PostgresServer } from "../postgres/server.js";
import { membersOf } from "./catalogue.js";
import { keycloakGroupSync, type Declaration } from "./declare.js";
import { onEachEngine, scene, superuser } from "./scene.js";
import { plans, type Workspace } from "./workspace.js";

const SECRET = "secret-of-the-reader";
const reader = serviceClient("reader", SECRET, ["view-users", "view-realm", "query-groups", "query-users"]);
const person = (username: string, ...groups: string[]): NonNullable<RealmRepresentation["users"]>[number] => ({
  username,
  enabled: username !== "zoe",
  groups,
});

/** Zoe is disabled; there is no database user nobody; the robot is the account of a client. */
const COMPANY: RealmRepresentation = {
  realm: "company",
  enabled: true,
  clients: [reader.client],
  groups: [{ name: "data", subGroups: [{ name: "analysts" }, { name: "engineers" }] }, { name: "sales" }],
  users: [
    person("ana", "/data/analysts"),
    person("rui", "/data/analysts", "/data/engineers"),
    person("zoe", "/data/analysts"),
    person("nobody", "/data/analysts"),
    person("mei", "/data", "/data/engineers"),
    { ...reader.user, groups: ["/data/engineers"] },
  ],
};

const sync: Declaration[] = [
  keycloakGroupSync("warehouse", {
    crosswalk: [
      { keycloakGroup: "/data/analysts", databaseGroup: "analysts" },
      { keycloakGroup: "/data", databaseGroup: "readers", nested: true },
    ],
    ignoreUsers: ["svc_*"],
  }),
];
const outputs = { withoutUser: { $output: "warehouse.withoutUser" }, unmapped: { $output: "warehouse.unmapped" } };

onEachEngine("groups of Keycloak in a database", (engine) => {
  let keycloak: KeycloakSandbox;

  async function inCompany(
    on: Engine,
    act: (workspace: Workspace, db: PostgresServer, realm: Realm) => Promise<void>,
  ): Promise<void> {
    keycloak = await startKeycloakSandbox([COMPANY]);
    const realm = keycloak.realms.get("company");
    assert.ok(realm);
    try {
      await scene(
        {
          engine: on,
          given: `CREATE ROLE analysts; CREATE ROLE svc_etl; CREATE ROLE ana LOGIN; CREATE ROLE rui LOGIN;
            CREATE ROLE mei LOGIN; CREATE ROLE zoe LOGIN; GRANT analysts TO rui, zoe, svc_etl;`,
          takenBack: "DROP ROLE analysts, svc_etl, ana, rui, mei, zoe;",
          env: (db) => ({
            ...superuser(db),
            KEYCLOAK_BASE_URL: keycloak.url,
            KEYCLOAK_REALM: "company",
            KEYCLOAK_CLIENT_ID: "reader",
            KEYCLOAK_CLIENT_SECRET: SECRET,
            ROSTER_KEYCLOAK_OVERALL_TIMEOUT: "1",
          }),
        },
        (workspace, db) => act(workspace, db, realm),
      );
    } finally {
      await keycloak.close();
    }
  }

  it("shows each change by name, makes it, and takes nobody out whom it could not read", () =>
    inCompany(engine, async (workspace, db, realm) => {
      workspace.declare(sync, outputs);
      assert.deepEqual(plans(await workspace.preview(sync))["warehouse"], [
        "CREATE ROLE readers;",
        "REVOKE analysts FROM zoe;",
        "GRANT analysts TO ana;",
        "GRANT readers TO ana, mei, rui;",
      ]);
      keycloak.reset();
      workspace.declare(sync, outputs);
      await workspace.run(["up", "--yes", "--skip-preview"]);
      const asked = keycloak.calls.map(({ path }) => path.split("/").at(-1));
      // The members of sales are nobody's business.
      assert.equal(asked.filter((end) => end === "members").length, 3);
      assert.deepEqual(await membersOf(db, "analysts"), ["ana", "rui", "svc_etl"]);
      assert.deepEqual(await membersOf(db, "readers"), ["ana", "mei", "rui"]);
      assert.deepEqual(JSON.parse((await workspace.run(["stack", "output", "--json"])).stdout), {
        withoutUser: ["nobody"],
        unmapped: ["/data/engineers", "/sales"],
      });
      await workspace.expectNoChanges();

      // Somebody leaves the realm, and one list cannot be read: of the other groups it is known and done.
      realm.deleteUser("rui");
      const engineers = realm.group("/data/engineers").id;
      const broken = { answer: { status: 500, body: { error: "unknown_error" } } };
      const ended = keycloak.fault({ when: ({ path }) => path.includes(engineers), failure: broken });
      assert.match((await workspace.up(sync)).text, /members of "\/data\/engineers" could not be read[^]*500/);
      assert.deepEqual(await membersOf(db, "readers"), ["ana", "mei", "rui"]);
      ended();
      await workspace.up(sync);
      assert.deepEqual(await membersOf(db, "readers"), ["ana", "mei"]);

      // A group that is gone, and a realm that cannot be read at all.
      realm.deleteGroup("/data/analysts");
      assert.match((await workspace.up(sync)).text, /no group "\/data\/analysts"[^]*Nobody is taken out of "analysts"/);
      workspace.env["KEYCLOAK_CLIENT_SECRET"] = "another-secret";
      const refused = await workspace.upFails(sync);
      assert.match(refused.text, /keycloak\.GroupSync|keycloak\.getGroups/);
      assert.match(refused.text, /refuses client "reader" of realm "company"[^]*KEYCLOAK_CLIENT_SECRET/);
      assert.ok(!refused.text.includes("another-secret"));
      assert.deepEqual(await membersOf(db, "analysts"), ["ana", "svc_etl"]);
    }));
});
