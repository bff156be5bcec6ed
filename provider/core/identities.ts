import { canonicalJson } from "./lines.js";

/** Which resource it is, by what makes it that resource on a system: providers are told no other name. */
export interface Identity {
  /** What Roster calls it: `postgres.User`. */
  readonly resource: string;
  /** The name of its connection. */
  readonly connection: string;
  /** Its natural key. */
  readonly id: string;
}

/** An identity as one text, to look it up by. */
export function identityKey({ resource, connection, id }: Identity): string {
  return canonicalJson([resource, connection, id]);
}
