import { startSandboxServer, type Answer, type Call, type SandboxOptions, type SandboxServer } from "../server.js";
import { NOT_FOUND, PREFIX, ok, refuse } from "./answers.js";
import { answer, isRoute, type Caller, type Gate } from "./routes.js";
import { Store, type Contents } from "./store.js";

export { ROUTES } from "./routes.js";
export { PREFIX } from "./answers.js";
export { type Contents, type Picture, Store } from "./store.js";

/** The CPF of the administrator whose token a sandbox takes from the start. It belongs to nobody. */
export const ADMIN = "47562396507";

/** A Heimdall on loopback, as strict as the real one where that is strict. */
export interface HeimdallSandbox extends SandboxServer {
  readonly store: Store;
  /** The token of an administrator. */
  readonly token: string;
  /** A new token that the service takes until it ends. */
  issue(claims?: TokenClaims): string;
  /** The service takes a token no more. */
  revoke(token: string): void;
  /** Whether the service's policy engine is healthy; it is, to begin with. */
  policyEngine: "up" | "down";
  /** Writes that the service has done, as it was asked for them. */
  writes(): string[];
}

const ENGINE = "Cerbos Authorization Service";
const UNAVAILABLE: Answer = {
  status: 503,
  body: {
    error: "Authorization service temporarily unavailable",
    status_code: 503,
    service: ENGINE,
    retry_after: "Please try again in a few moments",
  },
};

/** Who has a token, and until when. */
export interface TokenClaims {
  readonly cpf?: string;
  readonly admin?: boolean;
  /** Seconds since 1970. */
  readonly exp?: number;
}

/** Starts an environment with what it is to hold. */
export async function startHeimdall(contents: Contents = {}, options: SandboxOptions = {}): Promise<HeimdallSandbox> {
  const store = new Store();
  store.fill(contents);
  const tokens = new Map<string, Required<TokenClaims>>();
  let issued = 0;

  function issue({ cpf = ADMIN, admin = true, exp = 4_000_000_000 }: TokenClaims = {}): string {
    issued += 1;
    const claims = {
      preferred_username: cpf,
      resource_access: { superapp: { roles: admin ? ["heimdall-admin"] : [] } },
      exp,
      jti: issued,
    };
    const token = [{ alg: "none" }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .join(".");
    tokens.set(`${token}.c2lnbmF0dXJl`, { cpf, admin, exp });
    return `${token}.c2lnbmF0dXJl`;
  }

  const gate: Gate = (caller, kind, { method }) => {
    // Actions, and the deletion of roles, hide every reason behind 500.
    const verb = { POST: "create", PUT: "update" }[method] ?? "delete";
    const failed = `Failed to ${verb} ${kind === "action" ? "action" : "role"}`;
    if (sandbox.policyEngine === "down" && kind !== "roleCreate") {
      return kind === "policy" ? UNAVAILABLE : refuse(500, `${failed}: Service '${ENGINE}' is currently unavailable`);
    }
    if (caller.admin) return undefined;
    if (kind === "action") return refuse(500, `${failed}: 403: Insufficient permissions to ${verb} actions`);
    return refuse(403, "Permission denied");
  };

  function handle(call: Call): Answer {
    if (call.path === `${PREFIX}/healthz` && call.method === "GET") {
      return ok({ status: "healthy", service: "heimdall-admin-service", timestamp: store.now() });
    }
    if (!isRoute(call)) return NOT_FOUND;
    const caller = callerOf(call);
    if ("status" in caller) return caller;
    // The service makes the role when an administrator comes by.
    if (caller.admin && !store.roles.some(({ name }) => name === "superadmin")) {
      store.addRole("superadmin", "Super administrator with full system access");
    }
    return answer(call, caller, store, gate);
  }

  function callerOf({ headers }: Call): Caller | Answer {
    const { authorization } = headers;
    if (typeof authorization !== "string") return refuse(403, "Not authenticated");
    // The service reads a token without verifying it; what is forged or has ended is refused by the gateway before it.
    const claims = tokens.get(authorization.replace(/^Bearer /, ""));
    if (claims === undefined || claims.exp * 1000 <= Date.now())
      return refuse(401, "Invalid authentication credentials");
    return claims;
  }

  const server = await startSandboxServer(handle, options);
  const sandbox: HeimdallSandbox = Object.assign(server, {
    store,
    token: issue(),
    issue,
    revoke: (token: string): void => void tokens.delete(token),
    policyEngine: "up" as const,
    writes: (): string[] =>
      server.calls
        .filter(({ method, status = 0 }) => method !== "GET" && status < 300)
        .map(({ method, path, text }) => `${method} ${path}${text === "" ? "" : ` ${text}`}`),
  });
  return sandbox;
}
