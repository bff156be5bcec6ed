import { decodeNames } from "../core/lines.js";
import { remembered } from "../core/remembered.js";
import { hasUnknown } from "../core/unknown.js";

/** Names of users, groups or roles in an argument. */
export interface DeclaredNames {
  readonly property: string;
  readonly names: readonly string[];
  /** The argument is a list of them: a message has to say which. */
  readonly listed: boolean;
}

/** Arguments that are one name each. */
const SINGLE = ["name", "group", "member"];
/** Arguments that are lists of names (core/lines.ts), or lists by name. */
const LISTS = ["users", "groups", "members"];

/** Resources whose name stands for the server. */
const OF_SERVERS = new Set(["postgres.Access", "postgres.MemberLists"]);

const namesIn = remembered(decodeNames);

/** The names of roles that arguments hold, as far as they are known. */
export function declaredNames(token: string, args: Readonly<Record<string, unknown>>): DeclaredNames[] {
  const known = (property: string): unknown => (hasUnknown(args[property]) ? undefined : args[property]);
  const single = SINGLE.filter((property) => !(OF_SERVERS.has(token) && property === "name"));
  return [
    ...single.flatMap((property) => {
      const name = known(property);
      return typeof name === "string" ? [{ property, names: [name], listed: false }] : [];
    }),
    ...LISTS.flatMap((property) => listsIn(known(property)).map((names) => ({ property, names, listed: true }))),
  ];
}

function listsIn(list: unknown): readonly (readonly string[])[] {
  if (typeof list === "string") return [namesIn(list)];
  if (typeof list !== "object" || list === null) return [];
  return [Object.keys(list), ...Object.values(list).flatMap(listsIn)];
}

/** The names that a server does not take, as failures of their properties. */
export function refusedNames(
  declared: readonly DeclaredNames[],
  refused: (name: string) => string | undefined,
): { property: string; reason: string }[] {
  const seen = new Set<string>();
  return declared.flatMap(({ property, names, listed }) =>
    names.flatMap((name) => {
      const reason = refused(name);
      if (reason === undefined || seen.has(property + name)) return [];
      seen.add(property + name);
      return [{ property, reason: listed ? `the name ${JSON.stringify(name)} ${reason}` : reason }];
    }),
  );
}
