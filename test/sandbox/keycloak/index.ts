import { startSandboxServer, type Answer, type Call, type SandboxOptions, type SandboxServer } from "../server.js";
import { answerAdmin } from "./admin.js";
import { Logins } from "./login.js";
import { Realm } from "./realm.js";
import type { RealmRepresentation } from "./representation.js";

/** How the sandbox is to be. */
export interface KeycloakSandboxOptions extends SandboxOptions {
  /** Everything is below this: `/auth` in servers before 17. Default: none. */
  readonly basePath?: string;
  /** As servers before 23 send groups. */
  readonly wholeTree?: boolean;
}

/** A Keycloak on loopback that answers what is read of it, and nothing else. */
export interface KeycloakSandbox extends SandboxServer {
  /** Realms by name, for changes that an administrator makes. */
  readonly realms: ReadonlyMap<string, Realm>;
  /** Moves the sandbox's clock, by which tokens end. */
  advance(seconds: number): void;
  /** Makes every token worthless. */
  revokeTokens(): void;
  /** What happens before a request is answered. */
  before: (call: Call) => Promise<void>;
}

/** Starts a sandbox with some realms. */
export async function startKeycloakSandbox(
  representations: readonly RealmRepresentation[],
  { basePath = "", wholeTree = false, ...options }: KeycloakSandboxOptions = {},
): Promise<KeycloakSandbox> {
  const realms = new Map(representations.map((each) => [each.realm, new Realm(each)]));
  let ahead = 0;
  const logins = new Logins(() => Date.now() + ahead);

  function answer(call: Call): Answer {
    const path = call.path.startsWith(`${basePath}/`) ? call.path.slice(basePath.length) : "";
    const login = /^\/realms\/([^/]+)\/protocol\/openid-connect\/token$/.exec(path);
    if (login) return logins.answer(realms.get(decodeURIComponent(login[1] ?? "")), call);
    const admin = /^\/admin\/realms\/([^/]+)(\/.*)?$/.exec(path);
    if (!admin) return { status: 404, body: { error: "Unable to find matching target resource method" } };
    const bearer = logins.bearer(call);
    if (bearer === undefined) return { status: 401, body: { error: "HTTP 401 Unauthorized" } };
    const realm = realms.get(decodeURIComponent(admin[1] ?? ""));
    if (realm === undefined) return { status: 404, body: { error: "Realm not found." } };
    if (realm !== bearer.realm) return { status: 401, body: { error: "HTTP 401 Unauthorized" } };
    return answerAdmin(call, admin[2] ?? "", bearer, { wholeTree });
  }

  const server = await startSandboxServer(async (call) => {
    await sandbox.before(call);
    return answer(call);
  }, options);
  const sandbox: KeycloakSandbox = {
    ...server,
    url: server.url + basePath,
    realms,
    advance(seconds) {
      ahead += seconds * 1000;
    },
    revokeTokens: () => {
      logins.revokeAll();
    },
    before: () => Promise.resolve(),
  };
  return sandbox;
}
