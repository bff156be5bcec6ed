import assert from "node:assert/strict";
import fc from "fast-check";
import { FORM } from "./folder.js";
import { PEOPLE, TestRepository } from "./repository.js";

/** One commit: who makes it, and what the file says from then on. */
interface Step {
  readonly who: keyof typeof PEOPLE;
  readonly days: 300 | 365;
  readonly approved: boolean;
  readonly revoked: boolean;
  readonly note: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  who: fc.constantFrom("john", "jane"),
  days: fc.constantFrom(300 as const, 365 as const),
  approved: fc.boolean(),
  revoked: fc.boolean(),
  note: fc.boolean(),
});

function textOf({ days, approved, revoked, note }: Step): string {
  const form = FORM.replace("365", String(days)).replace("  data_owner: data-team@company.com\n", "");
  const asked = approved ? form : form.replace(/approvals:\n.*\n/, "");
  return `${note ? "# a note\n" : ""}${asked}${revoked ? "revocation: { reason: Has left }\n" : ""}`;
}

/** Whose commit made the file say what it does, by going through the history from its begin. */
function expected(steps: readonly Step[]): string {
  let introducedBy: string | undefined;
  let before: Step | undefined;
  for (const each of steps) {
    const isNew = before?.approved !== each.approved || before.days !== each.days;
    if (isNew) introducedBy = each.approved ? each.who : undefined;
    // What was taken back is not given again by taking that out.
    else if (before?.revoked === true && !each.revoked) introducedBy = undefined;
    before = each;
  }
  if (before?.revoked === true) return "revoked";
  if (before?.approved !== true) return "pending";
  return introducedBy === "jane" ? "pending" : "rejected";
}

describe("any history of a request", () => {
  it("gives an approval to whom wrote it for what is asked now, and to nobody where it was changed or taken back", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 7 }), (steps) => {
        const repository = new TestRepository();
        try {
          for (const each of steps)
            repository.write("requests/john.yaml", textOf(each)).commit("Change", { as: PEOPLE[each.who] });
          const [consumer] = repository.evaluate().consumers;
          assert.equal(consumer?.status, expected(steps));
        } finally {
          repository.remove();
        }
      }),
      { numRuns: 15 },
    );
  });
});
