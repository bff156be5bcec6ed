import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { handOver, type HandedOver } from "../../../provider/glean/handover.js";
import { personSchema } from "../../../provider/glean/personFields.js";
import { readKeys, recordsOf } from "../../../provider/glean/directoryRecords.js";

async function recordsIn({ shards }: HandedOver): Promise<Map<string, Readonly<Record<string, unknown>>>> {
  const found = new Map<string, Readonly<Record<string, unknown>>>();
  for (const shard of shards) {
    for await (const { key, record } of recordsOf(shard)) {
      assert.ok(!found.has(key), `${key} stands twice`);
      found.set(key, record);
    }
  }
  return found;
}

const hand = (people: readonly object[], more: Partial<Parameters<typeof handOver>[0]> = {}): Promise<HandedOver> =>
  handOver({ people, teams: [], shards: 4, ...more });

describe("a directory as a program hands it over", () => {
  it("is the same file by file, whatever the order in which people come", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.record({ n: fc.nat(500), title: fc.string({ minLength: 1 }) }), { selector: ({ n }) => n }),
        async (given) => {
          const people = given.map(({ n, title }) => ({ email: `p${String(n)}@example.com`, department: "IT", title }));
          const [one, other] = [await hand(people), await hand([...people].reverse())];
          assert.deepEqual(
            other.shards.map(({ digest }) => digest),
            one.shards.map(({ digest }) => digest),
          );
          assert.equal(other.list.digest, one.list.digest);
          assert.equal(other.keys.digest, one.keys.digest);
          assert.deepEqual([...(await recordsIn(one)).keys()].sort(), people.map(({ email }) => email).sort());
          assert.equal(one.people, people.length);
        },
      ),
      { numRuns: 25 },
    );
  });

  it("holds nobody who could only be sent broken, names each with the reason, and remembers that they are there", async () => {
    const handed = await hand([
      { source: "1", email: "", firstName: "Ana", department: "IT" },
      { source: "2", email: "Rui@example.com" },
      { email: "no address", department: "IT" },
      { email: "mei@example.com", department: "IT", startDate: "soon", shoes: 1 },
      { firstName: "Zoë", lastName: null, department: "IT" },
      { source: "5", email: "ok@example.com", department: "IT", lastName: "", title: null },
    ]);
    const fields = Object.keys(personSchema.shape).join(", ");
    assert.deepEqual(handed.skipped, [
      { who: "1", why: "has no e-mail address" },
      { who: "Rui@example.com", why: "department is missing" },
      { who: "no address", why: "email must be an e-mail address" },
      {
        who: "mei@example.com",
        why: `startDate must be a date such as 2027-01-31; "shoes" is not known in a person: it can have ${fields}`,
      },
      { who: "Zoë", why: "has no e-mail address" },
    ]);
    assert.deepEqual(
      [...(await recordsIn(handed))],
      [["ok@example.com", { department: "IT", email: "ok@example.com" }]],
    );
    const keys = await readKeys(handed.keys);
    assert.deepEqual([...keys.wanted], [["ok@example.com", "5"]]);
    assert.deepEqual([...keys.held].sort(), ["mei@example.com", "no address", "rui@example.com"]);
    assert.deepEqual([...keys.lost], ["1"]);
  });

  it("gives a department to who has none", async () => {
    const records = await recordsIn(await hand([{ email: "ana@example.com" }], { department: "Unassigned" }));
    assert.equal(records.get("ana@example.com")?.["department"], "Unassigned");
  });

  it("has one of two who differ in the case of their address alone, always the same one, and says so", async () => {
    const two = [
      { email: "ana@example.com", department: "IT", title: "B" },
      { email: "Ana@Example.com", department: "IT", title: "A" },
    ];
    for (const people of [two, [...two].reverse()]) {
      const handed = await hand(people);
      assert.equal((await recordsIn(handed)).get("ana@example.com")?.["title"], "A");
      assert.match(handed.skipped[0]?.why ?? "", /is there twice/);
    }
    assert.equal((await hand([two[0] ?? {}, two[0] ?? {}])).skippedCount, 0, "exactly the same twice is no news");
  });

  it("takes no more than it is told to, and says that somebody is missing", async () => {
    const many = Array.from({ length: 12 }, (_, n) => ({ email: `p${String(n)}@example.com`, department: "IT" }));
    const cut = await hand(many, { maxUsers: 10 });
    assert.deepEqual([cut.people, cut.cut], [10, true]);
    assert.equal((await hand(many, { maxUsers: 12 })).cut, false);
  });

  it("keeps what the source calls people out of what is sent", async () => {
    const handed = await hand([{ source: "secret-source-id", email: "ana@example.com", department: "IT" }]);
    for (const { path } of handed.shards) assert.doesNotMatch(readFileSync(path, "utf8"), /secret-source-id/);
  });
});
