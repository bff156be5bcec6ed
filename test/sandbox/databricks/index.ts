import { startSandboxServer, type Answer, type Call, type SandboxServer } from "../server.js";
import { Metastore, Refused } from "./metastore.js";
import { Permissions, type Behaviour, type Edition } from "./permissions.js";
import { answerPrincipals, meOf } from "./principals.js";
import { Statements } from "./statements.js";

/*
 * A Databricks workspace on loopback, or an open-source Unity Catalog server: privileges, who asks, tokens and SQL
 * statements, from the contract. What it does not know it answers as the service does: with 404 ENDPOINT_NOT_FOUND.
 */

/** A running workspace. */
export interface DatabricksSandbox extends SandboxServer {
  readonly metastore: Metastore;
  readonly behaviour: Behaviour;
  /** The SQL warehouse; what it holds is for tests to make. */
  readonly statements: Statements;
  /** A personal token of the caller. */
  readonly token: string;
  /** A service principal's OAuth secret. */
  readonly client: { readonly id: string; readonly secret: string };
  /** Ends every OAuth token that was made. */
  endTokens(): void;
}

/** What a workspace starts with. */
export interface DatabricksOptions {
  readonly edition?: Edition;
  /** Who has the token; owns the metastore unless something else is said. */
  readonly caller?: string;
  /** Seconds that an OAuth token is said to last; it does until `endTokens`. */
  readonly tokenSeconds?: number;
  readonly port?: number;
}

const SCIM = "/api/2.0/preview/scim/v2/";
const SQL = "/api/2.0/sql/";
const UNITY_CATALOG = "/api/2.1/unity-catalog/";

/** Starts a workspace. */
export async function startDatabricks(options: DatabricksOptions = {}): Promise<DatabricksSandbox> {
  const { edition = "databricks", caller = "owner@example.com", tokenSeconds = 3600, port } = options;
  const metastore = new Metastore();
  metastore.addPrincipal(caller);
  const behaviour: Behaviour = {
    pageSize: 150,
    emptyPages: false,
    staleReads: 0,
    staleAnswers: false,
    meanwhile: undefined,
  };
  const permissions = new Permissions(metastore, edition, behaviour);
  const statements = new Statements();
  const token = "dapi-a-personal-token-of-the-sandbox";
  const client = { id: "5d0c7a3e-0000-4000-8000-000000000001", secret: "dose-an-oauth-secret-of-the-sandbox" };
  metastore.addPrincipal(client.id);
  const made = new Set<string>();
  let count = 0;

  function callerOf(call: Call): string {
    const [scheme, given = ""] = String(call.headers["authorization"] ?? "").split(" ");
    if (scheme === "Bearer" && given === token) return caller;
    if (scheme === "Bearer" && made.has(given)) return client.id;
    throw new Refused(401, "UNAUTHENTICATED", "Request to the workspace is not authenticated.");
  }

  function newToken(call: Call): Answer {
    const form = new URLSearchParams(call.text);
    const basic = `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString("base64")}`;
    if (call.headers["authorization"] !== basic) return { status: 401, body: { error: "invalid_client" } };
    if (form.get("grant_type") !== "client_credentials" || form.get("scope") !== "all-apis") {
      return { status: 400, body: { error: "invalid_request" } };
    }
    count += 1;
    made.add(`oauth-token-${String(count)}-of-the-sandbox`);
    return {
      status: 200,
      body: {
        access_token: `oauth-token-${String(count)}-of-the-sandbox`,
        token_type: "Bearer",
        expires_in: tokenSeconds,
        scope: "all-apis",
      },
    };
  }

  async function route(call: Call): Promise<Answer> {
    const { method, path } = call;
    if (method === "POST" && path === "/oidc/v1/token" && edition === "databricks") return newToken(call);
    const asking = callerOf(call);
    if (path.startsWith(SCIM) && edition === "databricks") {
      return answerPrincipals(metastore, call, path.slice(SCIM.length), asking);
    }
    if (path === "/api/1.0/unity-control/scim2/Me" && edition === "open source") {
      return { status: 200, body: meOf(metastore, asking) };
    }
    const [endpoint = "", ...rest] = path.startsWith(UNITY_CATALOG) ? path.slice(UNITY_CATALOG.length).split("/") : [];
    if (endpoint === "permissions") return permissions.answer(call, rest.join("/"), asking);
    if (endpoint === "effective-permissions" && method === "GET" && edition === "databricks") {
      return permissions.effective(call, rest.join("/"));
    }
    if (path.startsWith(SQL) && edition === "databricks") return statements.answer(call, path.slice(SQL.length));
    throw new Refused(404, "ENDPOINT_NOT_FOUND", `No API found for '${method} ${path}'`);
  }

  const server = await startSandboxServer(
    async (call) => {
      try {
        return await route(call);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        return { status: error.status, body: { error_code: error.code, message: error.message } };
      }
    },
    port === undefined ? {} : { port },
  );
  const closeServer = server.close.bind(server);
  return Object.assign(server, {
    metastore,
    behaviour,
    statements,
    token,
    client,
    close: async () => {
      await closeServer();
      await statements.close();
    },
    endTokens: () => {
      made.clear();
    },
  });
}
