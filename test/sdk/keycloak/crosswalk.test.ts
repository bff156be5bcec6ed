import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { crosswalkEntries } from "../../../sdk/keycloak/crosswalk.js";

describe("a crosswalk of Keycloak", () => {
  const ID = "2a0f4338-01c4-44d9-9cc0-372f2b357eae";
  const given = (entries: ReturnType<typeof crosswalkEntries>): unknown[] =>
    entries.map(({ id, name, databaseGroup }) => ({ id, name, databaseGroup }));

  it("takes what begins with a slash for a path, and everything else for an id", () => {
    assert.deepEqual(
      given(
        crosswalkEntries("sync", [
          { keycloakGroup: "/data/analysts", databaseGroup: "analysts" },
          { keycloakGroup: ID, databaseGroup: "engineers" },
        ]),
      ),
      [
        { id: undefined, name: "/data/analysts", databaseGroup: "analysts" },
        { id: ID, name: undefined, databaseGroup: "engineers" },
      ],
    );
  });

  it("reads the same from a file, in either spelling, with the path beside the id for whoever reads it", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "crosswalk-"));
    try {
      const file = path.join(folder, "crosswalk.yaml");
      const lines = [
        "- keycloakGroup: /data/analysts",
        "  databaseGroup: analysts",
        `- keycloak_group_id: ${ID}`,
        "  keycloak_group_path: /data/engineers",
        "  database_group_name: engineers",
        `- keycloakGroup: ${ID}`,
        "  databaseGroup: more",
      ];
      writeFileSync(file, lines.join("\n"));
      assert.deepEqual(given(crosswalkEntries("sync", file)), [
        { id: undefined, name: "/data/analysts", databaseGroup: "analysts" },
        { id: ID, name: "/data/engineers", databaseGroup: "engineers" },
        { id: ID, name: undefined, databaseGroup: "more" },
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
