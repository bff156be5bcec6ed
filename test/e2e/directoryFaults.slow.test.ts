import assert from "node:assert/strict";
import type { Glean } from "../sandbox/glean/index.js";
import { person } from "../sandbox/glean/people.js";
import { directoryScene } from "./directory.js";
import { onEachEngine } from "./scene.js";

/** Numbers that are the same in every run of the tests: mulberry32. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A company whose people come, change and leave. */
class Company {
  private readonly staff = new Map<number, number>();
  private next = 0;

  constructor(
    private readonly chance: () => number,
    size: number,
  ) {
    this.hire(size);
  }

  hire(count: number): void {
    for (let each = 0; each < count; each += 1, this.next += 1) this.staff.set(this.next, 0);
  }

  /** Some leave, some change, some come. */
  live(): void {
    for (const [number, edition] of [...this.staff]) {
      const dice = this.chance();
      if (dice < 0.02) this.staff.delete(number);
      else if (dice < 0.1) this.staff.set(number, edition + 1);
    }
    this.hire(8);
  }

  people(): Record<string, unknown>[] {
    return [...this.staff].map(([number, edition]) => person(number, edition));
  }
}

function expectRight(glean: Glean, company: Company): void {
  const titles = (all: Iterable<readonly [unknown, unknown]>): string[] =>
    [...all].map(([email, title]) => `${String(email)}: ${String(title)}`).sort();
  assert.deepEqual(
    titles([...glean.people].map(([email, { record }]) => [email, record["title"]] as const)),
    titles(company.people().map(({ email, title }) => [email, title] as const)),
  );
}

const KILLS = 20;
const SEED = Number(process.env["ROSTER_TEST_SEED"] ?? "20261122");

onEachEngine("a directory of Glean under faults", (engine) => {
  it(`that is killed at ${String(KILLS)} random points is right after a run to the end (seed ${String(SEED)})`, function () {
    this.timeout(1_200_000);
    return directoryScene(engine, async ({ glean, workspace, declare }) => {
      const chance = random(SEED);
      const company = new Company(chance, 300);
      await workspace.run(["config", "set", "roster:maxRemovals", "100000"]);
      const killedAt: string[] = [];
      for (let kill = 0; kill < KILLS; kill += 1) {
        declare({ people: company.people(), args: { shards: 8 } });
        glean.reset();
        // The first run has everybody to send; the ones after it less and less.
        const most = kill === 0 ? 300 : 60;
        const point = 1 + Math.floor(chance() * most);
        const update = workspace.start(["up", "--yes", "--skip-preview"]);
        const state = { over: false };
        const finished = update.finished.then((outcome) => {
          state.over = true;
          return outcome;
        });
        while (!state.over && glean.calls.length < point) await new Promise((resolve) => setTimeout(resolve, 5));
        update.kill();
        const { code } = await finished;
        killedAt.push(code === null ? String(glean.calls.length) : "ended before");
        if (code === null) await workspace.recover();
        company.live();
      }
      console.log(`      killed after so many requests: ${killedAt.join(", ")}`);
      assert.ok(killedAt.filter((at) => at !== "ended before").length >= KILLS / 2, "most were killed in the middle");
      declare({ people: company.people(), args: { shards: 8 } });
      await workspace.run(["up", "--yes", "--skip-preview"]);
      expectRight(glean, company);
      await workspace.run(["refresh", "--yes", "--skip-preview", "--clear-pending-creates"]);
      await workspace.run(["preview", "--expect-no-changes"]);
    });
  });

  it("is right after at most two runs where 5 % are answered with 500, 3 % with 429, and 1 % cut after they were done", function () {
    this.timeout(600_000);
    return directoryScene(engine, async ({ glean, workspace, declare }) => {
      const chance = random(SEED);
      const company = new Company(chance, 1500);
      const share =
        (of: number): (() => boolean) =>
        () =>
          chance() < of;
      glean.fault({ when: share(0.05), failure: { answer: { status: 500 } } });
      glean.fault({ when: share(0.03), failure: { answer: { status: 429, headers: { "retry-after": "0" } } } });
      glean.fault({ when: share(0.01), failure: "cutAfterActing" });
      for (const _edition of [1, 2]) {
        declare({ people: company.people(), args: { shards: 8 } });
        const first = await workspace.start(["up", "--yes", "--skip-preview"]).finished;
        if (first.code !== 0) await workspace.run(["up", "--yes", "--skip-preview"]);
        expectRight(glean, company);
        company.live();
      }
    });
  });

  it("sends everybody within Glean's limits, which are really counted", function () {
    this.timeout(120_000);
    return directoryScene(
      engine,
      async ({ glean, up }) => {
        await up({ people: { count: 100 } });
        const refused = glean.calls.filter(({ status }) => status === 429).length;
        console.log(`      ${String(refused)} of ${String(glean.calls.length)} requests were answered with 429`);
        assert.equal(glean.people.size, 100);
      },
      { options: {}, env: { ROSTER_GLEAN_REQUESTS_PER_SECOND: "30" } },
    );
  });
});
