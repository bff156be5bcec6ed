import type { Refusal } from "../core/http.js";
import type { Explanation } from "../core/httpErrors.js";

const ENGINE =
  "Nothing was read or changed by this request. The service's policy engine (Cerbos) is not healthy; when it is, run the same command again.";

/**
 * What Heimdall means by a refusal, where it is not what HTTP says; as it was seen on running instances of the
 * service. Undefined for the rest.
 */
export function explain({ request, status, body }: Refusal): Explanation | undefined {
  const { method, path } = request;
  if (status === 503) return { headline: "Heimdall cannot check permissions at the moment", remedy: ENGINE };
  if (status === 500 && path.includes("/actions/") && method !== "GET") {
    return {
      headline: "Heimdall refused a change of an action",
      remedy:
        "It answers so where the token is not an administrator's (resource_access.superapp.roles has no heimdall-admin), " +
        "and where its policy engine (Cerbos) is not healthy.",
    };
  }
  if (status === 500 && method === "DELETE" && /\/roles\/[^/]+$/.test(path)) {
    return {
      headline: "Heimdall refused to delete a role",
      remedy:
        "It answers so where somebody has just assigned an action to it, and where its policy engine is not healthy.",
    };
  }
  if (status === 500 && method === "PUT" && path.includes("/mappings/")) {
    return {
      headline: "Heimdall refused to change a mapping",
      remedy: "It answers so where another mapping has the same method and path.",
    };
  }
  if (status === 500 && method === "GET" && /\/(roles|groups)\/$/.test(path)) {
    return {
      headline: "Heimdall failed to list its roles or groups",
      remedy: "It does so where one of them has no description in its database (NULL): give it one there.",
    };
  }
  if (status === 403 && method === "GET") {
    return {
      remedy:
        "The actions of roles, and the roles and members of groups, are told to administrators only " +
        "(resource_access.superapp.roles of the token has heimdall-admin). Where this is the token of one, Heimdall's " +
        "policy engine (Cerbos) has lost its policies: Heimdall writes them when it starts.",
    };
  }
  if (status === 403 && method === "POST" && path.endsWith("/members")) {
    return { remedy: "The group does not exist (any more), or the token may not do this." };
  }
  if (status === 400 && duplicate(body)) return { headline: "it exists already in Heimdall" };
  return undefined;
}

function duplicate(body: unknown): boolean {
  return typeof body === "object" && body !== null && /already exists/i.test(JSON.stringify(body));
}
