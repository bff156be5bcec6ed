import type { Answer, Call } from "../server.js";
import { refused, type Stored } from "./uploads.js";

/*
 * The Client API, of which Roster reads people and teams. What was indexed shows at once here; Glean takes its time.
 */

/** The most that a list of the ordinary kind can hold. */
const STANDARD_LIMIT = 10_000;
/** The most that a page holds, whatever was asked for. */
const LARGEST_PAGE = 1000;

/** What there is to be read. */
export interface Readable {
  readonly people: ReadonlyMap<string, Stored>;
  readonly teams: ReadonlyMap<string, Stored>;
}

function shownPerson(key: string, { record }: Stored): object {
  const name = [record["firstName"], record["lastName"]].filter(Boolean).join(" ");
  const { phoneNumber, managerEmail, status, type = "FULL_TIME", id: _id, ...rest } = record;
  return {
    name: name === "" ? key : name,
    obfuscatedId: Buffer.from(key).toString("base64url"),
    metadata: {
      ...rest,
      type: status === "EX" ? "FORMER_EMPLOYEE" : type,
      ...(phoneNumber === undefined ? {} : { phone: (phoneNumber as string).replace(/\D/g, "") }),
      ...(managerEmail === undefined
        ? {}
        : { manager: { name: managerEmail, obfuscatedId: "m", metadata: { email: managerEmail } } }),
    },
  };
}

/** Answers a request of the Client API; undefined where it is none. */
export function read({ path, body }: Call, { people, teams }: Readable): Answer | undefined {
  const asked = (body ?? {}) as Record<string, unknown>;
  if (path === "/rest/api/v1/people") return readPeople(asked, people);
  if (path === "/rest/api/v1/listentities") {
    if (asked["entityType"] === "TEAMS") {
      const shown = [...teams].map(([id, { record }]) => ({ id, ...record, members: undefined }));
      return pageOf(asked, shown, "teamResults");
    }
    const shown = [...people].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, stored]) => shownPerson(key, stored));
    return pageOf(asked, shown, "results");
  }
  return undefined;
}

function readPeople({ emailIds = [] }: Record<string, unknown>, people: ReadonlyMap<string, Stored>): Answer {
  if (!Array.isArray(emailIds)) return refused(400, "emailIds must be an array");
  const emails = emailIds.map(String);
  const found = emails.flatMap((email) => {
    const stored = people.get(email);
    return stored === undefined ? [] : [shownPerson(email, stored)];
  });
  return { status: 200, body: { results: found, errors: emails.filter((email) => !people.has(email)) } };
}

function pageOf(asked: Record<string, unknown>, all: readonly object[], name: string): Answer {
  const whole = asked["requestType"] === "FULL_DIRECTORY" ? all : all.slice(0, STANDARD_LIMIT);
  const size = Math.min(Number(asked["pageSize"] ?? 100), LARGEST_PAGE);
  const from = asked["cursor"] === undefined ? 0 : Number(Buffer.from(asked["cursor"] as string, "base64url"));
  if (!Number.isInteger(from)) return refused(400, "the cursor is not one of ours");
  const hasMoreResults = from + size < whole.length;
  return {
    status: 200,
    body: {
      [name]: whole.slice(from, from + size),
      totalCount: all.length,
      hasMoreResults,
      ...(hasMoreResults ? { cursor: Buffer.from(String(from + size)).toString("base64url") } : {}),
    },
  };
}
