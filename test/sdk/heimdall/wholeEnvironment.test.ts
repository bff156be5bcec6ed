import assert from "node:assert/strict";
import type { EnvironmentData } from "../../../provider/heimdall/types.js";
import { wholeEnvironment } from "../../../sdk/heimdall/wholeEnvironment.js";

describe("the argument environment of a heimdall.Environment", () => {
  const whole = {
    actions: [{ name: "users:read", description: "Read users" }],
    roles: [{ name: "clerk", description: "Clerks", actions: ["users:read"] }],
    mappings: [{ method: "GET", path: "/users", action: "users:read", description: "List" }],
    groups: [{ name: "desk", description: "The desk", roles: ["clerk"], members: ["11122233344"] }],
  };
  const refuses = (environment: unknown, message: RegExp): void => {
    assert.throws(() => wholeEnvironment('heimdall.Environment "e"', environment as EnvironmentData), message);
  };

  it("is taken as it is where it is whole", () => {
    assert.equal(wholeEnvironment("e", whole), whole);
  });

  it("is refused without one of its lists", () => {
    refuses({ actions: [] }, /heimdall\.Environment "e": .* has no list roles, mappings, groups\. /);
    refuses(undefined, /has no list actions, roles, mappings, groups/);
  });

  it("is refused with a key that it does not know, which would take away what it was to hold", () => {
    const [role, group] = [
      { name: "clerk", description: "Clerks", action: ["users:read"] },
      { name: "desk", description: "The desk", member: [] },
    ];
    refuses(
      { ...whole, group: [] },
      /"group" is not known in the argument environment: did you mean groups\? it can have actions, roles, mapp/,
    );
    refuses(
      { ...whole, roles: [role] },
      /"action" is not known in the role "clerk": did you mean actions\? it can have name, .*actions/,
    );
    refuses(
      { ...whole, groups: [group] },
      /"member" is not known in the group "desk": did you mean members\? it can have .*, roles, members$/,
    );
    refuses(
      { ...whole, mappings: [{ ...whole.mappings[0], desc: "" }] },
      /"desc" is not known in the mapping "GET \/users": did you mean description\?/,
    );
    refuses(
      { ...whole, actions: ["users:read"] },
      /actions\[0\] must be an object with keys, of name, description: this is text$/,
    );
  });
});
