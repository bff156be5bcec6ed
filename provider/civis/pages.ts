import * as z from "zod";
import { RosterError } from "../core/errors.js";
import type { Http, HttpAnswer } from "../core/http.js";
import { strangeAnswer } from "../core/httpErrors.js";
import { shownRequest, type HttpRequest } from "../core/httpRequest.js";

/** A list that changes while it is read is read again this often. */
const READS = 3;

/** A list of Civis Platform whose pages are numbered. */
export interface NumberedList<T> {
  readonly path: string;
  readonly query: NonNullable<HttpRequest["query"]>;
  /** Entries to ask for in one page; the service may send pages that are smaller. */
  readonly limit: number;
  readonly entry: z.ZodType<T>;
  readonly idOf: (entry: T) => number;
}

interface Page<T> {
  readonly entries: readonly T[];
  readonly number: number;
  readonly pages: number;
  readonly total: number;
}

const header = z.coerce.number().int().min(0);
const headers = z.object({
  "x-pagination-current-page": header,
  "x-pagination-total-pages": header,
  "x-pagination-total-entries": header,
});

/**
 * Reads a list to its end, in as few requests as the service allows. The numbers that come with each page are held
 * against what was read: a page that is short, a page that is missing and a list that changed between two pages are
 * seen, and the list is read again. Throws a RosterError where it never fits.
 */
export async function readNumbered<T>(http: Http, list: NumberedList<T>): Promise<T[]> {
  for (let read = 1; ; read += 1) {
    const first = await readPage(http, list, 1);
    const numbers = Array.from({ length: Math.max(0, first.pages - 1) }, (_, index) => index + 2);
    const rest = await Promise.all(numbers.map((number) => readPage(http, list, number)));
    const all = [first, ...rest];
    const found = new Map(all.flatMap(({ entries }) => entries.map((entry) => [list.idOf(entry), entry] as const)));
    const count = all.reduce((sum, { entries }) => sum + entries.length, 0);
    const fits = all.every(({ total, pages }) => total === found.size && pages === first.pages);
    if (fits && found.size === count) return [...found.values()];
    if (read >= READS) throw unfinished(http, requestFor(list, 1), { found: found.size, total: first.total });
  }
}

function requestFor<T>({ path, query, limit }: NumberedList<T>, number: number): HttpRequest {
  return { method: "GET", path, query: { ...query, limit, page_num: number } };
}

async function readPage<T>(http: Http, list: NumberedList<T>, number: number): Promise<Page<T>> {
  const request = requestFor(list, number);
  const answer = await http.send(request);
  const entries = z.array(list.entry).safeParse(answer.body);
  if (!entries.success) throw strangeAnswer(http.description, shownRequest(request), entries.error.issues);
  return { entries: entries.data, ...pagination(http, request, answer, number) };
}

function pagination(
  http: Http,
  request: HttpRequest,
  answer: HttpAnswer,
  number: number,
): Omit<Page<never>, "entries"> {
  const parsed = headers.safeParse(answer.headers);
  if (!parsed.success) throw strangeAnswer(http.description, shownRequest(request), parsed.error.issues);
  const { data } = parsed;
  const told = data["x-pagination-current-page"];
  if (told !== number) {
    throw new RosterError(`${http.description} sent page ${String(told)} where page ${String(number)} was asked for`, {
      tried: shownRequest(request),
      remedy: "Check what lies between (a proxy, a cache), and the url of the connection.",
    });
  }
  return { number, pages: data["x-pagination-total-pages"], total: data["x-pagination-total-entries"] };
}

function unfinished(http: Http, request: HttpRequest, { found, total }: { found: number; total: number }): RosterError {
  return new RosterError(`${http.description} did not give a whole list, ${String(READS)} times`, {
    tried: shownRequest(request),
    said: `${String(found)} different entries were read, and the service says that there are ${String(total)}`,
    remedy: "Somebody may be changing the list, or pages are cut on the way. Nothing was changed; run again later.",
  });
}
