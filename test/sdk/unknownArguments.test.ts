import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { civis, databricks, glean, heimdall, keycloak, postgres } from "../../sdk/index.js";

/* Programs in JavaScript, or with data from elsewhere, have no compiler that refuses a key. */
describe("a component of a program that no compiler has seen", () => {
  beforeEach(async () => {
    await pulumi.runtime.setMocks({
      newResource: ({ inputs }) => ({ id: "", state: inputs as object }),
      call: () => ({}),
    });
  });

  const crosswalk = [{ platformGroup: "Data", databaseGroup: "data" }];
  const refused: readonly (readonly [what: string, make: () => unknown, message: RegExp])[] = [
    [
      "civis.GroupSync",
      () => new civis.GroupSync("s", { crosswalk, ignoreUser: ["svc_*"] } as never),
      /^civis\.GroupSync "s": "ignoreUser" is not known in the arguments: did you mean ignoreUsers\?/,
    ],
    [
      "an entry of its crosswalk",
      () => new civis.GroupSync("s", { crosswalk: [{ ...crosswalk[0], mayBeEmpty: true }] } as never),
      /^civis\.GroupSync "s": "mayBeEmpty" is not known in entry 1 of the crosswalk: did you mean mayEmpty\?/,
    ],
    [
      "an entry without a group",
      () => new civis.GroupSync("s", { crosswalk: [{ databaseGroup: "data" }] } as never),
      /^civis\.GroupSync "s": entry 1 of the crosswalk has no platformGroup: it has databaseGroup$/,
    ],
    [
      "civis.GroupSync without a crosswalk",
      () => new civis.GroupSync("s", {} as never),
      /^civis\.GroupSync "s": the argument crosswalk has to be a list of entries, or the path of a file$/,
    ],
    [
      "keycloak.GroupSync",
      () => new keycloak.GroupSync("s", { crosswalk: [], missing: "fail" } as never),
      /"missing" is not known in the arguments: did you mean missingUsers\?/,
    ],
    [
      "an entry of its crosswalk",
      () => new keycloak.GroupSync("s", { crosswalk: [{ keycloakGroup: "/data" }] } as never),
      /^keycloak\.GroupSync "s": entry 1 of the crosswalk has no databaseGroup: it has keycloakGroup$/,
    ],
    [
      "keycloak.KeycloakPeople",
      () => new keycloak.KeycloakPeople("p", { maxUser: 1 } as never),
      /^keycloak\.KeycloakPeople "p": "maxUser" is not known in the arguments: did you mean maxUsers\?/,
    ],
    [
      "the mapping of keycloak.KeycloakPeople",
      () => new keycloak.KeycloakPeople("p", { mapping: { departement: "unit" } } as never),
      /^keycloak\.KeycloakPeople "p": the argument mapping: "departement" is not known in the names: did you mean department\?/,
    ],
    [
      "the location of such a mapping",
      () => keycloak.mapPeople({ location: { town: "l" } } as never),
      /^keycloak\.mapPeople: "town" is not known in location: .*it can have deskLocation, .*, city/,
    ],
    [
      "glean.Directory",
      () => new glean.Directory("d", { people: [], team: [] } as never),
      /^glean\.Directory "d": "team" is not known in the arguments: did you mean teams\?/,
    ],
    [
      "postgres.AccessFile",
      () => new postgres.AccessFile("f", { file: "users.yaml" } as never),
      /^postgres\.AccessFile "f": "file" is not known in the arguments: did you mean files\?/,
    ],
    [
      "databricks.DataProduct",
      () => new databricks.DataProduct("d", { folder: "p", review: "r" } as never),
      /^databricks\.DataProduct "d": "review" is not known in the arguments: did you mean reviews\?/,
    ],
    [
      "databricks.DataProduct without a folder",
      () => new databricks.DataProduct("d", {} as never),
      /^databricks\.DataProduct "d": the arguments has no folder$/,
    ],
    [
      "databricks.DataProduct with a folder that is not there",
      () => new databricks.DataProduct("d", { folder: "nowhere" }),
      /^databricks\.DataProduct "d": there is a mistake, and nothing was changed\n {2}nowhere\/product\.yaml:1:1: there is no such file/,
    ],
    [
      "heimdall.EnvironmentMirror",
      () => new heimdall.EnvironmentMirror("m", { sorce: "staging", target: "production" } as never),
      /^heimdall\.EnvironmentMirror "m": "sorce" is not known in the arguments: did you mean source\? .* source, target, /,
    ],
    [
      "heimdall.EnvironmentMirror without a target",
      () => new heimdall.EnvironmentMirror("m", { source: "staging" } as never),
      /^heimdall\.EnvironmentMirror "m": the arguments has no target: it has source$/,
    ],
    [
      "heimdall.EnvironmentMirror of itself",
      () => new heimdall.EnvironmentMirror("m", { source: "staging", target: { name: "staging" } }),
      /^heimdall\.EnvironmentMirror "m": source and target are both the connection "staging"/,
    ],
  ];
  for (const [what, make, message] of refused) {
    it(`ends it where it cannot be what was meant: ${what}`, () => {
      assert.throws(make, (error: Error) => {
        assert.match(error.message, message);
        return true;
      });
    });
  }

  it("and a function rejects options that there are not", async () => {
    for (const [what, call] of [
      ["civis.getGroups", () => civis.getGroups({ strange: 1 } as never)],
      ["civis.getUsers", () => civis.getUsers({ strange: 1 } as never)],
      ["keycloak.getUsers", () => keycloak.getUsers({ strange: 1 } as never)],
      ["keycloak.getPeople", () => keycloak.getPeople({ strange: 1 } as never)],
      ["keycloak.getGroups", () => keycloak.getGroups({ strange: 1 } as never)],
      ["heimdall.getEnvironment", () => heimdall.getEnvironment({ strange: 1 } as never)],
      ["heimdall.checkHealth", () => heimdall.checkHealth({ strange: 1 } as never)],
      ["databricks.query", () => databricks.query("SELECT 1", { strange: 1 } as never)],
    ] as const) {
      await assert.rejects(call(), (error: Error) =>
        error.message.startsWith(`${what}: "strange" is not known in the options`),
      );
    }
  });
});
