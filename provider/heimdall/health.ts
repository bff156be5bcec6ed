import * as z from "zod";
import { RosterError } from "../core/errors.js";
import { statusOf } from "../core/httpErrors.js";
import { claimsOf, endOf } from "../core/tokens.js";
import type { Client } from "./client.js";
import { PREFIX } from "./requests.js";
import { SUPERADMIN } from "./snapshot.js";
import type { Health } from "./types.js";

export type { Health } from "./types.js";

const me = z.object({ cpf: z.string(), roles: z.array(z.string()).optional() });
const administrator = z.object({
  resource_access: z.object({ superapp: z.object({ roles: z.array(z.string()) }) }),
});

/** Looks at an environment with nothing but GET. What is wrong is told and not thrown. */
export async function healthOf(client: Client): Promise<Health> {
  const problems: string[] = [];
  const attempt = async <T>(work: () => Promise<T>): Promise<T | RosterError> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof RosterError)) throw error;
      problems.push(error.message);
      return error;
    }
  };
  const { http } = client;
  const environment = client.description;
  const alive = await attempt(() => http.send({ method: "GET", path: `${PREFIX}/healthz` }));
  if (alive instanceof RosterError) {
    return { environment, up: false, tokenValid: false, superadmin: false, mayWrite: false, problems };
  }
  const token = await attempt(() => client.token());
  const known =
    token instanceof RosterError
      ? token
      : await attempt(() => http.read({ method: "GET", path: `${PREFIX}/users/me` }, me));
  if (token instanceof RosterError || known instanceof RosterError) {
    return { environment, up: true, tokenValid: false, superadmin: false, mayWrite: false, problems };
  }
  const superadmin = isAdministrator(token) || known.roles?.includes(SUPERADMIN) === true;
  if (!superadmin) {
    problems.push(
      `${environment}: the token of ${known.cpf} is no administrator's (resource_access.superapp.roles has no heimdall-admin)`,
    );
  }
  const checked = await attempt(() => checksPermissions(client, superadmin));
  const end = endOf(token);
  return {
    environment,
    up: true,
    tokenValid: true,
    cpf: known.cpf,
    ...(end === undefined ? {} : { expires: new Date(end).toISOString() }),
    superadmin,
    mayWrite: superadmin && !(checked instanceof RosterError),
    problems,
  };
}

/**
 * Asks for what the policy engine decides about, which neither the lists nor what was asked before are: it tells
 * whether permissions can be checked. Throws where they cannot be, and where the engine refuses even an administrator.
 */
async function checksPermissions({ http }: Client, superadmin: boolean): Promise<void> {
  try {
    await http.send({ method: "GET", path: `${PREFIX}/roles/${SUPERADMIN}/actions` });
  } catch (error) {
    // The engine has answered: the service finds no role beyond the first 50 by name, and others may not see this one.
    if (statusOf(error) === 404 || (statusOf(error) === 403 && !superadmin)) return;
    throw error;
  }
}

function isAdministrator(token: string): boolean {
  const claims = administrator.safeParse(claimsOf(token));
  return claims.success && claims.data.resource_access.superapp.roles.includes("heimdall-admin");
}

/** Throws where an environment is not well enough to be changed, or to be copied from. */
export async function expectHealthy(client: Client): Promise<void> {
  const { problems, environment } = await healthOf(client);
  if (problems.length === 0) return;
  throw new RosterError(`${environment} is not well, and nothing is changed`, { said: problems.join("\n") });
}
