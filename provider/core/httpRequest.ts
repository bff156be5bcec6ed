/** One request. */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Begins with a slash; `segment` makes its parts out of names. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>> | undefined;
  /** Sent as JSON; `URLSearchParams` as a form. */
  readonly body?: unknown;
  /** Doing it twice is like doing it once, so it is sent again after a failure. Default: only GET is. */
  readonly repeatable?: boolean | undefined;
  /** How messages show it. Default: method, path and query. */
  readonly shown?: string | undefined;
}

/** A name as a part of a path, readable where the grammar of paths lets it be. */
export function segment(name: string): string {
  // https://www.rfc-editor.org/rfc/rfc3986#section-3.3
  return encodeURIComponent(name).replaceAll("%3A", ":");
}

/** A request as messages show it. */
export function shownRequest({ method, path, query, shown }: HttpRequest): string {
  const search = new URLSearchParams(searchOf(query)).toString();
  return shown ?? `${method} ${path}${search === "" ? "" : `?${search}`}`;
}

/** The query as it is sent: without what is undefined. */
export function searchOf(query: HttpRequest["query"]): Record<string, string> {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}
