import { nearest } from "./unknownKeys.js";

/** The namespace of Roster's keys in Pulumi config, which stands before the colon. */
export const CONFIG_NAMESPACE = "roster";

/** Every name that Roster reads there. What reads config takes a key of these, so that none can be forgotten here. */
const NAMES = ["approvedPlan", "connections", "maxRemovals", "offline"] as const;

/** A key of Pulumi config that Roster reads. */
export type ConfigKey = `${typeof CONFIG_NAMESPACE}:${(typeof NAMES)[number]}`;

/** Pulumi config as what reads it sees it. */
export interface Config {
  get(key: ConfigKey): string | undefined;
}

/**
 * What is wrong with keys of Pulumi config that are Roster's by their namespace and that it does not know: they are as
 * if they were not set.
 *
 * @example
 * strangeConfigKeys(["roster:maxRemoval"])
 * // ["Pulumi config roster:maxRemoval counts for nothing, as Roster has no such key: did you mean roster:maxRemovals? ..."]
 */
export function strangeConfigKeys(keys: readonly string[]): string[] {
  return keys.flatMap((key) => {
    const [namespace, ...rest] = key.split(":");
    const name = rest.join(":");
    if (namespace !== CONFIG_NAMESPACE || (NAMES as readonly string[]).includes(name)) return [];
    return [`Pulumi config ${key} counts for nothing, as Roster has no such key: ${adviceOn(name)}`];
  });
}

function adviceOn(name: string): string {
  const whole = NAMES.find((each) => name.startsWith(`${each}.`) || name.startsWith(`${each}[`));
  if (whole !== undefined) return `for a part of ${called(whole)}, give pulumi config set the option --path`;
  const meant = nearest(name, NAMES);
  const guess = meant === undefined ? "" : `did you mean ${called(meant)}? `;
  return `${guess}it has ${NAMES.map(called).join(", ")}`;
}

function called(name: string): string {
  return `${CONFIG_NAMESPACE}:${name}`;
}
