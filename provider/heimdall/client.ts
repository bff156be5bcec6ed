import * as z from "zod";
import type { Connection } from "../core/connections.js";
import { RosterError } from "../core/errors.js";
import type { Http } from "../core/http.js";
import { segment, type HttpRequest } from "../core/httpRequest.js";
import { describeHttp, openConnection, tokensOf } from "../core/httpConnection.js";
import { statusOf } from "../core/httpErrors.js";
import { unfitSetting } from "../core/settingValues.js";
import { explain } from "./refusals.js";
import { PREFIX } from "./requests.js";
import { connections, type HeimdallSettings } from "./settings.js";
import { ROLES_WITHIN_REACH, type Action, type Mapping, type Named } from "./snapshot.js";

/** Requests at once. The service does about 50 writes a second, however many clients ask. */
const AT_ONCE = 8;
/** The most that a page can hold. */
const PAGE = 100;
/** A list that changes while it is read is read again this often. */
const READS = 3;

/** One environment of Heimdall. Every read is whole, or an error: nothing that failed looks empty. */
export interface Client {
  readonly description: string;
  actions(): Promise<Action[]>;
  roles(): Promise<Named[]>;
  mappings(): Promise<Mapping[]>;
  groups(): Promise<Named[]>;
  /** Names of actions. */
  roleActions(role: string): Promise<string[]>;
  /** Names of roles. */
  groupRoles(group: string): Promise<string[]>;
  /** CPFs. */
  members(group: string): Promise<string[]>;
  /** Sends a change; gives the number of what was made, where the answer says it. */
  write(request: HttpRequest): Promise<number | undefined>;
  /** The token that is used now. */
  token(): Promise<string>;
  readonly http: Http;
}

/** `connection heimdall (https://heimdall.example.com)`, for messages. */
export const describe: (connection: Connection<HeimdallSettings>) => string = describeHttp;

const text = z
  .string()
  .nullish()
  .transform((given) => given ?? undefined);
const named = z.object({ name: z.string(), description: text });
const action = named.extend({ id: z.number(), endpoint_count: z.number().optional() });
const mapping = z.object({
  id: z.number(),
  method: z.string(),
  path_pattern: z.string(),
  action: z.string(),
  description: text,
});
const total = z.object({ total: z.number() });
const actionPage = total.extend({ actions: z.array(action) });
const rolePage = total.extend({ items: z.array(named) });
const made = z.object({ id: z.number().optional() }).nullish().catch(undefined);

/** How an environment is spoken to. */
export interface ClientOptions {
  /** Nothing but GET leaves. */
  readonly readOnly?: boolean;
  /** How to wait between attempts. Default: by the clock. */
  readonly pause?: (milliseconds: number) => Promise<void>;
}

/** Opens an environment; nothing is sent yet. A reader sends nothing but GET. Throws for an address with more than it needs. */
export function openClient(
  connection: Connection<HeimdallSettings>,
  { readOnly = false, pause }: ClientOptions = {},
): Client {
  if (/\/api\/v1\/*$/.test(connection.settings.url.value ?? "")) {
    throw unfitSetting(connection, "url", `the address of the service without ${PREFIX}, which each request adds`);
  }
  const tokens = tokensOf(connections, connection);
  const http = openConnection(connections, connection, { concurrency: AT_ONCE, tokens, readOnly, explain, pause });
  const get = <T>(path: string, schema: z.ZodType<T>, query?: HttpRequest["query"]): Promise<T> =>
    http.read({ method: "GET", path: PREFIX + path, ...(query === undefined ? {} : { query }) }, schema);

  async function pages<P extends { total: number }, T extends { name: string }>(
    path: string,
    schema: z.ZodType<P>,
    entries: (page: P) => T[],
  ): Promise<T[]> {
    for (let read = 1; ; read += 1) {
      const first = await get(path, schema, { skip: 0, limit: PAGE });
      const skips = Array.from(
        { length: Math.max(0, Math.ceil(first.total / PAGE) - 1) },
        (_, index) => (index + 1) * PAGE,
      );
      const rest = await Promise.all(skips.map((skip) => get(path, schema, { skip, limit: PAGE })));
      const all = [first, ...rest];
      const found = all.flatMap(entries);
      const names = new Set(found.map(({ name }) => name)).size;
      if (all.every((page) => page.total === names) && found.length === names) return found;
      if (read >= READS) throw shifted(http.description, `${PREFIX}${path}`, { names, total: first.total });
    }
  }

  return {
    description: http.description,
    http,
    token: () => tokens.token(),
    actions: async () =>
      (await pages("/actions/", actionPage, ({ actions }) => actions)).map(({ endpoint_count: count, ...rest }) => ({
        ...rest,
        mappings: count,
      })),
    roles: async () => (await pages("/roles/", rolePage, ({ items }) => items)).map(described),
    mappings: async () =>
      (await get("/mappings/list", z.array(mapping))).map(({ path_pattern: path, ...rest }) => ({ ...rest, path })),
    groups: async () => (await get("/groups/", z.array(named))).map(described),
    roleActions: async (role) => {
      try {
        return namesOf(await get(`/roles/${segment(role)}/actions`, z.array(z.object({ name: z.string() }))));
      } catch (error) {
        if (statusOf(error) === 404) throw beyondReach(error as RosterError, role);
        throw error;
      }
    },
    groupRoles: async (group) =>
      namesOf(await get(`/roles/groups/${segment(group)}/roles`, z.array(z.object({ name: z.string() })))),
    members: async (group) =>
      (await get(`/groups/${segment(group)}/members`, z.array(z.object({ subject: z.string() })))).map(
        ({ subject }) => subject,
      ),
    write: async (request) => made.parse((await http.send(request)).body)?.id,
  };
}

function described({ name, description = "" }: z.output<typeof named>): Named {
  return { name, description };
}

function namesOf(entries: readonly { name: string }[]): string[] {
  return entries.map(({ name }) => name);
}

/** The lists have no order of their own: what is written meanwhile moves entries from one page to another. */
function shifted(description: string, path: string, count: { names: number; total: number }): RosterError {
  return new RosterError(`${description}: a list changed while it was read, each of ${String(READS)} times`, {
    tried: `GET ${path}`,
    said: `${String(count.names)} different names were read, and the service says that there are ${String(count.total)}`,
    remedy: "Somebody else is changing this environment. Run again when that is over.",
  });
}

function beyondReach(error: RosterError, role: string): RosterError {
  return new RosterError(`the service cannot tell the actions of the role ${JSON.stringify(role)}`, {
    ...error.details,
    remedy:
      `It looks for a role among the first ${String(ROLES_WITHIN_REACH)} by name only (superadmin is one of them), so that with more roles ` +
      "it neither tells nor changes the actions of the rest. Delete roles until there are no more than that.",
  });
}
