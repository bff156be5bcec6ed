import assert from "node:assert/strict";
import { entriesText, type EntryInput } from "../../../sdk/core/resource.js";
import { objectInputs } from "../../../sdk/postgres/accessObjects.js";

describe("lists of a program that no compiler has seen", () => {
  it("end it with the keys of an entry without a name, and no values", () => {
    for (const [entries, message] of [
      [["rui", { nmae: "ana", pasword: "hunter2" }], "users: entry 2 has no name: it has nmae, pasword"],
      [[undefined], "users: entry 1 has no name"],
      [undefined, "users: a list is needed here; [] says that it is empty"],
    ] as const) {
      assert.throws(() => entriesText("users", entries as unknown as EntryInput[]), { name: "Error", message });
    }
  });

  it("end it where a grant is to nobody", async () => {
    const grants = [{ too: "ana", databases: "sales", on: "database", privileges: ["CONNECT"] }];
    const { grants: made } = objectInputs("postgres.Access", { grants } as never);
    const promise = (made as unknown as { promise(): Promise<unknown> }).promise();
    await assert.rejects(promise, {
      message: "postgres.Access: grants: entry 1 has no to: it has too, databases, on, privileges",
    });
  });
});
