import assert from "node:assert/strict";
import { DRY_RUN, INSTANCE, PROVIDER } from "../../provider/core/arguments.js";
import floor from "./floor.js";

interface Handlers {
  check(olds: object, news: object): Promise<{ inputs: object }>;
  diff(id: string, olds: object, news: object): Promise<{ changes: boolean }>;
}

describe("the floor of the bench", () => {
  const handlers = floor("postgres.Access") as Handlers;
  const run = (instance: string): object => ({
    name: "access",
    users: "ana\n",
    [DRY_RUN]: true,
    [INSTANCE]: instance,
    [PROVIDER]: "text",
  });

  it("keeps of what a program sends the arguments alone, as Roster's own check does", async () => {
    assert.deepEqual((await handlers.check({}, run("x1:1"))).inputs, { name: "access", users: "ana\n" });
  });

  it("sees no change from one run of the same program to the next, and sees that of an argument", async () => {
    const [{ inputs: one }, { inputs: other }] = await Promise.all([
      handlers.check({}, run("x1:1")),
      handlers.check({}, run("x2:1")),
    ]);
    assert.equal((await handlers.diff("access", one, other)).changes, false);
    assert.equal((await handlers.diff("access", one, { ...other, users: "rui\n" })).changes, true);
  });
});
