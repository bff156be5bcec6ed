import assert from "node:assert/strict";
import { catalogue } from "./catalogue.js";
import { group, membership, user } from "./declare.js";
import { onEachEngine, scene } from "./scene.js";

onEachEngine("many at once", (engine) => {
  it("200 memberships, 16 at a time, are made and taken away without an error", () =>
    scene({ engine }, async (workspace, db) => {
      const names = (prefix: string, count: number): string[] =>
        Array.from({ length: count }, (_, index) => `${prefix}${String(index).padStart(2, "0")}`);
      const [users, groups] = [names("u", 20), names("g", 10)];
      const pairs = groups.flatMap((of) => users.map((member) => [of, member] as const));
      const { text } = await workspace.up(
        [
          ...users.map((name) => user(name)),
          ...groups.map((name) => group(name)),
          ...pairs.map(([of, member]) => membership(of, member)),
        ],
        "--parallel",
        "16",
      );
      assert.doesNotMatch(text, /error|warning/i);
      assert.deepEqual(
        (await catalogue(db)).memberships,
        pairs.map(([of, member]) => `${of} < ${member}`),
      );
      const { text: destroyed } = await workspace.destroy("--parallel", "16");
      assert.doesNotMatch(destroyed, /error|warning/i);
    }));
});
