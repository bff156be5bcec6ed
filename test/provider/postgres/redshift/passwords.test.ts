import assert from "node:assert/strict";
import fc from "fast-check";
import {
  FORMS,
  isStored,
  refusedPassword,
  storedForm,
  verifies,
} from "../../../../provider/postgres/redshift/passwords.js";

describe("passwords of Redshift", () => {
  const good = fc
    .tuple(
      fc.stringMatching(/^[A-Z][a-z][0-9][!#$%&()*+,.:;<=>?[\]^_`{|}~A-Za-z0-9-]{5,61}$/),
      fc.string({ minLength: 1 }),
    )
    .filter(([password]) => !password.startsWith("md5"));

  it("are stored in a form that knows its password, and no other", () => {
    fc.assert(
      fc.property(good, fc.constantFrom(...FORMS), ([password, user], form) => {
        const stored = storedForm(form, password, user);
        assert.ok(isStored(stored) && !stored.includes(password));
        assert.ok(verifies(password, user, stored));
        assert.ok(!verifies(`${password}x`, user, stored));
        assert.equal(refusedPassword(password), undefined);
        assert.equal(refusedPassword(stored), undefined);
      }),
    );
  });

  it("are salted in the form sha256, and hold the user's name in the form md5", () => {
    assert.notEqual(storedForm("sha256", "Kestrel77x", "ana"), storedForm("sha256", "Kestrel77x", "ana"));
    assert.equal(storedForm("md5", "Kestrel77x", "usr_new1"), "md540c2895cf7728883e7aaa03b8c87910e");
    assert.ok(!verifies("Kestrel77x", "rui", storedForm("md5", "Kestrel77x", "ana")));
  });

  for (const [password, reason] of [
    ["Kes77x", "8 to 64"],
    [`Aa1${"z".repeat(62)}`, "8 to 64"],
    ["kestrel77x", "an upper case letter"],
    ["KESTREL77X", "a lower case letter"],
    ["KestrelHawk", "a digit"],
    ["kestrelhawk", "an upper case letter and a digit"],
    ["Kestrel/77x", "must not hold"],
    ["Kestrel@77x", "must not hold"],
    ["Kestrel\\77x", "must not hold"],
    ["Kestrel'77x", "must not hold"],
    ["Kestrel 77x", "ASCII"],
    ["Kestrél77x", "ASCII"],
    ["md5nothexadecimalnothexadecimal99", "begins as a hash"],
    ["sha256|Kestrel77x", "begins as a hash"],
    ["", "8 to 64"],
  ] as const)
    it(`are refused: ${JSON.stringify(password)}`, () => {
      assert.match(refusedPassword(password) ?? "", new RegExp(reason));
    });
});
