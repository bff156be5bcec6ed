import * as z from "zod";
import { checkTls, Findings, type Checkup, type CheckupRequest, type Use } from "../core/checkup.js";
import { resolveConnection, type Connection } from "../core/connections.js";
import { authorityOf, baseUrlOf, tokensOf } from "../core/httpConnection.js";
import { segment } from "../core/httpRequest.js";
import { completed } from "./address.js";
import { describe, openClient, type Client, type Identity } from "./client.js";
import { fold } from "./metastore.js";
import { saysMissing } from "./refusals.js";
import { securableOf } from "./securables.js";
import { connections, type DatabricksSettings } from "./settings.js";

/** Looks at a workspace with nothing but GET: who asks, the SQL warehouse, and the right to manage what the stack manages. */
export async function checkup({ arg, sources, uses, now }: CheckupRequest): Promise<Checkup> {
  const findings = new Findings(now);
  const given = resolveConnection(connections, arg, sources);
  const place = describe(given);
  const connection = await findings.attempt("settings", () => completed(given));
  if (connection === undefined) return { place, findings: findings.found };
  const client = await findings.attempt("settings", () => openClient(given));
  const url = await findings.attempt("settings", () => baseUrlOf(connections, connection));
  if (client === undefined || url === undefined) return { place, findings: findings.found };
  await checkTls(findings, { url, ca: authorityOf(connection), environment: sources.environment });
  const identity = await login(findings, client, connection);
  if (identity === undefined) return { place, findings: findings.found };
  await warehouse(findings, client, connection);
  for (const securable of securablesOf(uses)) await manages(findings, client, identity, securable);
  return { place, findings: findings.found };
}

async function login(
  findings: Findings,
  client: Client,
  connection: Connection<DatabricksSettings>,
): Promise<Identity | undefined> {
  const token = await findings.attempt("login", () => tokensOf(connections, connection, { inHeader: true }).token());
  if (token === undefined) return undefined;
  findings.token(token, (connection.settings.token.value ?? "") === "");
  const identity = await findings.attempt("login", () => client.identify());
  if (identity === undefined) return undefined;
  findings.good("reach", "the workspace answers");
  const [name = "somebody whom it does not name"] = identity.account?.names ?? [];
  findings.good("login", `the token is that of ${name}`);
  findings.good("version", identity.edition === "databricks" ? "Databricks" : "the open-source Unity Catalog server");
  return identity;
}

const warehouseState = z.object({ name: z.string().nullish(), state: z.string().nullish() });

async function warehouse(
  findings: Findings,
  { http }: Client,
  { settings }: Connection<DatabricksSettings>,
): Promise<void> {
  const id = settings.warehouse.value ?? "";
  if (id === "") return;
  const found = await findings.attempt("rights", () =>
    http.read({ method: "GET", path: `/api/2.0/sql/warehouses/${segment(id)}` }, warehouseState),
  );
  if (found === undefined) return;
  const what = `the SQL warehouse ${found.name ?? id}`;
  if (found.state === "DELETED" || found.state === "DELETING") {
    findings.bad(
      "rights",
      `${what} is deleted`,
      `Give the id of another one (warehouse, from ${settings.warehouse.source}).`,
    );
  } else findings.good("rights", `${what} is there (${found.state ?? "state unknown"})`);
}

/** What the stack manages privileges on, each once: single grants and lists name one, an access many. */
function securablesOf(uses: readonly Use[]): string[] {
  const named = uses.flatMap(({ args }) => {
    const { securable, grants, additional } = args;
    if (typeof securable === "string") return [securable];
    return [grants, additional].flatMap((lists) =>
      typeof lists === "object" && lists !== null ? Object.keys(lists) : [],
    );
  });
  return [...new Set(named)].sort();
}

const effective = z.object({
  privilege_assignments: z
    .array(
      z.object({
        principal: z.string().nullish(),
        privileges: z.array(z.object({ privilege: z.string().nullish() })).nullish(),
      }),
    )
    .nullish(),
});

/** Changing privileges takes MANAGE, or to own the securable or what it is in; ownership shows as no privilege. */
async function manages(
  findings: Findings,
  { http }: Client,
  { account, edition }: Identity,
  securable: string,
): Promise<void> {
  if (edition !== "databricks" || account === undefined) return;
  const { type, name } = securableOf(securable);
  const path = `/api/2.1/unity-catalog/effective-permissions/${type}/${segment(name)}`;
  try {
    const { privilege_assignments: given } = await http.read({ method: "GET", path }, effective);
    const own = (given ?? []).filter(({ principal }) => {
      const folded = fold(principal ?? "");
      return account.names.has(folded) || account.groups.has(folded);
    });
    const privileges = own.flatMap(({ privileges: of }) => (of ?? []).map(({ privilege }) => privilege ?? ""));
    if (privileges.some((privilege) => /^(MANAGE|OWN)/.test(privilege))) {
      findings.good("rights", `may change privileges on ${securable}`);
    } else {
      findings.warn(
        "rights",
        `has no MANAGE on ${securable}; only as its owner, or as that of what it is in, could it change privileges there`,
        `GRANT MANAGE ON ${type.toUpperCase().replaceAll("_", " ")} ${name} TO the account of the token, or let it own the securable.`,
      );
    }
  } catch (error) {
    if (saysMissing(error)) {
      findings.bad(
        "rights",
        `there is no ${securable}, or the account does not see it`,
        "Make it, take it out of the program, or give the account USE CATALOG and USE SCHEMA on what it is in.",
      );
    } else await findings.attempt("rights", () => Promise.reject(error as Error));
  }
}
