/** How a list is read whose pages are asked for by the number of entries to skip. */
export interface PagedList<T> {
  /** Entries of a page. At least 2, because pages overlap by one. */
  readonly size: number;
  /** Pages that are asked for ahead of the one that is waited for. Default 0: without a count nobody knows of more. */
  readonly ahead?: number;
  /** How many entries there are, as far as that is known: pages beyond it are not asked for ahead. */
  readonly expected?: number;
  /** Asks for a page. */
  fetch(first: number, max: number): Promise<readonly T[]>;
  /** What the list is sorted by, and what tells its entries apart: an entry that is sorted anew is another one. */
  key(entry: T): string;
}

/** A list that changes faster than it can be read. The message says what was seen. */
export class ListMoved extends Error {}

/** How many pages in a row may bring nothing new before the list counts as unreadable. */
const IDLE_PAGES = 8;

/**
 * Reads a list page by page. Whatever leaves the list while it is read moves the rest forward, and a reader that just
 * goes on would skip somebody without a sign. So each page begins with the last entry of the page before: where that
 * is not so, the reader goes back until it finds something that it knows. What is in the list from beginning to end is
 * given, as long as the list is in the order of its keys; twice only where the list grew by more than two pages in
 * front of it. An empty page where the entry of the page before should be is noticed too.
 *
 * Throws ListMoved where no page joins on to what was read.
 */
export async function* readPages<T>(list: PagedList<T>): AsyncGenerator<readonly T[]> {
  const { size } = list;
  const step = size - 1;
  const asked = new AskedPages(list);
  let known: string[] = [];
  let first = 0;
  let idle = 0;
  let back = 1;
  for (;;) {
    const page = await asked.take(first);
    const keys = page.map((entry) => list.key(entry));
    const seen = new Set(known);
    const fresh = page.filter((_entry, index) => !seen.has(keys[index] ?? ""));
    const joins = known.length === 0 || keys.some((key) => seen.has(key));
    idle = joins && fresh.length > 0 ? 0 : idle + 1;
    if (idle > IDLE_PAGES)
      throw new ListMoved(`the pages from entry ${String(first)} on do not join on to what was read`);
    if (!joins) {
      asked.forget();
      // Twice as far each time.
      first = Math.max(0, first - step * back);
      back *= 2;
      continue;
    }
    if (fresh.length > 0) yield fresh;
    if (page.length < size) return;
    back = 1;
    // Two pages, so that a few entries that left together do not take with them everything that is known.
    known = [...known, ...keys].slice(-2 * size);
    first += step;
  }
}

/** Pages that are on their way. */
class AskedPages<T> {
  private readonly pages = new Map<number, Promise<readonly T[]>>();

  constructor(private readonly list: PagedList<T>) {}

  /** The page from there on, and those after it are asked for meanwhile. */
  take(first: number): Promise<readonly T[]> {
    const { size, ahead = 0, expected = 0 } = this.list;
    const page = this.page(first);
    for (let next = 1; next <= ahead; next += 1) {
      const start = first + next * (size - 1);
      // The entry that overlaps is there already.
      if (start + 1 < expected) void this.page(start);
    }
    this.pages.delete(first);
    return page;
  }

  /** Where the list has moved, so have the pages that are on their way. */
  forget(): void {
    this.pages.clear();
  }

  private page(first: number): Promise<readonly T[]> {
    const known = this.pages.get(first);
    if (known !== undefined) return known;
    const page = this.list.fetch(first, this.list.size);
    // Nobody may come to wait for it, and its failure is told when somebody does.
    page.catch(() => undefined);
    this.pages.set(first, page);
    return page;
  }
}
