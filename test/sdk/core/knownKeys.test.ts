import assert from "node:assert/strict";
import { expectKeys } from "../../../sdk/core/knownKeys.js";

describe("what a program gives to a component or a function", () => {
  const KEYS = { ignoreUsers: true, onRemove: true } as const;
  const expects = (given: unknown): void => {
    expectKeys('civis.GroupSync "s"', "the arguments", given as object, KEYS);
  };

  it("is taken with the keys that there are, and with others that have no value", () => {
    expects({ ignoreUsers: [], other: undefined });
    expects({});
  });

  it("ends the program with a key that there is not, and the one that is meant", () => {
    assert.throws(() => {
      expects({ onRemove: "drop", ignoreUser: ["svc_*"] });
    }, new Error('civis.GroupSync "s": "ignoreUser" is not known in the arguments: did you mean ignoreUsers? it can have ignoreUsers, onRemove'));
  });

  it("has no key of what every object has by birth", () => {
    assert.throws(() => {
      expects({ constructor: 1 });
    }, /"constructor" is not known/);
  });

  it("ends the program where it is no object, without its value", () => {
    for (const [given, kind] of [
      [undefined, "nothing"],
      [null, "nothing"],
      [[], "a list"],
      ["hunter2", "text"],
      [3, "a number"],
    ] as const) {
      const message = `civis.GroupSync "s": the arguments must be an object with keys, of ignoreUsers, onRemove: this is ${kind}`;
      assert.throws(() => {
        expects(given);
      }, new Error(message));
    }
  });
});
