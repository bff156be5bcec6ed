import * as z from "zod";
import { RosterError } from "../core/errors.js";
import type { Http } from "../core/http.js";
import type { Seen } from "./known.js";

/** The most people that one request asks for. */
const PEOPLE_AT_ONCE = 100;
/** A directory of more pages than this does not end. */
const MOST_PAGES = 100_000;

/** Glean's Client API, of which only what tells about people and teams is used. */
export interface Reader {
  /** What Glean shows of these people, by e-mail in lower case; who is not there is missing. */
  people(emails: readonly string[]): Promise<Map<string, Seen>>;
  /** All teams by id. */
  teams(): Promise<Map<string, Seen>>;
  /** The e-mail addresses of everybody, in lower case. */
  everybody(): Promise<Set<string>>;
}

const optional = z
  .string()
  .nullish()
  .transform((given) => (given === null || given === "" ? undefined : given));

const metadata = z.object({
  email: optional,
  type: optional,
  firstName: optional,
  lastName: optional,
  preferredName: optional,
  title: optional,
  department: optional,
  businessUnit: optional,
  location: optional,
  phone: optional,
  startDate: optional,
  endDate: optional,
  bio: optional,
  pronoun: optional,
  manager: z.object({ metadata: z.object({ email: optional }).nullish() }).nullish(),
});
const person = z.object({ metadata: metadata.nullish() });
const team = z.object({
  id: z.string(),
  name: optional,
  description: optional,
  department: optional,
  businessUnit: optional,
  externalLink: optional,
});
const peopleAnswer = z.object({ results: z.array(person).nullish() });
const page = z.object({
  results: z.array(person).nullish(),
  teamResults: z.array(team).nullish(),
  cursor: optional,
  hasMoreResults: z.boolean().nullish(),
});

/** Opens the Client API; nothing is sent yet. */
export function openReader(http: Http): Reader {
  const ask = <T>(path: string, body: object, schema: z.ZodType<T>): Promise<T> =>
    http.read({ method: "POST", path: `/rest/api/v1${path}`, body, repeatable: true }, schema);

  async function* pages(request: object): AsyncGenerator<z.output<typeof page>> {
    const seen = new Set<string>();
    for (let cursor: string | undefined; ;) {
      const answer = await ask("/listentities", { ...request, ...(cursor === undefined ? {} : { cursor }) }, page);
      yield answer;
      if (answer.hasMoreResults !== true) return;
      if (answer.cursor === undefined || seen.has(answer.cursor) || seen.size > MOST_PAGES) throw endless(http);
      seen.add(answer.cursor);
      cursor = answer.cursor;
    }
  }

  return {
    async people(emails) {
      const found = new Map<string, Seen>();
      for (let from = 0; from < emails.length; from += PEOPLE_AT_ONCE) {
        const emailIds = emails.slice(from, from + PEOPLE_AT_ONCE);
        const { results } = await ask("/people", { emailIds, includeFields: ["MANAGEMENT_DETAILS"] }, peopleAnswer);
        for (const [key, seen] of seenPeople(results)) found.set(key, seen);
      }
      return found;
    },
    async teams() {
      const found = new Map<string, Seen>();
      for await (const { teamResults } of pages({ entityType: "TEAMS", pageSize: 1000 })) {
        for (const { id, ...fields } of teamResults ?? []) found.set(id, fields);
      }
      return found;
    },
    async everybody() {
      const found = new Set<string>();
      // Without this type of request Glean shows the first of them only.
      const request = { entityType: "PEOPLE", requestType: "FULL_DIRECTORY", pageSize: 1000 };
      for await (const { results } of pages(request)) {
        for (const [email] of seenPeople(results)) found.add(email);
      }
      return found;
    },
  };
}

function seenPeople(results: readonly z.output<typeof person>[] | null | undefined): [string, Seen][] {
  return (results ?? []).flatMap(({ metadata: given }): [string, Seen][] => {
    if (given?.email === undefined) return [];
    const { email, phone, manager, type, ...fields } = given;
    const seen = {
      ...fields,
      phoneNumber: phone,
      managerEmail: manager?.metadata?.email?.toLowerCase(),
      // Who has left is a type here and a status in the Indexing API.
      ...(type === undefined ? {} : type === "FORMER_EMPLOYEE" ? { status: "EX" } : { type }),
    };
    return [[email.toLowerCase(), seen]];
  });
}

function endless({ description }: Http): RosterError {
  return new RosterError(`${description}: a list says that there is more, and not where`, {
    tried: "POST /rest/api/v1/listentities",
    remedy: "Run again. What was read so far is not used: a list that is not whole would look like drift.",
  });
}

/** How what is declared is compared with what Glean shows, where it is not letter by letter. */
const COMPARED: Readonly<Record<string, (value: string) => string>> = {
  // Glean keeps a phone number "as a number string".
  phoneNumber: (value) => value.replace(/\D/g, ""),
  startDate: (value) => value.slice(0, 10),
  endDate: (value) => value.slice(0, 10),
};

/** What a record that leaves these out says by that. */
const STANDARD: Readonly<Record<string, string>> = { type: "FULL_TIME" };

/**
 * The fields in which Glean shows something else than was declared, with what it shows. A field that is not declared
 * is no difference: Glean puts a person together from several sources, and it may be another's.
 */
export function differences(record: Readonly<Record<string, unknown>>, seen: Seen): Record<string, unknown> {
  const shown = Object.entries(seen).filter(([field, value]) => {
    const declared = record[field] ?? STANDARD[field];
    if (typeof declared !== "string" || typeof value !== "string") return false;
    const same = COMPARED[field] ?? ((given: string): string => given);
    return same(declared) !== same(value);
  });
  // Whom Glean shows as somebody who has left, and is declared as somebody who has not.
  const left = seen["status"] === "EX" && record["status"] !== "EX" ? { status: "EX" } : {};
  return { ...Object.fromEntries(shown), ...left };
}
