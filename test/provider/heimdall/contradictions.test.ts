import assert from "node:assert/strict";
import {
  CITY,
  environment,
  group,
  groupMember,
  groupRole,
  role,
  roleAction,
  scene,
  type HeimdallStack,
} from "./scene.js";
import { previewAfterRuns, refusal } from "../contradictions.js";
import type { Declared } from "../stack.js";

/*
 * Two resources of one program that would undo each other's work in every run. What is refused is held against what
 * happens where it is not: the runs of these tests have no mark of the program's run, and so nothing is refused in them.
 */

type Case = readonly [what: string, list: Declared, entry: Declared];

const adopted = { existing: "adopt" };
const viewer = role("viewer", { actions: ["users:read"], ...adopted });
const desk = group("desk", { roles: ["viewer"], ...adopted });
const city = environment(CITY, { members: true });

const UNDOING: readonly Case[] = [
  ["an action of a role with a list", viewer, roleAction("viewer", "users:write")],
  ["a role of a group with a list", desk, groupRole("desk", "editor")],
  ["an action of a role in an environment", city, roleAction("viewer", "users:write")],
  ["a role of a group in an environment", city, groupRole("desk", "editor")],
  ["a member of a group with members in an environment", city, groupMember("desk", "33333333333")],
];

const STANDING: readonly Case[] = [
  ["an action that is on the list", viewer, roleAction("viewer", "users:read")],
  ["an action of a role without a list", role("viewer", adopted), roleAction("viewer", "users:write")],
  ["an action of another role", role("viewer", { actions: [], ...adopted }), roleAction("editor", "users:read")],
  ["a role that is on the list", desk, groupRole("desk", "viewer")],
  ["a role of a group without a list", group("desk", adopted), groupRole("desk", "editor")],
  ["an action that an environment has too", city, roleAction("viewer", "users:read")],
  ["a member that an environment has too", city, groupMember("desk", "11111111111")],
  ["a member of a group without members", environment(CITY), groupMember("desk", "33333333333")],
  [
    "what an environment ignores",
    environment(CITY, { members: true, ignore: ["333*"] }),
    groupMember("desk", "33333333333"),
  ],
];

/** Whether a run still has something to do after others that each had their way. */
async function isRestless(stack: HeimdallStack, list: Declared, entry: Declared): Promise<boolean> {
  const { ops } = await previewAfterRuns(stack, list, entry);
  return Object.values(ops).some((op) => op !== "same");
}

describe("two resources of a program for Heimdall", () => {
  for (const [what, list, entry] of UNDOING) {
    it(`are refused in either order where they would undo each other: ${what}`, () =>
      scene(CITY, async ({ stack }) => {
        for (const [one, other] of [
          [list, entry],
          [entry, list],
        ] as const) {
          assert.match(
            await refusal(stack, one, other),
            new RegExp(`is declared otherwise by the heimdall\\.${one.type} .*, and each would undo`),
          );
        }
        assert.equal(await isRestless(stack, list, entry), true);
      }));
  }

  for (const [what, list, entry] of STANDING) {
    it(`stand side by side: ${what}`, () =>
      scene(CITY, async ({ stack }) => {
        assert.deepEqual([await refusal(stack, list, entry), await refusal(stack, entry, list)], ["", ""]);
        assert.equal(await isRestless(stack, list, entry), false);
      }));
  }

  it("say what is meant, and what to do", () =>
    scene(CITY, async ({ stack }) => {
      assert.equal(
        await refusal(stack, viewer, roleAction("viewer", "users:write")),
        'the action "users:write" of the role "viewer" is declared otherwise by the heimdall.Role "viewer" (not on the ' +
          "whole list there, given here), and each would undo the other's work in every run. Put it on the whole list, " +
          "or take one of the two out of the program",
      );
    }));
});
