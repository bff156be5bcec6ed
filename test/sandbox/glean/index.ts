import { startSandboxServer, type Answer, type Call, type SandboxOptions, type SandboxServer } from "../server.js";
import { Counter, DOCUMENTED, type Limits } from "./limits.js";
import { read } from "./reading.js";
import { BODIES, wrongWith } from "./shapes.js";
import { Uploads, refused, type Page, type Stored } from "./uploads.js";

/*
 * Glean on loopback, strict where its documentation is strict: https://developers.glean.com. Where that leaves
 * something open, the sandbox does what is harder for a client: e-mail addresses that differ in case are two people,
 * and no two uploads run at once, whatever they upload.
 */

/** A sandbox of Glean that runs. */
export interface Glean extends SandboxServer {
  /** The token of the Indexing API. */
  readonly token: string;
  /** The token of the Client API. */
  readonly clientToken: string;
  readonly people: Map<string, Stored>;
  readonly teams: Map<string, Stored>;
  readonly uploads: Uploads;
  /** How often the processing was asked for. */
  processed(): number;
  /** The environment in which Roster finds it. */
  readonly env: Readonly<Record<string, string>>;
}

/** What is different from Glean as it is. */
export interface GleanOptions extends SandboxOptions {
  /** Undefined lifts them. Default: as documented. */
  readonly limits?: Limits | undefined;
  /** Data sources that the token may use. */
  readonly datasources?: readonly string[];
  /** bulkindexemployees answers as gone with this status. */
  readonly bulkGone?: 404 | 410;
}

const INDEXING = "/api/index/v1/";

/** Starts a sandbox. */
export async function startGlean(options: GleanOptions = {}): Promise<Glean> {
  const token = "glean-indexing-token";
  const clientToken = "glean-client-token";
  const people = new Map<string, Stored>();
  const teams = new Map<string, Stored>();
  const uploads = new Uploads();
  let processed = 0;
  const limits = "limits" in options ? options.limits : DOCUMENTED;
  const counter = limits === undefined ? undefined : new Counter(limits);

  function handle(call: Call): Answer {
    if (call.method !== "POST") return refused(405, "Method Not Allowed");
    const indexing = call.path.startsWith(INDEXING);
    const expected = indexing ? token : clientToken;
    if (call.headers["authorization"] !== `Bearer ${expected}`) return refused(401, "Not Authorized");
    if (counter?.isTooMany(expected) === true) {
      return { ...refused(429, "Too Many Requests"), headers: { "retry-after": "1" } };
    }
    if (!indexing) return read(call, { people, teams }) ?? refused(404, "Not Found");
    return index(call.path.slice(INDEXING.length), call);
  }

  function index(name: string, { body }: Call): Answer {
    if (name === "processallemployeesandteams") {
      processed += 1;
      return { status: 200 };
    }
    const shape = BODIES[name];
    if (shape === undefined) return refused(404, "Not Found");
    if (name === "bulkindexemployees" && options.bulkGone !== undefined) return refused(options.bulkGone, "Gone");
    const wrong = wrongWith(body, shape);
    if (wrong !== undefined) return refused(400, wrong);
    return act(name, body as Record<string, unknown>);
  }

  function act(name: string, body: Record<string, unknown>): Answer {
    switch (name) {
      case "indexemployee":
        return put(people, recordsOf([body["employee"]], "email"), body);
      case "indexteam":
        return put(teams, recordsOf([body["team"]], "id"), body);
      case "deleteemployee":
        return drop(people, body["employeeEmail"] as string, body);
      case "deleteteam":
        return drop(teams, body["id"] as string, {});
      case "bulkindexemployees":
        return uploads.take(name, body as unknown as Page, recordsOf(body["employees"] as unknown[], "email"), {
          all: people,
          checked: true,
        });
      case "bulkindexteams":
        return uploads.take(name, body as unknown as Page, recordsOf(body["teams"] as unknown[], "id"), {
          all: teams,
          checked: false,
        });
      default:
        return options.datasources?.includes(body["datasource"] as string) === true
          ? { status: 200, body: { name: body["datasource"] } }
          : refused(400, "unknown datasource, or not allowed for this token");
    }
  }

  const server = await startSandboxServer(handle, options);
  return {
    ...server,
    token,
    clientToken,
    people,
    teams,
    uploads,
    processed: () => processed,
    env: { GLEAN_API_URL: server.url, GLEAN_API_TOKEN: token },
  };
}

function recordsOf(records: readonly unknown[], key: string): Map<string, Stored> {
  return new Map((records as readonly Record<string, unknown>[]).map((record) => [record[key] as string, { record }]));
}

function versionOf(body: Record<string, unknown>): number {
  return Number(body["version"] ?? 0);
}

function put(all: Map<string, Stored>, records: ReadonlyMap<string, Stored>, body: Record<string, unknown>): Answer {
  const version = versionOf(body);
  for (const [key, { record }] of records) {
    if (version > 0 && (all.get(key)?.version ?? 0) > version) return refused(409, "a newer version is indexed");
    all.set(key, { record, ...(version > 0 ? { version } : {}) });
  }
  return { status: 200 };
}

function drop(all: Map<string, Stored>, key: string, body: Record<string, unknown>): Answer {
  const version = versionOf(body);
  if (version > 0 && (all.get(key)?.version ?? 0) > version) return refused(409, "a newer version is indexed");
  // Silently succeeds where there is none.
  all.delete(key);
  return { status: 200 };
}
