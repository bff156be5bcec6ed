import type { Step } from "./steps";

/** Runs one step to its end. Rejects with what was already told to the user. */
export type RunStep = (step: Step) => Promise<void>;

/** What the executor does when a step fails. */
export type OnFailure = (step: Step, error: unknown) => "stop" | "go on";

/** Runs chains of steps, a number of chains at a time. */
export class Executor {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private readonly idleWaiting: (() => void)[] = [];
  private stopped = false;
  /** Steps that failed. */
  readonly failed: Step[] = [];

  constructor(
    private readonly parallel: number,
    private readonly runStep: RunStep,
    private readonly onFailure: OnFailure,
    private readonly onStop: () => void,
  ) {}

  /** Whether nothing more is started. */
  get isStopped(): boolean {
    return this.stopped;
  }

  /** Starts nothing more. What runs goes on to its end. */
  stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    this.waiting.splice(0).forEach((wake) => wake());
    this.onStop();
  }

  /** Hands over a chain. Resolves when a worker takes it, with what resolves at its end. */
  async submit(chain: Step[]): Promise<{ finished: Promise<void> }> {
    while (this.running >= this.parallel && !this.stopped) {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    if (this.stopped) return { finished: Promise.resolve() };
    this.running++;
    return { finished: this.runChain(chain).finally(() => this.release()) };
  }

  /** Runs steps that do not depend on each other, to their end. */
  async all(steps: Step[]): Promise<void> {
    const finished: Promise<void>[] = [];
    for (const step of steps) finished.push((await this.submit([step])).finished);
    await Promise.all(finished);
  }

  /** Resolves when nothing runs. */
  async idle(): Promise<void> {
    while (this.running > 0) await new Promise<void>((resolve) => this.idleWaiting.push(resolve));
  }

  private release(): void {
    this.running--;
    this.waiting.shift()?.();
    if (this.running === 0) this.idleWaiting.splice(0).forEach((wake) => wake());
  }

  private async runChain(chain: Step[]): Promise<void> {
    for (const step of chain) {
      if (this.stopped) return;
      try {
        await this.runStep(step);
      } catch (error) {
        // Somebody waits for what the chain as a whole was to bring about.
        const awaited = chain.find(({ done }) => done !== undefined) ?? step;
        this.failed.push(awaited);
        if (this.onFailure(awaited, error) === "stop") this.stop();
        return;
      }
    }
  }
}
