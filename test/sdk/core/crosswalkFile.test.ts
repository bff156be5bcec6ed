import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readCrosswalkFile } from "../../../sdk/core/crosswalkFile.js";
import type { CrosswalkEntry } from "../../../sdk/core/crosswalk.js";

const SPELLING = { name: ["platformGroup", "platform_group_name"], id: ["platform_group_id"] };

describe("a crosswalk in a file", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "crosswalk-"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  function read(text: string): Partial<CrosswalkEntry>[] {
    const file = path.join(folder, "crosswalk.yaml");
    writeFileSync(file, text);
    return readCrosswalkFile("sync", file, SPELLING).map(
      (entry) => Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined)) as typeof entry,
    );
  }

  const DOCUMENTED = [
    {
      platform_group_name: "Data Analysts",
      platform_group_id: null,
      redshift_group_name: "data_analysts_group",
      redshift_group_id: null,
      notes: "Standard read access for analysts",
    },
    { platform_group_name: "Data Engineers", platform_group_id: 2562, redshift_group_name: "data_engineers_group" },
  ];
  const EXPECTED = [
    { name: "Data Analysts", databaseGroup: "data_analysts_group", notes: "Standard read access for analysts" },
    { name: "Data Engineers", id: "2562", databaseGroup: "data_engineers_group" },
  ];

  it("is read as today's script spells it, in JSON", () => {
    assert.deepEqual(read(JSON.stringify(DOCUMENTED, undefined, 2)), EXPECTED);
  });

  it("is read as today's script spells it, in YAML", () => {
    const text = `
# Who may read what
- platform_group_name: Data Analysts
  platform_group_id:
  redshift_group_name: data_analysts_group
  redshift_group_id: ~
  notes: Standard read access for analysts
- { platform_group_name: Data Engineers, platform_group_id: 2562, redshift_group_name: data_engineers_group }
`;
    assert.deepEqual(read(text), EXPECTED);
  });

  it("is read in our own spelling, with the options", () => {
    const text = "- {platformGroup: A, databaseGroup: a, create: false, mayEmpty: true, nested: true, onRemove: keep}";
    assert.deepEqual(read(text), [
      { name: "A", databaseGroup: "a", create: false, mayEmpty: true, nested: true, onRemove: "keep" },
    ]);
  });

  for (const [what, text, said] of [
    [
      "a key that does not exist",
      "- platform_group: A\n  redshift_group_name: a",
      /:1:3: "platform_group" is not known in an entry of the crosswalk: did you mean platformGroup\?/,
    ],
    ["an entry without a database group", "- platformGroup: A", /:1:3: .*has no databaseGroup or/],
    ["an entry without a group", "- databaseGroup: a", /:1:3: .*has no platformGroup or platform_group_name or/],
    ["a number as a name", "- platformGroup: 12\n  databaseGroup: a", /:1:3: .*numbers need quotation marks/],
    [
      "what Python calls nothing",
      "- platformGroup: A\n  platform_group_id: None\n  databaseGroup: a",
      /:2:3: .*is Python for nothing/,
    ],
    ["several mistakes", "- platformGroup: 1\n  databaseGroup: a\n- databaseGroup: 2", /there are 3 mistakes|:3:3:/],
    ["no list", "platformGroup: A", /must be a list of entries/],
    ["nothing", "", /holds nothing/],
    ["no YAML", "- {platformGroup: A", /:\d+:\d+: /],
  ] as const) {
    it(`is refused with line and column for ${what}`, () => {
      assert.throws(() => read(text), { message: said });
    });
  }

  it("is refused where it is not there", () => {
    assert.throws(() => readCrosswalkFile("sync", path.join(folder, "none.yaml"), SPELLING), {
      message: /sync: the crosswalk cannot be read: ENOENT/,
    });
  });
});
