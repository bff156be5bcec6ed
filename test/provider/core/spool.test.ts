import assert from "node:assert/strict";
import { readdirSync, readlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import fc from "fast-check";
import { merged, readingOf } from "../../../provider/core/reading.js";
import { Spool } from "../../../provider/core/spool.js";
import { skip } from "../../skip.js";

describe("a spool", () => {
  it("gives back what was put into each part, in order, whatever it is", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(4), fc.jsonValue()), { maxLength: 200 }),
        fc.integer({ min: 0, max: 70_000 }),
        (records, size) => {
          const spool = new Spool<unknown>(5);
          try {
            // Long ones too, so that more is written than is gathered.
            const all = [...records, ...(records.length > 0 ? ([[2, "é".repeat(size)]] as const) : [])];
            for (const [part, record] of all) spool.add(part, record);
            for (const part of [4, 3, 2, 1, 0]) {
              assert.deepEqual(
                [...spool.read(part)],
                all.filter(([of]) => of === part).map(([, record]) => JSON.parse(JSON.stringify(record)) as unknown),
              );
            }
          } finally {
            spool.close();
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it("can be read more than once, and added to in between", () => {
    const spool = new Spool<number>(1);
    spool.add(0, 1);
    assert.deepEqual([...spool.read(0)], [1]);
    spool.add(0, 2);
    assert.deepEqual([...spool.read(0), ...spool.read(0)], [1, 2, 1, 2]);
    spool.close();
  });

  it("leaves no file with a name, and gives nothing away once it is closed", function () {
    const spools = openSpools();
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith("roster-"));
    const spool = new Spool<string>(1);
    spool.add(0, "ana@example.com");
    assert.deepEqual([...spool.read(0)], ["ana@example.com"]);
    assert.deepEqual(
      readdirSync(tmpdir()).filter((name) => name.startsWith("roster-") && !before.includes(name)),
      [],
    );
    spool.close();
    spool.close();
    assert.throws(() => [...spool.read(0)], /closed/);
    if (process.platform !== "linux") skip(this, "open files are read from /proc");
    assert.ok(openSpools().length <= spools.length);
  });
});

/** Open files without a name that were ours; empty where /proc does not tell. */
function openSpools(): string[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc/self/fd").filter((fd) => {
    try {
      return /roster-.*deleted/.test(readlinkSync(`/proc/self/fd/${fd}`));
    } catch {
      return false;
    }
  });
}

describe("a reading", () => {
  it("counts, says what is missing, and can be gone through again", async () => {
    const reading = readingOf(["ana", "rui"], ["the rest is lost"]);
    assert.deepEqual([reading.count, reading.complete, reading.shortfalls], [2, false, ["the rest is lost"]]);
    const seen: string[] = [];
    for await (const name of reading) seen.push(name);
    assert.deepEqual(
      [seen, await reading.toArray()],
      [
        ["ana", "rui"],
        ["ana", "rui"],
      ],
    );
    reading.close();
    await assert.rejects(reading.toArray(), /closed/);
  });

  it("merges sorted parts to one sorted list", () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.string(), { maxLength: 20 }), { maxLength: 6 }), (parts) => {
        const spool = new Spool<string>(Math.max(1, parts.length));
        for (const [part, names] of parts.entries()) for (const name of [...names].sort()) spool.add(part, name);
        assert.deepEqual([...merged(spool, Math.max(1, parts.length), (name) => name)], parts.flat().sort());
        spool.close();
      }),
      { numRuns: 50 },
    );
  });
});
