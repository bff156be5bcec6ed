import assert from "node:assert/strict";
import { strangeConfigKeys } from "../../../provider/core/configKeys.js";

describe("strangeConfigKeys", () => {
  const ALL = "it has roster:approvedPlan, roster:connections, roster:maxRemovals, roster:offline";
  for (const [key, advice] of [
    ["roster:maxRemoval", `did you mean roster:maxRemovals? ${ALL}`],
    ["roster:approved-plan", `did you mean roster:approvedPlan? ${ALL}`],
    ["roster:colour", ALL],
    ["roster:connections.postgres.host", "for a part of roster:connections, give pulumi config set the option --path"],
  ] as const) {
    it(`tells of ${key}`, () => {
      const said = `Pulumi config ${key} counts for nothing, as Roster has no such key: ${advice}`;
      assert.deepEqual(strangeConfigKeys(["roster:offline", "larkspur:maxRemoval", key]), [said]);
    });
  }
});
