import * as pulumi from "@pulumi/pulumi";
import type { SettingSources } from "../../provider/core/connections.js";
import { report, type Fault } from "../../provider/core/report.js";
import {
  crosswalk,
  type CrosswalkEntry,
  type Crosswalked,
  type GroupSource,
  type SourceUser,
  type UserRules,
} from "./crosswalk.js";

/**
 * Runs a read that the program itself does. Settings are found in the environment and in Pulumi config, as for
 * resources. What fails ends the program with the message alone: `what` and what to do.
 */
export async function readSource<T>(what: string, read: (sources: SettingSources) => Promise<T>): Promise<T> {
  try {
    return await read({ environment: process.env, config: pulumi.runtime.getConfig("roster:connections") });
  } catch (error) {
    const { fault } = error as { readonly fault?: Fault };
    if (fault !== undefined) report({ kind: "fault", fault });
    throw new pulumi.RunError(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Shows how far something is: for as long as it takes, and not among the diagnostics at the end. */
export function tell(text: string): void {
  void pulumi.log.info(text, undefined, undefined, true);
}

/** Shows a warning in the diagnostics of the CLI. */
export function warn(text: string): void {
  void pulumi.log.warn(text);
}

/** `crosswalk` for a source that is still being read. What does not fit ends the program with the message alone. */
export async function crosswalked<U extends SourceUser>(
  what: string,
  read: () => Promise<GroupSource<U>>,
  entries: readonly CrosswalkEntry[],
  rules: UserRules<U>,
): Promise<Crosswalked> {
  const source = await read();
  try {
    return crosswalk(source, entries, rules);
  } catch (error) {
    throw new pulumi.RunError(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
