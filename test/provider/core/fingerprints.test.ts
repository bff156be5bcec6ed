import assert from "node:assert/strict";
import fc from "fast-check";
import {
  Fingerprinter,
  changedFields,
  hasDigest,
  newKey,
  packFingerprints,
  packTags,
  unpackFingerprints,
  unpackTags,
} from "../../../provider/core/fingerprints.js";

const FIELDS = Array.from({ length: 32 }, (_, index) => `field${String(index)}`);
const KEY = "AAECAwQFBgcICQoLDA0ODw==";
const record = fc.dictionary(fc.constantFrom(...FIELDS), fc.string());

function made(given: Record<string, unknown>, key = KEY, name = "ana"): string {
  return new Fingerprinter(key).fingerprint(name, JSON.stringify(given), given, FIELDS);
}

describe("fingerprints", () => {
  it("survive being packed, whatever the records", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), record), (records) => {
        const maker = new Fingerprinter(newKey());
        const all = new Map(
          Object.entries(records).map(([name, each]) => [
            maker.tag(name),
            maker.fingerprint(name, JSON.stringify(each), each, FIELDS),
          ]),
        );
        assert.deepEqual([...unpackFingerprints(packFingerprints(all))].sort(), [...all].sort());
        assert.deepEqual([...unpackTags(packTags(all.keys()))].sort(), [...all.keys()].sort());
      }),
    );
  });

  it("name the fields that changed, came or went, and no others", () => {
    fc.assert(
      fc.property(record, record, (one, other) => {
        const changed = FIELDS.filter((field) => one[field] !== other[field]);
        const named = changedFields(made(one), made(other), FIELDS);
        // One change in 4096 is not seen; none is made up.
        assert.deepEqual(
          named.filter((field) => !changed.includes(field)),
          [],
        );
        assert.ok(changed.length - named.length <= 1);
      }),
    );
  });

  it("differ with the record, its name and the key", () => {
    const maker = new Fingerprinter(KEY);
    const own = made({ field1: "a" });
    assert.ok(hasDigest(own, maker.digest("ana", '{"field1":"a"}')));
    assert.ok(!hasDigest(own, maker.digest("ana", '{"field1":"b"}')));
    assert.ok(!hasDigest(own, maker.digest("rui", '{"field1":"a"}')));
    assert.ok(!hasDigest(own, new Fingerprinter(newKey()).digest("ana", '{"field1":"a"}')));
    assert.notEqual(made({ field1: "a" }, KEY, "rui").slice(13), own.slice(13), "equal fields do not look equal");
  });

  it("are as every version wrote them", () => {
    const maker = new Fingerprinter(KEY);
    const packed = packFingerprints(new Map([[maker.tag("ana"), made({ field0: "x", field31: "y", field2: "z" })]]));
    assert.equal(packed, "AQIRkJMszOsCtAU3RLyOgAAABWR0xhFQ");
  });

  it("of another kind are none, so that everything is sent again", () => {
    assert.equal(unpackFingerprints("AgAAAA==").size, 0);
    assert.equal(unpackFingerprints(undefined).size, 0);
    assert.equal(unpackFingerprints(packFingerprints(new Map([["12345", made({})]])).slice(0, 12)).size, 0);
  });
});
