import assert from "node:assert/strict";
import { INSTANCE } from "../../provider/core/arguments.js";
import type { Declared, Outcome, Stack } from "./stack.js";

/** Why the second of two resources is refused, where both are of one run of a program. */
export async function refusal(stack: Stack, one: Declared, other: Declared): Promise<string> {
  const host = stack.host({}, []);
  const check = async ({ type, args }: Declared, instance: string): Promise<string[]> => {
    const { failures } = await stack.resource(type).check(host, {}, { ...args, [INSTANCE]: instance });
    return failures.map(({ reason }) => reason);
  };
  assert.deepEqual(await check(one, "p:1"), []);
  const [reason = "", ...more] = await check(other, "p:2");
  assert.deepEqual(more, []);
  return reason;
}

/** The preview that comes after runs in which each of two resources had its way. */
export async function previewAfterRuns(stack: Stack, one: Declared, other: Declared): Promise<Outcome> {
  const program = { one, other: { ...other, after: ["one"] } };
  await stack.succeed(program);
  for (let round = 0; round < 2; round += 1) {
    await stack.refresh();
    await stack.succeed(program);
  }
  await stack.refresh();
  return stack.preview(program);
}
