import * as pulumi from "@pulumi/pulumi";
import { unknownKey } from "../../provider/core/unknownKeys.js";
import type { EnvironmentData } from "../../provider/heimdall/types.js";

/** What an entry of each list can have. */
const KEYS = {
  actions: ["name", "description"],
  roles: ["name", "description", "actions"],
  mappings: ["method", "path", "action", "description"],
  groups: ["name", "description", "roles", "members"],
} as const;

type List = keyof typeof KEYS;

const LISTS = Object.keys(KEYS) as List[];

/**
 * An environment as a program gives it. A list that is missing is not one that is empty, and a key that is misspelled
 * would take away what it was to hold; a program in JavaScript, or with data from a file, has no compiler to say so.
 * Throws where it is not whole.
 */
export function wholeEnvironment(what: string, data: Partial<EnvironmentData> | undefined): EnvironmentData {
  const missing = LISTS.filter((list) => !Array.isArray(data?.[list]));
  if (missing.length > 0) {
    throw new pulumi.RunError(
      `${what}: the argument environment has no list ${missing.join(", ")}. ` +
        "It has the lists actions, roles, mappings and groups, each there even where it is empty ([]); " +
        "heimdall.readEnvironment reads it from a file, and heimdall.getEnvironment from another environment.",
    );
  }
  const environment = data as EnvironmentData;
  refuseStrange(what, "the argument environment", environment, LISTS);
  for (const list of LISTS) {
    for (const [index, entry] of environment[list].entries()) {
      refuseStrange(what, nameOf(entry, list, index), entry, KEYS[list]);
    }
  }
  return environment;
}

function refuseStrange(what: string, where: string, entry: unknown, known: readonly string[]): void {
  if (typeof entry !== "object" || entry === null) {
    throw new pulumi.RunError(
      `${what}: ${where} is ${JSON.stringify(entry)}, and has to be an object with ${known.join(", ")}`,
    );
  }
  const strange = Object.keys(entry).find((key) => !known.includes(key));
  if (strange !== undefined) throw new pulumi.RunError(`${what}: ${unknownKey(strange, where, known)}`);
}

/** `the role "clerk"`, or `roles[1]` of one without a name. */
function nameOf(entry: unknown, list: List, index: number): string {
  const { name, method, path } = Object(entry) as Partial<Record<"name" | "method" | "path", unknown>>;
  const told = list === "mappings" && typeof path === "string" ? `${String(method)} ${path}` : name;
  return typeof told === "string" ? `the ${list.slice(0, -1)} ${JSON.stringify(told)}` : `${list}[${String(index)}]`;
}
