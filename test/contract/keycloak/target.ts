import { setTimeout as pause } from "node:timers/promises";
import { startKeycloakSandbox } from "../../sandbox/keycloak/index.js";
import type { Call, SandboxServer } from "../../sandbox/server.js";
import { startRealKeycloak } from "./real.js";
import { REALM } from "./realm.js";

/** A Keycloak with the realm of the contract suite: the sandbox or a real one. */
export interface Target extends SandboxServer {
  deleteGroup(path: string): Promise<void>;
  deleteUser(username: string): Promise<void>;
  /** Makes every token worthless that was given so far. */
  revokeTokens(): Promise<void>;
  /** Lets time pass for tokens. */
  sleep(seconds: number): Promise<void>;
  /** What happens before the next requests are answered. */
  before(action: (call: Call) => Promise<void>): void;
}

/** The sandbox. */
export async function openSandbox(): Promise<Target> {
  const sandbox = await startKeycloakSandbox([REALM]);
  const realm = sandbox.realms.get(REALM.realm);
  if (realm === undefined) throw new Error("the sandbox has no realm");
  return {
    ...sandbox,
    deleteGroup: (path) =>
      done(() => {
        realm.deleteGroup(path);
      }),
    deleteUser: (username) =>
      done(() => {
        realm.deleteUser(username);
      }),
    revokeTokens: () =>
      done(() => {
        sandbox.revokeTokens();
      }),
    sleep: (seconds) =>
      done(() => {
        sandbox.advance(seconds);
      }),
    before(action) {
      sandbox.before = action;
    },
  };
}

/** The Keycloak of KEYCLOAK_HOME. */
export async function openReal(home: string): Promise<Target> {
  const keycloak = await startRealKeycloak(home);
  await keycloak.importRealm(REALM);
  return {
    ...keycloak,
    deleteGroup: (path) => keycloak.deleteGroup(REALM.realm, path),
    deleteUser: (username) => keycloak.deleteUser(REALM.realm, username),
    revokeTokens: () => keycloak.revokeTokens(REALM.realm),
    sleep: (seconds) => pause(seconds * 1000),
    before(action) {
      keycloak.before = action;
    },
  };
}

/** What the sandbox does at once, as a real server takes it. */
function done(action: () => void): Promise<void> {
  action();
  return Promise.resolve();
}
