import * as z from "zod";
import type { Connection } from "../core/connections.js";
import { RosterError } from "../core/errors.js";
import type { Http } from "../core/http.js";
import { openConnection, tokensOf } from "../core/httpConnection.js";
import { statusOf } from "../core/httpErrors.js";
import { SECONDS, numberSetting, shownAddress } from "../core/settingValues.js";
import { completed } from "./address.js";
import type { Change } from "./changes.js";
import { fold, type Account, type Assignments, type Edition } from "./metastore.js";
import { canonicalPrivilege } from "./privileges.js";
import { explain, saysMissing } from "./refusals.js";
import { patchOf, permissionsPath } from "./requests.js";
import { connections, type DatabricksSettings } from "./settings.js";

/** Requests at once. */
const AT_ONCE = 8;
/** A page token that never ends is a defect of the server, not a reason to hang. */
const MOST_PAGES = 10_000;

/** Who runs this, and on what. */
export interface Identity {
  readonly edition: Edition;
  readonly account: Account | undefined;
}

/** A workspace, or an open-source server. Every read is whole, or an error: nothing that failed looks empty. */
export interface Client {
  readonly description: string;
  readonly host: string;
  readonly http: Http;
  readonly settleTimeoutMs: number;
  identify(): Promise<Identity>;
  /** The privileges that were given on a securable itself; undefined where it is not there. */
  read(securable: string, edition: Edition): Promise<Assignments | undefined>;
  /** Sends the changes of one securable in one request; gives what the answer shows. */
  change(securable: string, changes: readonly Change[], edition: Edition): Promise<Assignments>;
}

const assignments = z
  .array(
    z.object({
      principal: z.string().nullish(),
      privileges: z
        .array(z.string())
        .nullish()
        .transform((given) => given ?? []),
    }),
  )
  .nullish()
  .transform((given) => given ?? []);
const permissions = z.object({ privilege_assignments: assignments, next_page_token: z.string().nullish() });
const updated = z.object({ privilege_assignments: assignments }).nullish().catch(undefined);
const me = z.object({
  userName: z.string().nullish(),
  applicationId: z.string().nullish(),
  emails: z.array(z.object({ value: z.string().nullish() })).nullish(),
  groups: z.array(z.object({ display: z.string().nullish() })).nullish(),
});

/** `connection databricks (https://adb-1.2.azuredatabricks.net)`, for messages. Never throws. */
export function describe(connection: Connection<DatabricksSettings>): string {
  const { url, profile } = connection.settings;
  const elsewhere = profile.value === undefined ? "no url" : `profile ${profile.value}`;
  const place = url.value === undefined ? elsewhere : shownAddress(url.value);
  return `connection ${connection.name} (${place})`;
}

/** Opens a workspace; nothing is sent yet. Throws a RosterError that names the setting that is missing. */
export function openClient(given: Connection<DatabricksSettings>): Client {
  const connection = completed(given);
  // The secret goes in the header, as Databricks documents it.
  const tokens = tokensOf(connections, connection, { inHeader: true });
  const http = openConnection(connections, connection, { concurrency: AT_ONCE, tokens, explain });

  return {
    description: http.description,
    host: (connection.settings.url.value ?? "").toLowerCase(),
    http,
    settleTimeoutMs: numberSetting(connections, connection, "settleTimeout", SECONDS) * 1000,

    async identify() {
      const databricks = await found(http, "/api/2.0/preview/scim/v2/Me");
      if (databricks !== undefined) return { edition: "databricks", account: accountOf(databricks) };
      // Without authorization the open-source server does not say who asks, because it does not know.
      const own = await found(http, "/api/1.0/unity-control/scim2/Me").catch(() => undefined);
      return { edition: "open source", account: own === undefined ? undefined : accountOf(own) };
    },

    async read(securable, edition) {
      const found: Assignments = new Map();
      let token: string | undefined;
      for (let page = 1; page <= MOST_PAGES; page += 1) {
        // 0 asks for pages of the size that the server likes; without it there are none, and large lists are refused.
        const query = { max_results: edition === "databricks" ? 0 : undefined, page_token: token };
        let answer: z.output<typeof permissions>;
        try {
          answer = await http.read({ method: "GET", path: permissionsPath(securable), query }, permissions);
        } catch (error) {
          if (saysMissing(error)) return undefined;
          throw error;
        }
        collect(found, answer.privilege_assignments);
        // An empty page can have a next one: only the absence of a token is the end.
        token = answer.next_page_token ?? "";
        if (token === "") return found;
      }
      throw new RosterError(`${http.description} gives page after page of the privileges on ${securable}`, {
        remedy: "Try again later; if it stays so, it is a defect of the service.",
      });
    },

    async change(securable, changes, edition) {
      const shown: Assignments = new Map();
      const { body } = await http.send(patchOf(securable, changes, edition));
      collect(shown, updated.parse(body)?.privilege_assignments ?? []);
      return shown;
    },
  };
}

/** Pages do not split a principal, but a principal may come once for each way of spelling it. */
function collect(found: Assignments, given: z.output<typeof assignments>): void {
  for (const { principal, privileges } of given) {
    // Of deleted principals there is no name any more; nobody has what they had.
    if (principal === null || principal === undefined || principal === "") continue;
    const before = found.get(fold(principal));
    const all = new Set([...(before?.privileges ?? []), ...privileges.map(canonicalPrivilege)]);
    if (all.size > 0) found.set(fold(principal), { principal: before?.principal ?? principal, privileges: all });
  }
}

/** What a path holds about the account; undefined where the server has no such path. */
async function found(http: Http, path: string): Promise<z.output<typeof me> | undefined> {
  try {
    return await http.read({ method: "GET", path }, me);
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

function accountOf({ userName, applicationId, emails, groups }: z.output<typeof me>): Account | undefined {
  const names = [userName, applicationId, ...(emails ?? []).map(({ value }) => value)];
  const folded = names.flatMap((name) => (name === null || name === undefined || name === "" ? [] : [fold(name)]));
  if (folded.length === 0) return undefined;
  return {
    names: new Set(folded),
    groups: new Set((groups ?? []).flatMap(({ display }) => (typeof display === "string" ? [fold(display)] : []))),
  };
}
