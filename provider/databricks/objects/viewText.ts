import { createHash } from "node:crypto";
import type { SqlObject } from "./catalog.js";
import { canonicalText } from "./sql.js";

/*
 * Whether a view is as it should be. Only its owner sees its text
 * (https://docs.databricks.com/aws/en/sql/language-manual/information-schema/views), so that its comment has a digest.
 */

/** The comment of a view with the digest of what it selects. */
export function commentWithDigest(comment: string, query: string): string {
  const digest = createHash("sha256").update(canonicalText(query)).digest("hex").slice(0, 12);
  return `${comment} (managed by pulumi-roster, definition ${digest})`;
}

/** Whether a view is there, selects this and is described so. */
export function isAsDeclared(live: SqlObject | undefined, comment: string, query: string): boolean {
  if (live?.kind !== "view" || live.comment !== commentWithDigest(comment, query)) return false;
  return live.text === undefined || canonicalText(live.text) === canonicalText(query);
}
