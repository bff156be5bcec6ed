import assert from "node:assert/strict";
import type { Catalog } from "../../../provider/postgres/catalog.js";
import { creators, whileStill } from "../../../provider/postgres/futures.js";
import { modelWith, plainRole } from "./models.js";

/** A server of which superusers are all that can make something. */
function ruledBy(...superusers: string[]): Catalog {
  return modelWith(...superusers.map((name) => plainRole(name, { superuser: true })));
}

describe("whileStill", () => {
  it("works out once who can make something in a schema, for as long as it looks and not longer", () => {
    const catalog = ruledBy("op");
    let kept = catalog;
    whileStill(catalog, (still) => {
      kept = still;
      assert.equal(creators(still, "app", ""), creators(still, "app", ""));
      assert.notEqual(creators(still, "app", ""), creators(still, "app", "public"));
    });
    catalog.roles.set("ana", plainRole("ana", { superuser: true }));
    for (const each of [catalog, kept]) assert.deepEqual(creators(each, "app", ""), ["ana", "op"]);
    assert.deepEqual(
      whileStill(catalog, (still) => creators(still, "app", "")),
      ["ana", "op"],
    );
  });

  it("remembers nothing of a look that failed", () => {
    const catalog = ruledBy("op");
    let kept = catalog;
    assert.throws(
      () =>
        whileStill(catalog, (still) => {
          kept = still;
          creators(still, "app", "");
          throw new Error("no");
        }),
      /no/,
    );
    catalog.roles.set("ana", plainRole("ana", { superuser: true }));
    assert.deepEqual(creators(kept, "app", ""), ["ana", "op"]);
  });
});
