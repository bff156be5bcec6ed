import type { Refusal } from "../core/http.js";
import type { Explanation } from "../core/httpErrors.js";
import { ROLES_WITHIN_REACH } from "./snapshot.js";

const ENGINE =
  "Nothing was read or changed by this request. The service's policy engine (Cerbos) is not healthy, or its Redis is " +
  "away, which knows whether it is; when both are there, wait for half a minute, after which the service knows it too, " +
  "and run the same command again.";
const NOT_ADMINISTRATOR =
  "The token is not an administrator's (resource_access.superapp.roles has no heimdall-admin), or Heimdall's policy " +
  "engine (Cerbos) has another policy for this person, as after they were put into a group before they first came as " +
  "an administrator: Heimdall writes it again some minutes after roles or groups have changed.";

const OUT_OF_REACH =
  `It looks for it among the first ${String(ROLES_WITHIN_REACH)} roles by name only (superadmin is one of them), so that with more roles it neither ` +
  "tells nor changes the actions of the rest. Delete roles until there are no more than that; or the role has gone.";

const PATTERN =
  "A path with ( and ) is a regular expression as Python's re module has it, with named groups as (?P<name>...). " +
  "In one without them *, ** and :name stand for something, and all else for itself.";

/**
 * What Heimdall means by a refusal, where it is not what HTTP says; as it was seen on running instances of the
 * service. Undefined for the rest.
 */
export function explain({ request, status, body }: Refusal): Explanation | undefined {
  const { method, path } = request;
  const said = saidIn(body);
  if (status === 503 || (status === 500 && /Cerbos.* unavailable/.test(said))) {
    return { headline: "Heimdall cannot check permissions at the moment", remedy: ENGINE };
  }
  if (status === 500 && said.includes(": 403: ")) {
    return { headline: "Heimdall does not allow this", remedy: NOT_ADMINISTRATOR };
  }
  if (status === 404 && method !== "GET" && /\/roles\/[^/]+\/actions/.test(path) && said.startsWith("Role ")) {
    return { headline: "Heimdall does not find the role", remedy: OUT_OF_REACH };
  }
  if ((status === 409 || status === 404) && said.startsWith("Invalid path pattern")) {
    return { headline: "Heimdall cannot use the path of a mapping", remedy: PATTERN };
  }
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
        "policy engine (Cerbos) has lost its policies, which Heimdall writes when it starts, or has another one for this " +
        "person, as after they were put into a group before they first came as an administrator: Heimdall writes that " +
        "again some minutes after roles or groups have changed.",
    };
  }
  if (status === 403 && method === "POST" && path.endsWith("/members")) {
    return { remedy: "The group does not exist (any more), or the token may not do this." };
  }
  if (status === 400 && /already exists/i.test(said)) return { headline: "it exists already in Heimdall" };
  return undefined;
}

function saidIn(body: unknown): string {
  const said = typeof body === "object" && body !== null && "error" in body ? body.error : undefined;
  return typeof said === "string" ? said : "";
}
