import { decodeNames, plainNames } from "../core/lines.js";
import { remembered } from "../core/remembered.js";
import { hasUnknown } from "../core/unknown.js";

/** Names of users, groups or roles in an argument. */
export interface DeclaredNames {
  readonly property: string;
  readonly names: readonly string[];
  /** The list that they stand in (core/lines.ts), where it is one. */
  readonly lines?: string;
  /** The argument is a list of them: a message has to say which. */
  readonly listed: boolean;
}

/** Arguments that are one name each. */
const SINGLE = ["name", "group", "member"];
/** Arguments that are lists of names (core/lines.ts), or lists by name. */
const LISTS = ["users", "groups", "members"];

/** Resources whose name stands for the server. */
const OF_SERVERS = new Set(["postgres.Access", "postgres.MemberLists"]);

const namesIn = remembered((text): readonly string[] => plainNames(text) ?? decodeNames(text));

/** The names of roles that arguments hold, as far as they are known. */
export function declaredNames(token: string, args: Readonly<Record<string, unknown>>): DeclaredNames[] {
  const known = (property: string): unknown => (hasUnknown(args[property]) ? undefined : args[property]);
  const single = SINGLE.filter((property) => !(OF_SERVERS.has(token) && property === "name"));
  return [
    ...single.flatMap((property) => {
      const name = known(property);
      return typeof name === "string" ? [{ property, names: [name], listed: false }] : [];
    }),
    ...LISTS.flatMap((property) => listsIn(known(property)).map((list) => ({ ...list, property, listed: true }))),
  ];
}

function listsIn(list: unknown): readonly Pick<DeclaredNames, "names" | "lines">[] {
  if (typeof list === "string") return [{ names: namesIn(list), lines: list }];
  if (typeof list !== "object" || list === null) return [];
  return [{ names: Object.keys(list) }, ...Object.values(list).flatMap(listsIn)];
}

/** The names that a server does not take, as failures of their properties. */
export function refusedNames(
  declared: readonly DeclaredNames[],
  refused: (name: string) => string | undefined,
): { property: string; reason: string }[] {
  const failures = new Map<string, { property: string; reason: string }>();
  // Who is a user and in five groups is looked at once.
  const taken = new Set<string>();
  for (const { property, names, listed } of declared) {
    for (const name of names) {
      if (taken.has(name)) continue;
      const reason = refused(name);
      if (reason === undefined) taken.add(name);
      else {
        const told = listed ? `the name ${JSON.stringify(name)} ${reason}` : reason;
        failures.set(JSON.stringify([property, name]), { property, reason: told });
      }
    }
  }
  return [...failures.values()];
}
