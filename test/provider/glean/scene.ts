import assert from "node:assert/strict";
import { RosterError } from "../../../provider/core/errors.js";
import type { Host, Properties, Resource } from "../../../provider/core/resource.js";
import type { Glean } from "../../sandbox/glean/index.js";
import { testHost } from "../host.js";

/** A run of the provider against a sandbox. */
export interface Run extends Host {
  readonly warnings: string[];
}

/** A run; each has a session of its own, as each run of Pulumi has. */
export function run(
  sandbox: Glean,
  environment: Readonly<Record<string, string>> = {},
  options: Partial<Host["options"]> = {},
): Run {
  const warnings: string[] = [];
  const host = testHost({
    options: { maxRemovals: undefined, offline: false, ...options },
    environment: { ...sandbox.env, ...environment },
    warn: (text) => void warnings.push(text),
  });
  return { ...host, warnings };
}

/** The error of a promise that has to fail. */
export async function failure(promise: Promise<unknown>): Promise<RosterError> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof RosterError, String(error));
    return error;
  }
  return assert.fail("nothing was thrown");
}

/** The plan of a change; the failures where it is refused. */
export async function plan(host: Host, resource: Resource, olds: Properties, news: Properties): Promise<string[]> {
  const { inputs, failures } = await resource.check(host, olds, { ...news, __dryRun: true });
  if (failures.length > 0) return failures.map(({ property, reason }) => `${property}: ${reason}`);
  return (inputs["plan"] ?? []) as string[];
}

/** Checks and creates. */
export async function create(
  host: Host,
  resource: Resource,
  news: Properties,
): Promise<{ id: string; outs: Properties }> {
  const { inputs, failures } = await resource.check(host, {}, news);
  assert.deepEqual(failures, []);
  return resource.create(host, inputs);
}

/** Checks, compares, and updates where there is a difference; gives what the state then holds. */
export async function update(
  host: Host,
  resource: Resource,
  id: string,
  olds: Properties,
  news: Properties,
): Promise<Properties> {
  const { inputs, failures } = await resource.check(host, olds, news);
  assert.deepEqual(failures, []);
  const { changes } = await resource.diff(host, id, olds, inputs);
  return changes ? (await resource.update(host, id, olds, inputs)).outs : olds;
}
