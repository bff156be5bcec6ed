import assert from "node:assert/strict";
import fc from "fast-check";
import { DEFAULT_ATTRIBUTES, type Attributes } from "../../../provider/postgres/catalog.js";
import { isAs } from "../../../provider/postgres/roles.js";

const values: { readonly [A in keyof Required<Attributes>]: fc.Arbitrary<Attributes[A]> } = {
  login: fc.boolean(),
  superuser: fc.boolean(),
  createdb: fc.boolean(),
  createrole: fc.boolean(),
  inherit: fc.boolean(),
  replication: fc.boolean(),
  bypassrls: fc.boolean(),
  connectionLimit: fc.integer({ min: -1, max: 3 }),
  validUntil: fc.option(fc.constantFrom("2027-01-31T00:00:00Z", "2028-01-31T00:00:00Z"), { nil: undefined }),
  syslogAccess: fc.constantFrom(undefined, "unrestricted"),
  sessionTimeout: fc.constantFrom(undefined, 60, 120),
};

describe("attributes of roles", () => {
  for (const [attribute, value] of Object.entries(values)) {
    it(`are not the same where ${attribute} differs`, () => {
      fc.assert(
        fc.property(value, value, (one, other) => {
          const [live, wanted] = [one, other].map((each) => ({ ...DEFAULT_ATTRIBUTES, [attribute]: each }));
          assert.ok(live !== undefined && wanted !== undefined);
          assert.equal(isAs(live, wanted), one === other);
        }),
      );
    });
  }

  it("are the same where what is left out is undefined", () => {
    assert.equal(isAs({ ...DEFAULT_ATTRIBUTES, sessionTimeout: undefined }, DEFAULT_ATTRIBUTES), true);
  });
});
