import { refusals, syntaxError, unsure } from "../errors.js";
import { roleOf, type Kind } from "../identities.js";
import type { Reader } from "../reader.js";
import { roleName } from "./roles.js";

/** Somebody who is given or loses privileges. */
export interface Holder {
  readonly kind: Kind | "public";
  readonly name: string;
}

/** TO { user [ WITH GRANT OPTION ] | ROLE name | GROUP name | PUBLIC } [, ...], as SQL for PostgreSQL. */
export function receivers(r: Reader): string {
  const holders = r.list(() => holder(r));
  const option = r.takes("WITH GRANT OPTION");
  if (option && holders.at(-1)?.kind !== "user") throw syntaxError("WITH GRANT OPTION");
  if (option && (holders.length > 1 || !r.atEnd())) throw unsure("WITH GRANT OPTION in a list of several");
  return `${holders.map(text).join(", ")}${option ? " WITH GRANT OPTION" : ""}`;
}

/** FROM { user | ROLE name | GROUP name | PUBLIC } [, ...] [ RESTRICT ], as SQL for PostgreSQL. */
export function losers(r: Reader, optionOnly: boolean): string {
  const holders = r.list(() => holder(r));
  if (r.takes("CASCADE")) throw refusals.cascade();
  r.takes("RESTRICT");
  if (optionOnly && holders.some(({ kind }) => kind !== "user")) throw syntaxError("GRANT OPTION FOR");
  return holders.map(text).join(", ");
}

function holder(r: Reader): Holder {
  if (r.takes("PUBLIC")) return { kind: "public", name: "public" };
  if (r.takes("ROLE")) return { kind: "role", name: roleName(r) };
  if (r.takes("GROUP")) return { kind: "group", name: r.name() };
  return { kind: "user", name: r.userName() };
}

function text({ kind, name }: Holder): string {
  return kind === "public" ? "PUBLIC" : roleOf(kind, name);
}
