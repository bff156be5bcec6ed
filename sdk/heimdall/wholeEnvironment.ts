import type { EnvironmentData } from "../../provider/heimdall/types.js";
import { expectKeys, type KeysOf } from "../core/knownKeys.js";
import { runError } from "../core/runError.js";

type List = keyof EnvironmentData;

/** What an entry of each list can have. */
const KEYS: { readonly [L in List]: KeysOf<EnvironmentData[L][number]> } = {
  actions: { name: true, description: true },
  roles: { name: true, description: true, actions: true },
  mappings: { method: true, path: true, action: true, description: true },
  groups: { name: true, description: true, roles: true, members: true },
};

const LISTS = Object.keys(KEYS) as List[];

/**
 * An environment as a program gives it. A list that is missing is not one that is empty, and a key that is misspelled
 * would take away what it was to hold; a program in JavaScript, or with data from a file, has no compiler to say so.
 * Throws where it is not whole.
 */
export function wholeEnvironment(what: string, data: Partial<EnvironmentData> | undefined): EnvironmentData {
  const missing = LISTS.filter((list) => !Array.isArray(data?.[list]));
  if (missing.length > 0) {
    throw runError(
      `${what}: the argument environment has no list ${missing.join(", ")}. ` +
        "It has the lists actions, roles, mappings and groups, each there even where it is empty ([]); " +
        "heimdall.readEnvironment reads it from a file, and heimdall.getEnvironment from another environment.",
    );
  }
  const environment = data as EnvironmentData;
  expectKeys(what, "the argument environment", environment, KEYS);
  for (const list of LISTS) {
    for (const [index, entry] of environment[list].entries()) {
      expectKeys<object>(what, nameOf(entry, list, index), entry, KEYS[list]);
    }
  }
  return environment;
}

/** `the role "clerk"`, or `roles[1]` of one without a name. */
function nameOf(entry: unknown, list: List, index: number): string {
  const { name, method, path } = Object(entry) as Partial<Record<"name" | "method" | "path", unknown>>;
  const told = list === "mappings" && typeof path === "string" ? `${String(method)} ${path}` : name;
  return typeof told === "string" ? `the ${list.slice(0, -1)} ${JSON.stringify(told)}` : `${list}[${String(index)}]`;
}
