import { segment, type HttpRequest } from "../core/httpRequest.js";
import type { Change } from "./changes.js";
import { mappingKey, parts, type Snapshot } from "./snapshot.js";

/** Before every path. */
export const PREFIX = "/api/v1";

/**
 * The request of a change, as it is sent and as a plan shows it. Numbers that the service has not given yet stand as
 * words in a plan. Undefined for what is no request.
 */
export function requestOf(snapshot: Snapshot, change: Change): HttpRequest | undefined {
  switch (change.kind) {
    case "createAction":
      return post("/actions/", { name: change.name, description: change.description });
    case "updateAction":
      return put(`/actions/${actionId(snapshot, change.name)}`, change.name, {
        ...(change.to === undefined ? {} : { name: change.to }),
        ...(change.description === undefined ? {} : { description: change.description }),
      });
    case "deleteAction":
      return remove(`/actions/${actionId(snapshot, change.name)}`, { about: change.name });
    case "createRole":
      return post("/roles/", { name: change.name, description: change.description });
    case "deleteRole":
      return remove(`/roles/${segment(change.name)}`);
    case "assignAction":
      return post(`/roles/${segment(change.role)}/actions`, { action_name: change.action }, true);
    case "unassignAction":
      return remove(`/roles/${segment(change.role)}/actions/${segment(change.action)}`, { repeatable: true });
    case "createMapping":
      return post("/mappings/", {
        path_pattern: change.path,
        method: change.method,
        action_id: numberOf(snapshot, change.action),
        ...(change.description === undefined ? {} : { description: change.description }),
      });
    case "updateMapping":
      return put(`/mappings/${mappingId(snapshot, change)}`, mappingKey(change), {
        ...(change.to === undefined ? {} : { path_pattern: change.to.path, method: change.to.method }),
        ...(change.action === undefined ? {} : { action_id: numberOf(snapshot, change.action) }),
        ...(change.description === undefined ? {} : { description: change.description }),
      });
    case "deleteMapping":
      return remove(`/mappings/${mappingId(snapshot, change)}`, { about: mappingKey(change), repeatable: true });
    case "createGroup":
      return post("/groups/", { name: change.name, description: change.description });
    case "deleteGroup":
      return remove(`/groups/${segment(change.name)}`);
    case "assignRole":
      return post(`/roles/groups/${segment(change.group)}/roles`, { role_name: change.role }, true);
    case "unassignRole":
      return remove(`/roles/groups/${segment(change.group)}/roles/${segment(change.role)}`, { repeatable: true });
    case "addMember":
      return post(`/groups/${segment(change.group)}/members`, { subject: change.cpf }, true);
    case "removeMember":
      return remove(`/groups/${segment(change.group)}/members/${segment(change.cpf)}`, { repeatable: true });
    case "checkHealth":
    case "writeBackup":
    case "keepRestore":
    case "dropRestore":
      return undefined;
  }
}

/** The lists from which the numbers in the request of a change come. */
export function numberedIn(change: Change): readonly string[] {
  switch (change.kind) {
    case "updateAction":
    case "deleteAction":
    case "createMapping":
      return [parts.actions];
    case "updateMapping":
      return change.action === undefined ? [parts.mappings] : [parts.mappings, parts.actions];
    case "deleteMapping":
      return [parts.mappings];
    default:
      return [];
  }
}

/** A change as a plan shows it. */
export function shownChange(snapshot: Snapshot, change: Change): string {
  if (change.kind === "checkHealth") return comment("asks first whether the service is well and the token may write");
  if (change.kind === "writeBackup") return comment("writes a backup of the environment first");
  if (change.kind === "keepRestore") {
    const { kind, name, actions = [], groups = [], roles = [], members = [] } = change.restore;
    const taken = [...actions, ...groups, ...roles, ...members].join(", ");
    return comment(
      `the ${kind} ${name} is deleted and made again; until it is put back a file keeps ${taken === "" ? "its description" : taken}`,
    );
  }
  if (change.kind === "dropRestore") return comment(`the ${change.of} ${change.name} has back what was taken`);
  return requestOf(snapshot, change)?.shown ?? "";
}

/** A note in a plan. */
export function comment(text: string): string {
  return `# ${text}`;
}

function post(path: string, body: object, repeatable = false): HttpRequest {
  return {
    method: "POST",
    path: PREFIX + path,
    body,
    repeatable,
    shown: `POST ${PREFIX}${path} ${JSON.stringify(body)}`,
  };
}

/** Leads to the same however often it is sent. The number tells nobody anything: what it is about is said beside it. */
function put(path: string, about: string, body: object): HttpRequest {
  const shown = `PUT ${PREFIX}${path} ${JSON.stringify(body)}  # ${about}`;
  return { method: "PUT", path: PREFIX + path, body, repeatable: true, shown };
}

function remove(
  path: string,
  { about, repeatable = false }: { about?: string; repeatable?: boolean } = {},
): HttpRequest {
  const shown = `DELETE ${PREFIX}${path}${about === undefined ? "" : `  # ${about}`}`;
  return { method: "DELETE", path: PREFIX + path, repeatable, shown };
}

/** The number of an action, or in a plan the words for one that is not made yet. */
function numberOf({ actions }: Snapshot, name: string): number | string {
  return actions.get(name)?.id ?? `<id of ${name}>`;
}

function actionId(snapshot: Snapshot, name: string): string {
  return String(numberOf(snapshot, name));
}

function mappingId({ mappings }: Snapshot, mapping: { readonly method: string; readonly path: string }): string {
  return String(mappings.get(mappingKey(mapping))?.id ?? `<id of ${mappingKey(mapping)}>`);
}
