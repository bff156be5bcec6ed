import type { Refusal } from "../core/http.js";
import type { Explanation } from "../core/httpErrors.js";

const TOKEN =
  "People are written with a token of the Indexing API that has the scope for people (Admin console, API tokens), " +
  "which is not a token of the Client API.";

const GONE =
  'Glean has announced the end of bulkindexemployees for 2026-10-15. Give the Directory mode: "individual", ' +
  "or unset GLEAN_USE_BULK_INDEX; nothing is lost, and only those who changed are sent.";

/** What Glean means by a refusal, where it is not what HTTP says. Undefined for the rest. */
export function explain({ request, status }: Refusal): Explanation | undefined {
  const { path } = request;
  const bulk = path.includes("/bulkindex");
  if (path.endsWith("/getdatasourceconfig") && status !== 429 && status < 500) return undefined;
  if (bulk && (status === 404 || status === 410)) {
    return { headline: "Glean has no bulk upload of people (any more)", remedy: GONE };
  }
  if (bulk && status === 409) {
    return {
      headline: "another bulk upload is not finished",
      remedy:
        "Where nobody else uploads, it is one that was cut off: give the Directory " +
        'interruptedUpload: "restart", which throws it away. Else wait until the other one is done.',
    };
  }
  if (status === 403) return { headline: "the token may not do this in Glean", remedy: TOKEN };
  if (status === 409) {
    return {
      headline: "Glean has a newer version of this record",
      remedy: "Give a higher version, or none: then no version is checked.",
    };
  }
  if (status === 404) {
    return {
      headline: "this is not the address of a Glean deployment",
      remedy: "Give https://<instance>-be.glean.com as GLEAN_API_URL, without a path.",
      fault: "place",
    };
  }
  return undefined;
}
