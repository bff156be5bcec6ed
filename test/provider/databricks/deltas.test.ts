import assert from "node:assert/strict";
import fc from "fast-check";
import { applyTo, type Change } from "../../../provider/databricks/changes.js";
import { addedDelta, wholeDelta } from "../../../provider/databricks/grantDeltas.js";
import {
  ignoredBy,
  observedAdded,
  observedWhole,
  readLists,
  type GrantList,
} from "../../../provider/databricks/grantLists.js";
import { blankMetastore, copyMetastore, fold, type Metastore } from "../../../provider/databricks/metastore.js";
import { encodeGrantees, type Lists } from "../../../provider/databricks/arguments.js";
import type { RunOptions } from "../../../provider/core/resource.js";

const ON = "table main.sales.orders";
const RUN: RunOptions = { maxRemovals: Infinity, offline: false, claimed: () => false, now: new Date(0) };

const people = ["ana", "Ana@X", "rui", "zoe", "svc-1", "me", "ours"];
const privileges = ["SELECT", "MODIFY", "ALL_PRIVILEGES", "MANAGE", "EXTERNAL_USE_SCHEMA"];

const principal = fc.constantFrom(...people, "ANA@x", "RUI");
const grants = fc.array(fc.tuple(fc.constantFrom(...privileges), principal), { maxLength: 14 });
const account = fc.constantFrom(undefined, { names: new Set(["me"]), groups: new Set(["ours"]) });

function listsOf(given: readonly (readonly [string, string])[]): Lists {
  const lists: Record<string, Map<string, string>> = {};
  for (const [privilege, name] of given) (lists[privilege] ??= new Map()).set(fold(name), name);
  const texts = Object.entries(lists).map(([privilege, of]) => [
    privilege,
    encodeGrantees([...of.values()].map((name) => ({ principal: name }))),
  ]);
  return Object.fromEntries(texts) as Lists;
}

function live(given: readonly (readonly [string, string])[], who: Metastore["account"]): Metastore {
  const metastore: Metastore = { ...blankMetastore(), account: who, edition: "databricks" };
  metastore.securables.set(ON, new Map());
  for (const [privilege, name] of given)
    applyTo(metastore, { securable: ON, principal: name, add: [privilege], remove: [] });
  return metastore;
}

const list = (given: readonly (readonly [string, string])[], ignore: readonly string[] = []): GrantList =>
  readLists(ON, listsOf(given), ignoredBy(ignore));

/** What a metastore is after changes. */
function after(metastore: Metastore, changes: readonly Change[]): Metastore {
  const copy = copyMetastore(metastore);
  for (const change of changes) applyTo(copy, change);
  return copy;
}

const written = (lists: Lists): string => JSON.stringify(Object.entries(lists).sort());

describe("deltas of Databricks", () => {
  it("of a whole list lead to what is declared, and are empty exactly where that is so", () => {
    fc.assert(
      fc.property(grants, grants, account, fc.subarray(["svc-*", "Z?e"]), (there, declared, who, ignore) => {
        const metastore = live(there, who);
        const wanted = list(declared, ignore);
        const changes = wholeDelta(metastore, wanted, RUN).units.flat();
        const then = after(metastore, changes);
        assert.deepEqual(wholeDelta(then, wanted, RUN).units, []);
        // What is kept for the account's sake is neither taken nor shown.
        const expected = readLists(ON, listsOf(declared), ignoredBy(ignore));
        assert.equal(written(observedWhole(then, wanted)), written(observedOf(expected)));
        const isThere = written(observedWhole(metastore, wanted)) === written(observedOf(expected));
        if (isThere) assert.deepEqual(changes, []);
      }),
    );
  });

  it("of a whole list never touch who is ignored, nor MANAGE of the account that runs this", () => {
    fc.assert(
      fc.property(grants, grants, account, (there, declared, who) => {
        const changes = wholeDelta(live(there, who), list(declared, ["SVC-*", "zoe"]), RUN).units.flat();
        for (const { principal: name, remove } of changes) {
          assert.ok(!/^(svc-1|zoe)$/i.test(name));
          if (who === undefined || /^(me|ours)$/.test(name)) assert.ok(!remove.includes("MANAGE"));
        }
      }),
    );
  });

  it("of additions give what is declared, take only what was declared before, and leave the rest as it was", () => {
    fc.assert(
      fc.property(grants, grants, grants, account, (there, before, declared, who) => {
        const metastore = live(there, who);
        const wanted = list(declared);
        const changes = addedDelta(metastore, wanted, list(before), RUN).units.flat();
        const then = after(metastore, changes);
        assert.equal(written(observedAdded(then, wanted)), written(observedOf(wanted)));
        const earlier = new Set(before.map(([privilege, name]) => `${privilege} ${fold(name)}`));
        for (const { principal: name, remove } of changes) {
          for (const privilege of remove) assert.ok(earlier.has(`${privilege} ${fold(name)}`));
        }
        assert.deepEqual(addedDelta(then, wanted, wanted, RUN).units, []);
      }),
    );
  });

  it("tell a principal in one change, and never add and remove one privilege", () => {
    fc.assert(
      fc.property(grants, grants, grants, account, (there, before, declared, who) => {
        const metastore = live(there, who);
        for (const { units } of [
          wholeDelta(metastore, list(declared), RUN),
          addedDelta(metastore, list(declared), list(before), RUN),
        ]) {
          const names = units.flat().map((change) => fold(change.principal));
          assert.equal(new Set(names).size, names.length);
          for (const { add, remove } of units.flat()) assert.ok(!add.some((privilege) => remove.includes(privilege)));
        }
      }),
    );
  });
});

/** A list as it is observed when all of it is there. */
function observedOf({ principals }: GrantList): Lists {
  const found: Record<string, { principal: string }[]> = {};
  for (const wanted of principals.values()) {
    for (const [privilege, grantee] of wanted) (found[privilege] ??= []).push(grantee);
  }
  return Object.fromEntries(Object.entries(found).map(([privilege, of]) => [privilege, encodeGrantees(of)]));
}
