import assert from "node:assert/strict";
import fc from "fast-check";
import type { EnvironmentData } from "../../../provider/heimdall/data.js";
import { environmentText, parseEnvironment, readEnvironmentFile } from "../../../provider/heimdall/environmentFile.js";

const FILE = `
actions:
  - name: users:read
    description: Read users
roles:
  - { name: viewer, description: May look, actions: [users:read] }
mappings:
  - { method: GET, path: "/users/{id}", action: users:read }
groups: []
`;

describe("an environment file", () => {
  it("is YAML, or JSON", () => {
    const data = parseEnvironment(FILE, "heimdall.yaml");
    assert.deepEqual(data.roles, [{ name: "viewer", description: "May look", actions: ["users:read"] }]);
    assert.deepEqual(parseEnvironment(JSON.stringify(data), "heimdall.json"), data);
  });

  for (const [what, text, said] of [
    [
      "a list that is missing, which is not an empty one",
      FILE.replace("groups: []", ""),
      /heimdall\.yaml:2:1: groups: /,
    ],
    [
      "a name that cannot be",
      FILE.replace("users:read\n", "Users\n"),
      /heimdall\.yaml:3:11: actions\.0\.name: must be lower-case/,
    ],
    [
      "a method that there is not",
      FILE.replace("GET", "get"),
      /heimdall\.yaml:8:15: mappings\.0\.method: must be one of/,
    ],
    ["a key that there is not", FILE.replace("groups: []", "groups: []\nusers: []"), /users/],
    ["no YAML", "actions: [", /heimdall\.yaml:1:/],
    ["nothing", "", /heimdall\.yaml:1:1: the file: /],
    [
      "a CPF with dots",
      FILE.replace("groups: []", "groups: [{name: g, description: x, members: [1.2]}]"),
      /groups\.0\.members\.0/,
    ],
  ] as const) {
    it(`refuses ${what}, with line and column`, () => {
      assert.throws(() => parseEnvironment(text, "heimdall.yaml"), { message: said });
    });
  }

  it("that is not there is told by its name", () => {
    assert.throws(() => readEnvironmentFile("/nowhere/heimdall.yaml"), {
      message: /\/nowhere\/heimdall\.yaml cannot be read/,
    });
  });

  const name = fc.stringMatching(/^[a-z0-9_:]{1,100}$/);
  const description = fc
    .string({ minLength: 1, maxLength: 500, unit: "grapheme" })
    .filter((text) => text.length <= 500);
  const names = fc.array(name, { maxLength: 4 });
  const data: fc.Arbitrary<EnvironmentData> = fc.record({
    actions: fc.array(fc.record({ name, description })),
    roles: fc.array(fc.record({ name, description, actions: names })),
    mappings: fc.array(
      fc.record({
        method: fc.constantFrom("GET", "POST"),
        path: fc.string({ minLength: 1, maxLength: 255 }),
        action: name,
      }),
    ),
    groups: fc.array(
      fc.record(
        { name, description, roles: names, members: fc.array(fc.stringMatching(/^[0-9]{11}$/)) },
        { requiredKeys: ["name", "description", "roles"] },
      ),
    ),
  });

  it("that was written is read back as it was, also CPFs that look like numbers", () => {
    fc.assert(
      fc.property(data, (environment) => {
        const back = parseEnvironment(environmentText(environment), "backup.yaml");
        assert.deepEqual(JSON.parse(JSON.stringify(back)), JSON.parse(JSON.stringify(environment)));
      }),
    );
  });
});
