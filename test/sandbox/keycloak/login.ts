import { randomBytes } from "node:crypto";
import type { Answer, Call } from "../server.js";
import type { Realm } from "./realm.js";

/** Who a token stands for. */
export interface Bearer {
  readonly realm: Realm;
  readonly roles: ReadonlySet<string>;
}

/** Gives tokens and knows them again. */
export class Logins {
  private readonly tokens = new Map<string, Bearer & { readonly until: number }>();

  /** @param now milliseconds since 1970, of the sandbox's clock */
  constructor(private readonly now: () => number) {}

  /** POST /realms/{realm}/protocol/openid-connect/token: client credentials, in the form or in the header. */
  answer(realm: Realm | undefined, { text, method, headers }: Call): Answer {
    if (realm === undefined) return { status: 404, body: { error: "Realm does not exist" } };
    if (method !== "POST") return { status: 405, body: { error: "HTTP 405 Method Not Allowed" } };
    if (!String(headers["content-type"]).startsWith("application/x-www-form-urlencoded")) {
      return { status: 415, body: { error: "HTTP 415 Unsupported Media Type" } };
    }
    const form = new URLSearchParams(text);
    const grant = form.get("grant_type");
    if (grant === null) return refused(400, "invalid_request", "Missing form parameter: grant_type");
    if (grant !== "client_credentials") return refused(400, "unsupported_grant_type", "Unsupported grant_type");
    const [id, secret] = basic(headers) ?? [form.get("client_id"), form.get("client_secret")];
    const client = realm.clients.get(id ?? "");
    const wrong = "Invalid client or Invalid client credentials";
    if (client === undefined || client.enabled === false) return refused(401, "invalid_client", wrong);
    if (client.publicClient) {
      return refused(401, "unauthorized_client", "Public client not allowed to retrieve service account");
    }
    if (secret !== client.secret) return refused(401, "unauthorized_client", wrong);
    if (!client.serviceAccountsEnabled) {
      return refused(401, "unauthorized_client", "Client not enabled to retrieve service account");
    }
    const seconds = Number(client.attributes?.["access.token.lifespan"] ?? realm.accessTokenLifespan);
    const until = Math.floor(this.now() / 1000) + seconds;
    const roles = realm.rolesOf(client.clientId);
    const lightweight = client.attributes?.["client.use.lightweight.access.token.enabled"] === "true";
    const access = lightweight || roles.length === 0 ? {} : { resource_access: { "realm-management": { roles } } };
    const token = jwt({ exp: until, azp: client.clientId, typ: "Bearer", ...access });
    this.tokens.set(token, { realm, roles: new Set(roles), until: until * 1000 });
    return {
      status: 200,
      body: {
        access_token: token,
        expires_in: seconds,
        refresh_expires_in: 0,
        token_type: "Bearer",
        "not-before-policy": 0,
        scope: "profile email",
      },
    };
  }

  /** Who sends a request; undefined for nobody, and for a token that is over. */
  bearer({ headers }: Call): Bearer | undefined {
    const token = /^Bearer (.+)$/.exec(String(headers["authorization"]))?.[1] ?? "";
    const known = this.tokens.get(token);
    return known === undefined || known.until <= this.now() ? undefined : known;
  }

  /** Makes every token worthless, as a restart with a new key does. */
  revokeAll(): void {
    this.tokens.clear();
  }
}

/** The name and the secret of an `Authorization: Basic` header. */
function basic(headers: Call["headers"]): (string | undefined)[] | undefined {
  const encoded = /^Basic (.+)$/.exec(String(headers["authorization"]))?.[1];
  return encoded === undefined ? undefined : Buffer.from(encoded, "base64").toString("utf8").split(":");
}

function refused(status: number, error: string, description: string): Answer {
  return { status, body: { error, error_description: description } };
}

function jwt(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}.${randomBytes(32).toString("base64url")}`;
}
