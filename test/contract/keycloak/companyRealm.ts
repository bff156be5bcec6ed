import { execFileSync } from "node:child_process";
import path from "node:path";
import { KEYCLOAK_HOME, startRealKeycloak } from "./real.js";
import { REPOSITORY } from "../../repository.js";
import { companyRealm } from "../../sandbox/keycloak/company.js";
import { startKeycloakSandbox } from "../../sandbox/keycloak/index.js";
import type { UserRepresentation } from "../../sandbox/keycloak/representation.js";

/** A realm, and what an administrator does to it. */
export interface RunningRealm {
  readonly url: string;
  /** In words. */
  readonly what: string;
  addUser(user: UserRepresentation): Promise<void> | void;
  deleteUser(username: string): Promise<void> | void;
  setAttributes(username: string, attributes: UserRepresentation["attributes"]): Promise<void> | void;
  /** How many requests came so far. */
  count(): number;
  close(): Promise<void>;
}

/** Starts a Keycloak with the realm `company`: a sandbox, or a real one where that is asked for. */
export async function startRealm(people: number, real: boolean): Promise<RunningRealm> {
  const company = companyRealm(people);
  if (!real) {
    const keycloak = await startKeycloakSandbox([company], { keepCalls: false });
    const realm = keycloak.realms.get(company.realm);
    if (realm === undefined) throw new Error("the sandbox has no realm");
    return {
      url: keycloak.url,
      what: "a sandbox on loopback (a real one with -- --real)",
      addUser(user) {
        realm.addUser(user);
      },
      deleteUser(username) {
        realm.deleteUser(username);
      },
      setAttributes(username, attributes) {
        realm.setAttributes(username, attributes);
      },
      count: () => keycloak.count(),
      close: () => keycloak.close(),
    };
  }
  const keycloak = await startRealKeycloak(KEYCLOAK_HOME ?? fetched());
  await keycloak.importRealm(company);
  return {
    url: keycloak.url,
    what: "a real one, on loopback and in memory",
    addUser: ({ groups: _groups, ...user }) => keycloak.addUser(company.realm, user),
    deleteUser: (username) => keycloak.deleteUser(company.realm, username),
    setAttributes: (username, attributes) => keycloak.setAttributes(company.realm, username, attributes),
    count: () => keycloak.count(),
    close: () => keycloak.close(),
  };
}

/** Gets a Keycloak from Maven Central; says what it does, or why it cannot. */
function fetched(): string {
  const script = path.join(REPOSITORY, "test/fetch-keycloak.mjs");
  return execFileSync(process.execPath, [script], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }).trim();
}
