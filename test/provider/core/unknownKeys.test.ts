import assert from "node:assert/strict";
import { unknownKey } from "../../../provider/core/unknownKeys.js";

describe("unknownKey", () => {
  const GRANT = ["to", "databases", "on", "schema", "objects", "privileges", "grantOption", "validUntil"];

  for (const [given, meant] of [
    ["database", "databases"],
    ["priviliges", "privileges"],
    ["privelege", "privileges"],
    ["grant_option", "grantOption"],
    ["GrantOption", "grantOption"],
    ["until", "validUntil"],
    ["shcema", "schema"],
    ["ot", "to"],
    ["onn", "on"],
  ] as const) {
    it(`asks after ${meant} where ${given} stands`, () => {
      assert.equal(
        unknownKey(given, "a grant", GRANT),
        `"${given}" is not known in a grant: did you mean ${meant}? it can have ${GRANT.join(", ")}`,
      );
    });
  }

  for (const given of ["", "grantee", "owner", "x".repeat(100_000)]) {
    it(`asks after nothing where ${given.slice(0, 10)} stands`, () => {
      assert.match(unknownKey(given, "a grant", GRANT), /^"\w*" is not known in a grant: it can have to, databases, /);
    });
  }
});
