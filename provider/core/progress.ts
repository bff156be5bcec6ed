import { report, type ProgressReport } from "./report.js";

/** Long work that is counted. */
export interface Progress {
  /** This much more is done. */
  add(count: number): void;
  /** There is this much more to do than was known. */
  expect(count: number): void;
}

/** How progress is told. */
export interface ProgressOptions {
  /** What is being done, with its unit: `reading realm company: users`. */
  readonly what: string;
  /** How much there is to do, as far as it is known already. */
  readonly total?: number | undefined;
  /** Shows a line, where `roster` has not asked for reports. Default: the console, which Pulumi shows. */
  readonly tell?: ((text: string) => void) | undefined;
  /** Milliseconds. Default: the clock. */
  readonly now?: (() => number) | undefined;
}

/** Work that is done sooner says nothing: milliseconds. */
const FIRST = 5_000;
/** The longer it takes, the rarer it is told, so that hours of work are dozens of lines and not thousands. */
const LEAST_PAUSE = 10_000;
const SHARE_OF_ALL = 0.05;

/** Counts long work, and tells from time to time how far it is. */
export function makeProgress({ what, total, tell = onConsole, now = Date.now }: ProgressOptions): Progress {
  const begun = now();
  let next = begun + FIRST;
  let expected = total;
  let done = 0;
  return {
    add(count) {
      done += count;
      const at = now();
      if (at < next) return;
      next = at + Math.max(LEAST_PAUSE, (at - begun) * SHARE_OF_ALL);
      const line = progressReport({ what, done, total: expected, seconds: (at - begun) / 1000 });
      if (!report(line)) tell(line.text);
    },
    expect(count) {
      expected = (expected ?? 0) + count;
    },
  };
}

function onConsole(text: string): void {
  console.log(text);
}

/** How far work is, in numbers and in words. */
export function progressReport({
  what,
  done,
  total,
  seconds,
}: {
  readonly what: string;
  readonly done: number;
  readonly total: number | undefined;
  readonly seconds: number;
}): ProgressReport {
  const perSecond = seconds > 0 ? done / seconds : 0;
  // What moves on while it is counted can come to more than was counted.
  const rest = total === undefined ? undefined : Math.max(0, total - done);
  // The first hundredth says how long it took to begin, and nothing of the rest.
  const early = total === undefined || done * 100 < total;
  const left = rest === undefined || early || perSecond === 0 ? undefined : Math.round(rest / perSecond);
  const counts = total === undefined ? counted(done) : `${counted(done)} of ${counted(Math.max(done, total))}`;
  const rate = perSecond >= 10 ? counted(Math.round(perSecond)) : perSecond.toFixed(1);
  return {
    kind: "progress",
    what,
    done,
    total,
    perSecond: Math.round(perSecond * 10) / 10,
    secondsLeft: left,
    text: `${what}: ${counts}, ${rate} a second${left === undefined ? "" : `, ${duration(left)} left`}`,
  };
}

/** A number as people read it: `12,000`. */
export function counted(count: number): string {
  return count.toLocaleString("en");
}

/** `45 s`, `12 min`, `1 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${String(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${String(minutes)} min`;
  return `${String(Math.floor(minutes / 60))} h ${String(minutes % 60)} min`;
}
