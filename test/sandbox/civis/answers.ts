import type { Answer } from "../server.js";

/** A yes. */
export function ok(body: unknown, status = 200): Answer {
  return { status, body };
}

/** A no, in the form that the vendor's own client reads. */
export function no(status: number, error: string, description: string): Answer {
  return { status, body: { error, errorDescription: description, code: status } };
}

/** There is no such thing. */
export function notFound(): Answer {
  return no(404, "not_found", "The requested resource could not be found.");
}

/** Which page of a list is asked for. */
export interface AskedPage {
  readonly limit: number;
  readonly number: number;
}

/** One page of a list, with the headers that count. */
export function paged<T>(all: readonly T[], { limit, number }: AskedPage, shape: (entry: T) => unknown): Answer {
  return {
    status: 200,
    body: all.slice((number - 1) * limit, number * limit).map(shape),
    headers: {
      "X-Pagination-Per-Page": String(limit),
      "X-Pagination-Current-Page": String(number),
      "X-Pagination-Total-Pages": String(Math.max(1, Math.ceil(all.length / limit))),
      "X-Pagination-Total-Entries": String(all.length),
    },
  };
}

/** The query of a request; what the specification does not know, or not in this form, is refused. */
export class Parameters {
  refusal: Answer | undefined;

  constructor(
    private readonly query: URLSearchParams,
    known: readonly string[],
  ) {
    const strange = [...query.keys()].find((name) => !known.includes(name));
    if (strange !== undefined) this.refuse(`${strange} is not a parameter`);
  }

  private refuse(description: string): void {
    this.refusal ??= no(400, "invalid", description);
  }

  /** The paging of every list. */
  page({ standard, most }: { standard: number; most: number }): AskedPage {
    return { limit: this.whole("limit", standard, most), number: this.whole("page_num", 1, Infinity) };
  }

  private whole(name: string, standard: number, most: number): number {
    const text = this.query.get(name);
    if (text === null) return standard;
    const value = Number(text);
    if (Number.isInteger(value) && value >= 1 && value <= most) return value;
    this.refuse(`${name} must be a whole number from 1 to ${String(most)}`);
    return standard;
  }

  /** A yes or no. */
  flag(name: string, standard: boolean): boolean {
    const text = this.query.get(name);
    if (text !== null && text !== "true" && text !== "false") this.refuse(`${name} must be true or false`);
    return text === null ? standard : text === "true";
  }

  /** One of several words; the first where none is given. */
  choice(name: string, words: readonly string[]): string {
    const text = this.query.get(name) ?? words[0] ?? "";
    if (!words.includes(text)) this.refuse(`${name} must be one of ${words.join(", ")}`);
    return text;
  }

  /** A number, where one is given. */
  number(name: string): number | undefined {
    const text = this.query.get(name);
    return text === null ? undefined : Number(text);
  }

  /** A text, where one is given. */
  text(name: string): string | undefined {
    return this.query.get(name) ?? undefined;
  }
}
