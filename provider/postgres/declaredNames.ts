import { decodeLines } from "../core/lines.js";
import { hasUnknown } from "../core/unknown.js";

/** A name of a user, group or role in arguments. */
export interface DeclaredName {
  readonly property: string;
  readonly name: string;
  /** One of a list: a message has to say which. */
  readonly listed: boolean;
}

/** Arguments that are one name each. */
const SINGLE = ["name", "group", "member"];
/** Arguments that are lists of names (core/lines.ts), or lists by name. */
const LISTS = ["users", "groups", "members"];

/** Resources whose name stands for the server. */
const OF_SERVERS = new Set(["postgres.Access", "postgres.MemberLists"]);

/** The names of roles that arguments hold, as far as they are known. */
export function declaredNames(token: string, args: Readonly<Record<string, unknown>>): DeclaredName[] {
  const known = (property: string): unknown => (hasUnknown(args[property]) ? undefined : args[property]);
  const single = SINGLE.filter((property) => !(OF_SERVERS.has(token) && property === "name"));
  return [
    ...single.flatMap((property) => {
      const name = known(property);
      return typeof name === "string" ? [{ property, name, listed: false }] : [];
    }),
    ...LISTS.flatMap((property) => namesIn(known(property)).map((name) => ({ property, name, listed: true }))),
  ];
}

function namesIn(list: unknown): string[] {
  if (typeof list === "string") return decodeLines(list).map(({ name }) => name);
  if (typeof list !== "object" || list === null) return [];
  return Object.entries(list).flatMap(([name, inner]) => [name, ...namesIn(inner)]);
}

/** The names that a server does not take, as failures of their properties. */
export function refusedNames(
  names: readonly DeclaredName[],
  refused: (name: string) => string | undefined,
): { property: string; reason: string }[] {
  const seen = new Set<string>();
  return names.flatMap(({ property, name, listed }) => {
    const reason = refused(name);
    if (reason === undefined || seen.has(property + name)) return [];
    seen.add(property + name);
    return [{ property, reason: listed ? `the name ${JSON.stringify(name)} ${reason}` : reason }];
  });
}
