import { Spool } from "./spool.js";

/** What was read of a source. It stays on disk and not in memory, and can be gone through more than once. */
export interface Reading<T> extends AsyncIterable<T> {
  /** How many there are. */
  readonly count: number;
  /** Whether this is everything. Who is not in an incomplete reading may be there all the same. */
  readonly complete: boolean;
  /** Why it is not everything: a sentence each. */
  readonly shortfalls: readonly string[];
  /** Everything at once, in memory. */
  toArray(): Promise<T[]>;
  /** Gives the disk space back before the process ends. Nothing can be read afterwards. */
  close(): void;
}

/** Puts what was read into the form in which programs get it. */
export function readingOf<T>(records: Iterable<T>, shortfalls: readonly string[]): Reading<T> {
  const spool = new Spool<T>(1);
  let count = 0;
  for (const record of records) {
    spool.add(0, record);
    count += 1;
  }
  return {
    count,
    complete: shortfalls.length === 0,
    shortfalls: [...shortfalls],
    // eslint-disable-next-line @typescript-eslint/require-await -- the disk is read at once, and programs need not know
    async *[Symbol.asyncIterator]() {
      yield* spool.read(0);
    },
    toArray: () => Promise.resolve().then(() => [...spool.read(0)]),
    close: () => {
      spool.close();
    },
  };
}

/** Sorts what memory should not hold at once: the parts of a spool are each sorted, and then merged. */
export function* merged<T>(spool: Spool<T>, parts: number, key: (record: T) => string): Generator<T, void, undefined> {
  const heads = Array.from({ length: parts }, (_none, part) => spool.read(part)).flatMap((rest) => {
    const next = rest.next();
    return next.done === true ? [] : [{ rest, record: next.value, key: key(next.value) }];
  });
  while (heads.length > 0) {
    const first = heads.reduce((least, head) => (head.key < least.key ? head : least));
    yield first.record;
    const next = first.rest.next();
    if (next.done === true) heads.splice(heads.indexOf(first), 1);
    else {
      first.record = next.value;
      first.key = key(next.value);
    }
  }
}
