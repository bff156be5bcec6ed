import { fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { bytes, seconds, table } from "../table.js";
import type { Target } from "../targets.js";
import { GROUPS_IN_A_USER, PAGE, nested, type RealmSize } from "./size.js";

/** The second only shows that memory does not grow. */
const SIZES: readonly RealmSize[] = [
  { users: 20_000, groups: 500 },
  { users: 100_000, groups: 500 },
];
const MOST_MEMORY = 300e6;
/**
 * Node.js lets a heap grow for as long as there is memory, and cleans up late: what is needed shows only where there is
 * little. In megabytes.
 */
const HEAP = 64;
/** Five times the users may take this much more memory. */
const FLAT = 1.2;

/** What reading a realm took. */
export interface RealmReading {
  readonly size: RealmSize;
  readonly count: number;
  readonly complete: boolean;
  readonly memberships: number;
  readonly seconds: number;
  /** Bytes of memory of the process that read. */
  readonly peak: number;
  /** Requests by the end of their path. */
  readonly requests: Readonly<Record<string, number>>;
}

/** Reads people with their groups from sandboxes of Keycloak. */
export async function measureKeycloak(report: (text: string) => void): Promise<RealmReading[]> {
  const readings: RealmReading[] = [];
  for (const size of SIZES) {
    const reading = await measure(size);
    report(`people of a realm, ${describe(size)}: ${reading.seconds.toFixed(2)} s`);
    readings.push(reading);
  }
  return readings;
}

async function measure(size: RealmSize): Promise<RealmReading> {
  const server = fork(path.join(__dirname, "serve.js"), [JSON.stringify(size)]);
  try {
    const [url] = (await once(server, "message")) as [string];
    const reader = fork(path.join(__dirname, "reader.js"), [url], { execArgv: [`--max-old-space-size=${HEAP}`] });
    const [read] = (await Promise.race([
      once(reader, "message"),
      once(reader, "exit").then(() => Promise.reject(new Error("the reader of the realm ended without a word"))),
    ])) as [Omit<RealmReading, "size" | "requests">];
    const asked = once(server, "message") as Promise<[string[]]>;
    server.send("requests");
    const [paths] = await asked;
    const requests: Record<string, number> = {};
    for (const each of paths) {
      const kind = each.split("/").at(-1) ?? "";
      requests[kind] = (requests[kind] ?? 0) + 1;
    }
    const expected = size.users * GROUPS_IN_A_USER;
    if (read.count !== size.users || !read.complete || read.memberships !== expected) {
      throw new Error(`${describe(size)}: ${read.count} users and ${read.memberships} memberships were read`);
    }
    return { ...read, size, requests };
  } finally {
    server.disconnect();
  }
}

function describe({ users, groups }: RealmSize): string {
  return `${users.toLocaleString("en")} users in ${groups} nested groups`;
}

/** Everything that was measured as a table. */
export function keycloakTable(readings: readonly RealmReading[]): string {
  return table(
    ["people of a realm, from the sandbox", "seconds", "requests", `peak memory, ${HEAP} MB of heap`],
    readings.map(({ size, seconds: passed, requests, peak }) => [
      describe(size),
      seconds(passed),
      Object.entries(requests)
        .map(([kind, count]) => `${kind} ${count}`)
        .join(", "),
      bytes(peak),
    ]),
  );
}

/** One request for each page, and memory that does not grow. */
export function keycloakTargets(readings: readonly RealmReading[]): Target[] {
  const [ordinary, large] = readings;
  return [
    ...readings.map(({ size, requests }): Target => {
      const least = leastRequests(size);
      const made = Object.values(requests).reduce((sum, count) => sum + count, 0);
      return {
        what: `Keycloak, ${describe(size)}: requests`,
        reached: String(made),
        wanted: `${least}: one for each page, and three`,
        met: made <= least,
      };
    }),
    {
      what: "Keycloak: peak memory of the reader",
      reached: bytes(large?.peak),
      wanted: `less than ${bytes(MOST_MEMORY)}`,
      met: large !== undefined && large.peak < MOST_MEMORY,
    },
    {
      what: "Keycloak: memory for five times the users",
      reached: `${((large?.peak ?? NaN) / (ordinary?.peak ?? NaN)).toFixed(2)} times`,
      wanted: `at most ${FLAT} times`,
      met: (large?.peak ?? NaN) <= FLAT * (ordinary?.peak ?? NaN),
    },
  ];
}

/** The token and two counts; the pages of users, of groups at the top, of groups within others, and of members. */
function leastRequests({ users, groups }: RealmSize): number {
  const pages = (entries: number): number => Math.max(1, Math.ceil((entries - 1) / (PAGE - 1)));
  const members = (users * GROUPS_IN_A_USER) / groups;
  return 3 + pages(users) + 1 + nested(groups).parents + groups * pages(members);
}
