import assert from "node:assert/strict";
import fc from "fast-check";
import { Gate } from "../../../provider/core/gate.js";

describe("Gate", () => {
  it("lets work go together or alone, in the order in which it came, whatever fails", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ alone: fc.boolean(), fails: fc.boolean(), turns: fc.nat(3) }), { maxLength: 20 }),
        async (jobs) => {
          const gate = new Gate();
          const inside = new Set<number>();
          const begun: number[] = [];
          const outcomes = await Promise.allSettled(
            jobs.map(({ alone, fails, turns }, index) => {
              const work = async (): Promise<number> => {
                begun.push(index);
                inside.add(index);
                for (let turn = 0; turn <= turns; turn += 1) {
                  await Promise.resolve();
                  const others = [...inside].filter((other) => other !== index);
                  assert.ok(others.length === 0 || (!alone && others.every((other) => !jobs[other]?.alone)));
                }
                inside.delete(index);
                if (fails) throw new Error("it failed");
                return index;
              };
              return alone ? gate.alone(work) : gate.together(work);
            }),
          );
          assert.deepEqual(
            begun,
            jobs.map((_job, index) => index),
          );
          assert.deepEqual(
            outcomes.map(({ status }) => status === "rejected"),
            jobs.map(({ fails }) => fails),
          );
        },
      ),
    );
  });
});
