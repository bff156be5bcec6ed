import { RosterError } from "../core/errors.js";
import type { Refusal } from "../core/http.js";
import { statusOf, type Explanation } from "../core/httpErrors.js";
import type { HttpRequest } from "../core/httpRequest.js";

/** The service's own code of a refusal: `TABLE_DOES_NOT_EXIST`. Undefined for other errors. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof RosterError) || statusOf(error) === undefined) return undefined;
  return /"error_code"\s*:\s*"([A-Za-z_]+)"/.exec(error.details.said ?? "")?.[1]?.toUpperCase();
}

/** Codes that are about something else than the thing that was asked for. */
const ABOUT_SOMETHING_ELSE = /^(PRINCIPAL|METASTORE|ENDPOINT|WORKSPACE|USER|FEATURE)_/;

/**
 * Whether a refusal says that the thing that was asked for is not there. An address where no such service is answers
 * 404 too, and that must not look as if everything was gone: only the service's own codes count.
 */
export function saysMissing(error: unknown): boolean {
  const code = errorCode(error);
  if (statusOf(error) !== 404 || code === undefined || ABOUT_SOMETHING_ELSE.test(code)) return false;
  return /^(.*_)?(DOES_NOT_EXIST|NOT_FOUND)$/.test(code);
}

/** Whether a refusal may be about one principal among several, so that the others are worth another try. */
export function mayBeAboutOne(error: unknown): boolean {
  const status = statusOf(error);
  return status === 400 || (status === 404 && !isAboutSecurable(error));
}

function isAboutSecurable(error: unknown): boolean {
  const code = errorCode(error) ?? "";
  return /^(TABLE|SCHEMA|CATALOG|VOLUME|ROUTINE|FUNCTION|EXTERNAL_LOCATION|STORAGE_CREDENTIAL|CONNECTION|SHARE|METASTORE|ENDPOINT)_/.test(
    code,
  );
}

/** Whether a refusal says that a principal is not there, who may have been made a moment ago. */
export function saysPrincipalMissing(error: unknown): boolean {
  const said = error instanceof RosterError ? (error.details.said ?? "") : "";
  return statusOf(error) === 404 && (errorCode(error) === "PRINCIPAL_DOES_NOT_EXIST" || /principal|user/i.test(said));
}

/** What the service means by a refusal, where it is not what HTTP says. Undefined for the rest. */
export function explain({ request, status, body }: Refusal): Explanation | undefined {
  const text = JSON.stringify(body ?? "");
  if (status === 404 && /ENDPOINT_NOT_FOUND|No API found/i.test(text)) {
    return {
      headline: "there is no Unity Catalog at this address",
      remedy: "Check the url of the connection: it is that of a workspace, and the workspace needs a metastore.",
    };
  }
  if (status === 404 && /PRINCIPAL_DOES_NOT_EXIST|Could not find principal/i.test(text)) {
    return {
      headline: "a principal does not exist",
      remedy:
        "Check the spelling: an e-mail address, the name of an account group (a group of the workspace alone cannot " +
        "hold privileges), or the application id of a service principal. Somebody who has left comes off the list.",
    };
  }
  if (status === 404 && request.path.startsWith("/api/2.0/sql/") && /warehouse/i.test(text)) {
    return {
      headline: `there is no SQL warehouse${warehouseOf(request)}`,
      remedy:
        "Give the id of one, as warehouse or in the connection's settings (DATABRICKS_WAREHOUSE_ID): it stands beside its " +
        "name, and at the end of its HTTP path.",
    };
  }
  if (status === 403 && request.method === "PATCH") {
    return {
      headline: "the account that runs this may not change these privileges",
      remedy: "It needs MANAGE on the securable, or to own it or what it is in, with USE CATALOG and USE SCHEMA.",
    };
  }
  if (status === 400 && request.method === "PATCH") {
    return { headline: "Unity Catalog refused a change of privileges" };
  }
  return undefined;
}

/** ` with the id "4b9b953939869799"`, of a request that names one. */
function warehouseOf({ path, body }: HttpRequest): string {
  const inPath = /^\/api\/2\.0\/sql\/warehouses\/([^/?]+)/.exec(path)?.[1];
  const id = inPath ?? (body as { readonly warehouse_id?: unknown } | undefined)?.warehouse_id;
  return typeof id === "string" ? ` with the id ${JSON.stringify(id)}` : "";
}
