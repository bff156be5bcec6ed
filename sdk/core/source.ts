import * as pulumi from "@pulumi/pulumi";
import type { SettingSources } from "../../provider/core/connections.js";

/**
 * Runs a read that the program itself does. Settings are found in the environment and in Pulumi config, as for
 * resources. What fails ends the program with the message alone: `what` and what to do.
 */
export async function readSource<T>(what: string, read: (sources: SettingSources) => Promise<T>): Promise<T> {
  try {
    return await read({ environment: process.env, config: pulumi.runtime.getConfig("roster:connections") });
  } catch (error) {
    throw new pulumi.RunError(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Shows a warning in the diagnostics of the CLI. */
export function warn(text: string): void {
  void pulumi.log.warn(text);
}
