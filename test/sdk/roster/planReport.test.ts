import assert from "node:assert/strict";
import fc from "fast-check";
import type { ApprovedPlan } from "../../../provider/core/approvedPlan.js";
import { howLeft } from "../../../sdk/roster/plan.js";
import { planReport } from "../../../sdk/roster/planReport.js";

const change = (
  id: string,
  plan: string[],
  more: Partial<ApprovedPlan["changes"][number]> = {},
): ApprovedPlan["changes"][number] => ({
  resource: "postgres.User",
  connection: "postgres",
  id,
  urn: `urn:${id}`,
  operation: "create",
  plan,
  ...more,
});
const planOf = (changes: ApprovedPlan["changes"], more: Partial<ApprovedPlan> = {}): ApprovedPlan => ({
  version: 1,
  stack: "prod",
  approvable: true,
  problems: [],
  changes,
  deletes: [],
  others: {},
  ...more,
});

describe("a plan as it is shown", () => {
  const { urn, resource, connection, id } = change("old", []);
  const whole = planOf(
    [change("ana", ["CREATE ROLE ana LOGIN;"]), change("rui", [], { operation: "replace", connection: "own" })],
    {
      deletes: [
        { urn, resource, connection, id },
        { urn: "urn:rui", resource, connection: "own", id: "rui" },
      ],
      others: { create: 2 },
    },
  );

  it("counts, names statements under their resource, and deletes that are none of a replacement", () => {
    assert.equal(
      planReport(whole, [{ urn: undefined, text: "careful" }], "text"),
      [
        'create postgres.User "ana"',
        "    CREATE ROLE ana LOGIN;",
        'replace postgres.User "rui" (connection own)',
        'delete postgres.User "old"',
        "warning: careful",
        "prod: 1 to create, 1 to replace, 1 to delete; 2 of other providers, to which the plan does not hold an update",
        "",
      ].join("\n"),
    );
    assert.equal(planReport(planOf([]), [], "text"), "prod: nothing to change\n");
    assert.deepEqual(JSON.parse(planReport(whole, [], "json")), whole);
  });

  it("tells what a system keeps from what it loses", () => {
    const left = new Map([["urn:old", "as it is: it was there before this stack"]]);
    assert.match(
      planReport(whole, [], "text", left),
      /\nleave postgres\.User "old" as it is: it was there before this stack\nprod: 1 to create, 1 to replace, 1 to leave;/,
    );
    assert.match(
      planReport(whole, [], "markdown", left),
      /^### .*, 1 to leave;[^]*\n- leave `postgres\.User "old"` as it is: it was there before this stack\n/,
    );
    assert.deepEqual(JSON.parse(planReport(whole, [], "json", left)), whole);
  });

  for (const [token, outputs, how] of [
    ["postgres.Group", { adopted: true }, "as it is: it was there before this stack"],
    ["postgres.Group", { onRemove: "keep" }, 'as it is: onRemove is "keep"'],
    ["postgres.Group", { adopted: true, onRemove: "drop" }, undefined],
    ["postgres.Group", {}, undefined],
    ["postgres.User", { adopted: true }, "without its login: it was there before this stack"],
    ["postgres.User", { onRemove: "disable" }, 'without its login: onRemove is "disable"'],
    // Of a list of users these are the names that were adopted.
    ["postgres.Access", { adopted: "ana\n" }, undefined],
    ["postgres.Access", { onRemove: "disable" }, undefined],
  ] as const) {
    it(`leaves ${token} with ${JSON.stringify(outputs)} ${how ?? "to nobody"}`, () => {
      assert.equal(howLeft({ token, outputs }), how);
    });
  }

  it("says first that it cannot be approved", () => {
    const text = planReport(planOf([], { approvable: false, problems: ["name: not known"] }), [], "markdown");
    assert.match(
      text,
      /^### Access on `prod`: nothing to change\n\n> \[!WARNING\]\n> This plan cannot be approved:\n> - name: not known\n/,
    );
  });

  it("is a comment that no name can break out of, and that GitHub takes", () => {
    const names = fc.string({ unit: fc.constantFrom("a", "`", "\n", "@", "<", "é", "~"), minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(fc.array(names, { minLength: 1, maxLength: 20 }), fc.nat(2000), (lines, times) => {
        const text = planReport(
          planOf([
            change(
              "x",
              lines.map((line) => line.repeat(1 + (times % 50))),
            ),
          ]),
          [],
          "markdown",
        );
        assert.ok(text.length < 65_536);
        const fence = /\n(`{3,})\n/.exec(text)?.[1] ?? "";
        const inside = text.split(`\n${fence}\n`);
        assert.equal(inside.length, 3, "the fence stands at the beginning and at the end, and nowhere else");
      }),
    );
    const long = planOf(
      Array.from({ length: 5000 }, (_, index) => change(`user_${String(index)}`, ["CREATE ROLE x LOGIN;"])),
    );
    const text = planReport(long, [], "markdown");
    assert.ok(text.length < 65_536);
    assert.match(text, /… and \d+ more, which the plan's file has whole\.\n$/);
  });
});
