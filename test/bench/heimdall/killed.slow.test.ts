import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { HeimdallStack, environment } from "../../provider/heimdall/scene.js";
import { startHeimdall, Store, type Contents, type HeimdallSandbox } from "../../sandbox/heimdall/heimdall.js";
import { LARGE, ORDINARY, thingsIn, workload } from "./workload.js";

async function inEnvironment(
  contents: Contents,
  work: (heimdall: HeimdallSandbox, stack: HeimdallStack) => Promise<void>,
): Promise<void> {
  const heimdall = await startHeimdall(contents);
  const stack = new HeimdallStack(heimdall);
  try {
    await work(heimdall, stack);
  } finally {
    rmSync(stack.folder, { recursive: true, force: true });
    await heimdall.close();
  }
}

function expectWhole(heimdall: HeimdallSandbox, contents: Contents): void {
  const store = new Store();
  store.fill(contents);
  assert.deepEqual(heimdall.store.picture(), store.picture());
  const { actions, mappings } = heimdall.store;
  assert.equal(new Set(actions.map(({ name }) => name)).size, actions.length, "nothing is doubled");
  assert.equal(new Set(mappings.map((row) => row.method + row.path_pattern)).size, mappings.length);
}

describe("an environment of Heimdall whose run is killed", () => {
  const contents = workload(ORDINARY);
  const program = { whole: environment(contents) };

  for (let write = 10; write <= thingsIn(ORDINARY); write += 10) {
    it(`at request ${String(write)} is the same after the next run`, () =>
      inEnvironment({}, async (heimdall, stack) => {
        await stack.up(program, { killAt: { write, done: write % 20 === 0 } });
        await stack.succeed(program);
        expectWhole(heimdall, contents);
      }));
  }

  it("at every hundredth request, again and again, is the same in the end, also where it is large", function () {
    this.timeout(300_000);
    const large = workload(LARGE);
    return inEnvironment({}, async (heimdall, stack) => {
      const whole = { whole: environment(large) };
      let runs = 0;
      while (heimdall.store.groups.length < LARGE.groups || (await stack.up(whole, {})).errors.length > 0) {
        runs += 1;
        assert.ok(runs < 40, "each run gets further");
        await stack.up(whole, { killAt: { write: 100, done: runs % 2 === 0 } });
      }
      expectWhole(heimdall, large);
    });
  });
});
