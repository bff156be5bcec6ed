import type { Problem } from "../core/resource.js";
import type { Catalog } from "./catalog.js";
import { ALL, KINDS, privilegesOf, type ObjectKind } from "./objectKinds.js";

const SHOWN = 20;

/** How live privileges differ from what is declared, as properties that no argument has: each a text, one difference a line. */
export function differences(missing: readonly string[], surplus: readonly string[]): Record<string, string> {
  return {
    ...(missing.length === 0 ? {} : { missing: list(missing) }),
    ...(surplus.length === 0 ? {} : { surplus: list(surplus) }),
  };
}

/** Cut where nobody would read on. */
function list(texts: readonly string[]): string {
  const sorted = [...texts].sort();
  const more = sorted.length > SHOWN ? [`and ${String(sorted.length - SHOWN)} more`] : [];
  return [...sorted.slice(0, SHOWN), ...more].map((text) => `${text}\n`).join("");
}

/** Privileges that the server's version does not have: no update can help. */
export function unknownToVersion(
  { facts, server }: Catalog,
  kind: ObjectKind,
  privileges: readonly string[],
): Problem | undefined {
  if (server === undefined) return undefined;
  const since = Math.min(...Object.values(KINDS[kind].privileges));
  if (server.version < since) {
    return {
      message: `PostgreSQL ${String(Math.floor(server.version / 10000))} has no privileges on a ${kind}`,
      remedy: `There are such from version ${String(since / 10000)} on. Take the grant out, or give it a connection to such a server.`,
      certain: true,
    };
  }
  const known = [...privilegesOf(kind, { facts, server }), ALL];
  const strange = privileges.filter((privilege) => !known.includes(privilege));
  if (strange.length === 0) return undefined;
  return {
    message: `PostgreSQL ${String(Math.floor(server.version / 10000))} has no privilege ${strange.join(", ")} on a ${kind}`,
    remedy: `It has ${known.join(", ")}.`,
    certain: true,
  };
}

/** A grantee that does not exist. */
export function missingGrantee(grantee: string): Problem {
  return {
    message: `there is no user or group ${JSON.stringify(grantee)} to be granted anything`,
    remedy:
      "Declare it as postgres.User or postgres.Group and pass that resource's name output here, so that it is made first.",
  };
}
