import type { CheckFailure } from "./provider";
import type { PendingOperation, ResourceState } from "./state";
import { parseUrn } from "./urn";
import { blind, type Value } from "./values";

/*
 * What the CLI says. Programs that read its output look for these words, so they are its own and not ours.
 */

/** A property that the provider refuses. */
export function checkFailureMessage(state: ResourceState, failure: CheckFailure): string {
  const resource = `${state.type} resource '${parseUrn(state.urn).name}'`;
  if (failure.property === "") return `${resource} has a problem: ${failure.reason}`;
  const value = shortValue(state.inputs?.[failure.property]);
  return `${resource}: property ${failure.property} value {${value}} has a problem: ${failure.reason}`;
}

function shortValue(value: Value | undefined): string {
  if (value === undefined || value === null) return "<nil>";
  const seen = blind(value);
  return typeof seen === "object" ? JSON.stringify(seen) : String(seen);
}

/** A protected resource that would be replaced, for itself or for another one's sake. */
export function protectedReplaceMessage(urn: string, root?: string): string {
  return (
    `unable to replace resource "${urn}"${root ? ` as part of replacing "${root}"` : ""}\n` +
    "as it is currently marked for protection. To unprotect the resource, " +
    "remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`"
  );
}

/** A protected resource that would be deleted. */
export function protectedDeleteMessage(urn: string): string {
  return (
    `resource "${urn}" cannot be deleted\n` +
    "because it is protected. To unprotect the resource, " +
    "either remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`, " +
    `or use the command:\n\`pulumi state unprotect '${urn}'\``
  );
}

/** What an earlier run left under way. */
export function pendingOperationsMessage(operations: PendingOperation[]): string {
  const list = operations.map(({ resource, type }) => `  * ${resource.urn}, interrupted while ${type}\n`).join("");
  return (
    `Attempting to deploy or update resources with ${String(operations.length)} pending operations from previous deployment.\n` +
    `${list}These resources are in an unknown state because the Pulumi CLI was interrupted while waiting for changes to ` +
    "these resources to complete. You should confirm whether or not the operations listed completed successfully by " +
    "checking the state of the appropriate provider. For example, if you are using AWS, you can confirm using the AWS " +
    "Console.\n\nOnce you have confirmed the status of the interrupted operations, you can repair your stack using " +
    "`pulumi refresh` which will refresh the state from the provider you are using and clear the pending operations if " +
    "there are any.\n\nNote that `pulumi refresh` will need to be run interactively to clear pending CREATE operations."
  );
}
