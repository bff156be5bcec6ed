/** How many requests a deployment takes: for each token and for the one address in a second, and in all in a minute. */
export interface Limits {
  readonly perTokenAndSecond: number;
  readonly perAddressAndSecond: number;
  readonly perMinute: number;
}

/** The limits that Glean documents. */
export const DOCUMENTED: Limits = { perTokenAndSecond: 30, perAddressAndSecond: 100, perMinute: 8000 };

/** Counts requests in windows that slide; the ones that were refused count too. */
export class Counter {
  private readonly times = new Map<string, number[]>();

  constructor(
    private readonly limits: Limits,
    private readonly now: () => number = Date.now,
  ) {}

  /** Whether one more request of this token is too many. */
  isTooMany(token: string): boolean {
    const checks: readonly [string, number, number][] = [
      [`token ${token}`, 1000, this.limits.perTokenAndSecond],
      ["address", 1000, this.limits.perAddressAndSecond],
      ["deployment", 60_000, this.limits.perMinute],
    ];
    return checks.map(([key, window, most]) => this.count(key, window) > most).some(Boolean);
  }

  private count(key: string, window: number): number {
    const now = this.now();
    const times = this.times.get(key) ?? [];
    times.push(now);
    const first = times.findIndex((time) => time > now - window);
    times.splice(0, first);
    this.times.set(key, times);
    return times.length;
  }
}
