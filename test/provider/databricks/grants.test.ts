import assert from "node:assert/strict";
import { ORDERS, changes, grants, requests, scene } from "./scene.js";

describe("databricks.Grants", () => {
  it("makes the list the whole, in one read and one request with what differs", () =>
    scene(async ({ workspace, metastore, stack }) => {
      metastore.grant(ORDERS, "mallory@example.com", "SELECT", "MODIFY");
      metastore.grant(ORDERS, "rui@example.com", "SELECT", "APPLY_TAG");
      const program = {
        orders: grants({ SELECT: ["ana@example.com", "rui@example.com"], "modify ": ["Ana@example.com"] }),
      };
      await stack.succeed(program);
      const sent = changes(workspace);
      assert.deepEqual(sent, [
        [
          { principal: "Ana@example.com", add: ["MODIFY", "SELECT"] },
          { principal: "mallory@example.com", remove: ["MODIFY", "SELECT"] },
          { principal: "rui@example.com", remove: ["APPLY_TAG"] },
        ],
      ]);
      assert.deepEqual((await stack.succeed(program)).ops, { orders: "same" });
      assert.deepEqual(requests(workspace), []);
      await stack.refresh();
      assert.deepEqual((await stack.succeed(program)).ops, { orders: "same" });

      metastore.grant(ORDERS, "mallory@example.com", "SELECT");
      metastore.revoke(ORDERS, "ana@example.com", "SELECT");
      await stack.refresh();
      const { plans } = await stack.preview(program);
      assert.equal(plans["orders"]?.length, 1);
      await stack.succeed(program);
      assert.deepEqual(metastore.direct(ORDERS), {
        "ana@example.com": ["MODIFY", "SELECT"],
        "rui@example.com": ["SELECT"],
      });
      await stack.destroy();
      assert.deepEqual(metastore.direct(ORDERS), {});
    }));

  it("leaves alone who is ignored, on the list and on the securable, whatever the case", () =>
    scene(async ({ metastore, stack }) => {
      metastore.addPrincipal("SVC-etl", "svc-other");
      metastore.grant(ORDERS, "SVC-etl", "MODIFY");
      const program = { orders: grants({ SELECT: ["ana@example.com", "svc-other"] }, { ignore: ["Svc-*"] }) };
      await stack.succeed(program);
      assert.deepEqual(metastore.direct(ORDERS), { "SVC-etl": ["MODIFY"], "ana@example.com": ["SELECT"] });
      await stack.refresh();
      assert.deepEqual((await stack.succeed(program)).ops, { orders: "same" });
    }));

  it("never takes its own access, MANAGE of a group that it is in, or ownership", () =>
    scene(
      async ({ metastore, stack }) => {
        metastore.addGroup("admins", ["runner@example.com"]);
        metastore.grant(ORDERS, "Runner@example.com", "SELECT");
        metastore.grant(ORDERS, "admins", "MANAGE", "SELECT");
        metastore.grant(ORDERS, "rui@example.com", "MANAGE");
        const program = { orders: grants({ SELECT: ["ana@example.com"] }) };
        await stack.succeed(program);
        assert.deepEqual(metastore.direct(ORDERS), {
          admins: ["MANAGE"],
          "ana@example.com": ["SELECT"],
          "runner@example.com": ["SELECT"],
        });
        assert.equal(metastore.ownerOf(ORDERS), "owner@example.com");
        await stack.refresh();
        assert.deepEqual((await stack.succeed(program)).ops, { orders: "same" });

        // On the list with less, it keeps MANAGE all the same; taken back, it is kept too.
        metastore.grant(ORDERS, "runner@example.com", "MANAGE", "MODIFY");
        await stack.succeed({ orders: grants({ MANAGE: ["runner@example.com"], SELECT: ["ana@example.com"] }) });
        assert.deepEqual(metastore.direct(ORDERS)["runner@example.com"], ["MANAGE"]);
        await stack.destroy();
        assert.deepEqual(metastore.direct(ORDERS)["runner@example.com"], ["MANAGE"]);
      },
      { caller: "runner@example.com" },
    ));

  it("does not empty a securable because a list came back empty, unless it is told to", () =>
    scene(async ({ workspace, metastore, stack }) => {
      const people = Array.from({ length: 30 }, (_, index) => `p${String(index)}@example.com`);
      metastore.addPrincipal(...people);
      await stack.succeed({ orders: grants({ SELECT: people }) });
      changes(workspace);
      const { errors } = await stack.up({ orders: grants({}) });
      assert.match(
        String(errors[0]?.message),
        /would remove 30 of 30 principals with privileges on table main.sales.orders/,
      );
      assert.deepEqual(changes(workspace), []);
      await stack.succeed({ orders: grants({}) }, { maxRemovals: 30 });
      assert.deepEqual(metastore.direct(ORDERS), {});
    }));

  it("takes what has ended by itself from however many, in a list that still names them or does not any more", () =>
    scene(async ({ metastore, stack }) => {
      const people = Array.from({ length: 30 }, (_, index) => `p${String(index)}@example.com`);
      metastore.addPrincipal(...people);
      const program = { orders: grants({ SELECT: people.map((name) => ({ name, until: "2027-01-31" })) }) };
      for (const later of [program, { orders: grants({}) }]) {
        await stack.succeed(program);
        assert.equal(Object.keys(metastore.direct(ORDERS)).length, 30);
        await stack.succeed(later, { now: "2027-01-31T00:00:00Z" });
        assert.deepEqual(metastore.direct(ORDERS), {});
      }
      await stack.succeed(program);
      const { errors } = await stack.up({ orders: grants({}) }, { now: "2027-01-30T00:00:00Z" });
      assert.match(String(errors[0]?.message), /would remove 30 of 30 principals/);
    }));

  it("reads every page, also where an empty one comes before it", () =>
    scene(async ({ workspace, metastore, stack }) => {
      const people = Array.from({ length: 400 }, (_, index) => `p${String(index)}@example.com`);
      metastore.addPrincipal(...people);
      for (const each of people) metastore.grant(ORDERS, each, "SELECT");
      workspace.behaviour.emptyPages = true;
      await stack.succeed({ orders: grants({ SELECT: people }) });
      assert.deepEqual(requests(workspace), Array<string>(6).fill("GET table/main.sales.orders"));
    }));

  it("keeps what somebody else gave between read and write in the state, so that the next run takes it", () =>
    scene(async ({ workspace, metastore, stack }) => {
      const program = { orders: grants({ SELECT: ["ana@example.com"] }) };
      workspace.behaviour.meanwhile = (securable) => {
        metastore.grant(securable, "mallory@example.com", "MODIFY");
        workspace.behaviour.meanwhile = undefined;
      };
      await stack.succeed(program);
      assert.deepEqual(metastore.direct(ORDERS)["mallory@example.com"], ["MODIFY"]);
      assert.deepEqual((await stack.succeed(program)).ops, { orders: "update" });
      assert.deepEqual(metastore.direct(ORDERS), { "ana@example.com": ["SELECT"] });
    }));

  it("takes back what has ended, and says so in the preview of an unchanged program", () =>
    scene(async ({ metastore, stack }) => {
      const program = {
        orders: grants({ SELECT: ["rui@example.com", { name: "ana@example.com", until: "2026-07-01" }] }),
      };
      await stack.succeed(program);
      const late = { now: "2026-07-02T00:00:00Z" };
      const { plans } = await stack.preview(program, late);
      assert.match(String(plans["orders"]), /ana@example.com","remove":\["SELECT"\]/);
      await stack.succeed(program, late);
      assert.deepEqual(metastore.direct(ORDERS), { "rui@example.com": ["SELECT"] });
    }));

  it("refuses two lists for one securable, and two spellings of one principal", () =>
    scene(async ({ stack }) => {
      const twice = await stack.preview({ a: grants({ SELECT: ["ana@example.com", "Ana@example.com"] }) });
      assert.match(String(twice.errors[0]?.message), /are one principal, because case does not count/);
      const keys = await stack.preview({ a: grants({ SELECT: ["ana@example.com"], select: ["rui@example.com"] }) });
      assert.match(String(keys.errors[0]?.message), /SELECT stands twice/);
      const privilege = await stack.preview({ a: grants({ EXECUTE: ["ana@example.com"] }) });
      assert.match(String(privilege.errors[0]?.message), /EXECUTE cannot be given on a table/);
    }));
});
