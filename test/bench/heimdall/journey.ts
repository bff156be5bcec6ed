import { rmSync } from "node:fs";
import { HeimdallStack, environment } from "../../provider/heimdall/scene.js";
import { startHeimdall, type HeimdallSandbox } from "../../sandbox/heimdall/heimdall.js";
import { drift, workload, type EnvironmentSize } from "./workload.js";

/** What a command took. */
export interface Passage {
  readonly reads: number;
  readonly writes: number;
  readonly seconds: number;
}

/** The commands in the life of an environment. */
export interface Journey {
  /** `up` from nothing. */
  readonly create: Passage;
  /** `preview --refresh` where nothing has changed. */
  readonly nothing: Passage;
  /** `up --refresh` after one thing of each kind was changed by hand. */
  readonly repair: Passage;
  /** Requests that repair needs. */
  readonly changed: number;
}

/** Makes an environment of a size, looks at it, and repairs it, each as a command of its own. */
export async function journey(size: EnvironmentSize): Promise<Journey> {
  const heimdall = await startHeimdall();
  const stack = new HeimdallStack(heimdall);
  try {
    const program = { whole: environment(workload(size)) };
    const create = await passage(heimdall, () => stack.succeed(program));
    const nothing = await passage(heimdall, async () => {
      await stack.refresh();
      await stack.preview(program);
    });
    const changed = drift(heimdall.store);
    const repair = await passage(heimdall, async () => {
      await stack.refresh();
      await stack.succeed(program);
    });
    return { create, nothing, repair, changed };
  } finally {
    rmSync(stack.folder, { recursive: true, force: true });
    await heimdall.close();
  }
}

async function passage(heimdall: HeimdallSandbox, work: () => Promise<unknown>): Promise<Passage> {
  heimdall.reset();
  const begun = performance.now();
  await work();
  const seconds = (performance.now() - begun) / 1000;
  const reads = heimdall.calls.filter(({ method }) => method === "GET").length;
  return { reads, writes: heimdall.calls.length - reads, seconds };
}
