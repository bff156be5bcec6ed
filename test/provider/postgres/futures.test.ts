import assert from "node:assert/strict";
import { DEFAULT_ATTRIBUTES, blankCatalog, type Catalog } from "../../../provider/postgres/catalog.js";
import { creators, whileStill } from "../../../provider/postgres/futures.js";

/** A server of which superusers are all that can make something. */
function catalogWith(...superusers: string[]): Catalog {
  const catalog = blankCatalog();
  catalog.server = {
    version: 180000,
    currentUser: "op",
    sessionUser: "op",
    bootstrapUser: "op",
    startedAt: "1",
    database: "app",
  };
  for (const name of superusers) addSuperuser(catalog, name);
  return catalog;
}

function addSuperuser(catalog: Catalog, name: string): void {
  catalog.roles.set(name, { ...DEFAULT_ATTRIBUTES, superuser: true, name, comment: undefined, holds: false });
}

describe("whileStill", () => {
  it("works out once who can make something in a schema, for as long as it looks and not longer", () => {
    const catalog = catalogWith("op");
    let kept = catalog;
    whileStill(catalog, (still) => {
      kept = still;
      assert.equal(creators(still, "app", ""), creators(still, "app", ""));
      assert.notEqual(creators(still, "app", ""), creators(still, "app", "public"));
    });
    addSuperuser(catalog, "ana");
    for (const each of [catalog, kept]) assert.deepEqual(creators(each, "app", ""), ["ana", "op"]);
    assert.deepEqual(
      whileStill(catalog, (still) => creators(still, "app", "")),
      ["ana", "op"],
    );
  });

  it("remembers nothing of a look that failed", () => {
    const catalog = catalogWith("op");
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
    addSuperuser(catalog, "ana");
    assert.deepEqual(creators(kept, "app", ""), ["ana", "op"]);
  });
});
