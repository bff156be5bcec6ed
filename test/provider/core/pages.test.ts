import assert from "node:assert/strict";
import fc from "fast-check";
import { ListMoved, readPages } from "../../../provider/core/pages.js";

/** Reads a list to its end. */
async function readAll(list: Parameters<typeof readPages<string>>[0]): Promise<string[]> {
  const read: string[] = [];
  for await (const page of readPages(list)) read.push(...page);
  return read;
}

const key = (entry: string): string => entry;

describe("pages", () => {
  it("give every entry of a list that stays as it is, once and in order", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 60 }),
        fc.integer({ min: 2, max: 20 }),
        fc.nat(4),
        fc.integer({ min: 0, max: 80 }),
        async (names, size, ahead, expected) => {
          const live = [...names].sort();
          let asked = 0;
          const fetch = (first: number, max: number): Promise<string[]> => {
            asked += 1;
            return Promise.resolve(live.slice(first, first + max));
          };
          assert.deepEqual(await readAll({ size, ahead, expected, fetch, key }), live);
          const least = live.length < size ? 1 : Math.floor((live.length - 1) / (size - 1)) + 1;
          if (expected <= live.length) assert.ok(asked <= least, `${asked} requests where ${least} do`);
        },
      ),
    );
  });

  it("skip nobody who is there from beginning to end, whoever comes and goes meanwhile", async () => {
    const change = fc.record({
      at: fc.nat(30),
      leave: fc.array(fc.nat(59), { maxLength: 12 }),
      come: fc.array(fc.nat(99)),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 15 }),
        fc.nat(3),
        fc.array(change, { maxLength: 6 }),
        async (size, ahead, changes) => {
          const start = Array.from({ length: 60 }, (_none, index) => `m${String(index).padStart(2, "0")}`);
          const live = new Set(start);
          const stayed = new Set(start);
          let request = 0;
          const fetch = (first: number, max: number): Promise<string[]> => {
            for (const { leave, come } of changes.filter(({ at }) => at === request)) {
              for (const index of leave) {
                live.delete(start[index] ?? "");
                stayed.delete(start[index] ?? "");
              }
              for (const index of come) live.add(`${index % 2 === 0 ? "a" : "m30"}${String(index)}`);
            }
            request += 1;
            return Promise.resolve([...live].sort().slice(first, first + max));
          };
          let read: string[];
          try {
            read = await readAll({ size, ahead, expected: 60, fetch, key });
          } catch (error) {
            // It may say that it could not; it may not be silent about it.
            assert.ok(error instanceof ListMoved);
            return;
          }
          const seen = new Set(read);
          assert.deepEqual(
            [...stayed].filter((name) => !seen.has(name)),
            [],
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  it("go back where a page comes back empty, and give up where it stays so", async () => {
    const live = Array.from({ length: 50 }, (_none, index) => String(index).padStart(2, "0"));
    let lost = 1;
    const fetch = (first: number, max: number): Promise<string[]> => {
      if (first > 20 && lost > 0) {
        lost -= 1;
        return Promise.resolve([]);
      }
      return Promise.resolve(live.slice(first, first + max));
    };
    assert.deepEqual(await readAll({ size: 10, fetch, key }), live);
    lost = Infinity;
    await assert.rejects(readAll({ size: 10, fetch, key }), ListMoved);
  });

  it("ask for no page ahead where nobody knows of one, and for no more than is allowed", async () => {
    const live = Array.from({ length: 100 }, (_none, index) => String(index).padStart(3, "0"));
    for (const [ahead, expected, most] of [
      [undefined, undefined, 1],
      [3, 100, 4],
      [3, 30, 4],
    ] as const) {
      let open = 0;
      let peak = 0;
      const fetch = async (first: number, max: number): Promise<string[]> => {
        open += 1;
        peak = Math.max(peak, open);
        await new Promise((resolve) => setImmediate(resolve));
        open -= 1;
        return live.slice(first, first + max);
      };
      const options = { ...(ahead === undefined ? {} : { ahead }), ...(expected === undefined ? {} : { expected }) };
      assert.deepEqual(await readAll({ size: 10, fetch, key, ...options }), live);
      assert.equal(peak, most);
    }
  });

  it("tell the failure of a page to whoever waits for it", async () => {
    const fetch = (first: number): Promise<string[]> =>
      first === 0 ? Promise.resolve(["a", "b", "c"]) : Promise.reject(new Error("lost"));
    await assert.rejects(readAll({ size: 3, ahead: 3, expected: 30, fetch, key }), /lost/);
  });
});
