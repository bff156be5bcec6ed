import assert from "node:assert/strict";
import { Store, type Contents, type HeimdallSandbox, type Picture } from "../../sandbox/heimdall/heimdall.js";
import type { Program } from "../stack.js";
import { CITY, environment, type HeimdallStack } from "./scene.js";

/** What an environment is when it is as contents say. */
function picture(contents: Contents): Picture {
  const store = new Store();
  store.fill(contents);
  return store.picture();
}

function withoutMembers({ groups, mappings, ...rest }: Picture): object {
  return {
    ...rest,
    // None and an empty one are the same.
    mappings: Object.entries(mappings).map(([key, { action, description }]) => [key, action, description ?? ""]),
    groups: Object.entries(groups).map(([name, { members: _members, ...group }]) => [name, group]),
  };
}

/** Proves that an environment holds what contents say; members are left alone where they are not declared. */
export function expectLike(heimdall: HeimdallSandbox, contents: Contents): void {
  assert.deepEqual(withoutMembers(heimdall.store.picture()), withoutMembers(picture(contents)));
}

/** Proves that a run of the same program finds nothing to do. */
export async function expectNoChange(heimdall: HeimdallSandbox, stack: HeimdallStack, program: Program): Promise<void> {
  await stack.refresh();
  heimdall.reset();
  const { ops } = await stack.succeed(program);
  assert.deepEqual([...new Set(Object.values(ops))], ["same"]);
  assert.deepEqual(heimdall.writes(), []);
}

/** A program with the one environment of these tests. */
export const city = { city: environment(CITY) };
