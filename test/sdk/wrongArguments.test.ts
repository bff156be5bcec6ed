import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { expectList, looked } from "../../sdk/core/lists.js";
import * as sdk from "../../sdk/index.js";

type Make = new (name: string, args: unknown, options?: object) => unknown;

/** Every class of the SDK that a program can make something of. */
const classes = Object.entries(sdk).flatMap(([system, exported]) =>
  Object.entries(exported as Readonly<Record<string, unknown>>).flatMap(([name, value]) =>
    typeof value === "function" && value.prototype instanceof pulumi.Resource
      ? [{ token: `${system}.${name}`, Class: value as unknown as Make }]
      : [],
  ),
);
const resources = classes.filter(({ Class }) => Class.prototype instanceof pulumi.CustomResource);

/** What ends the program; it is one sentence, with no stack that Pulumi would show. */
function sentence(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    assert.ok(pulumi.RunError.isInstance(error), String((error as Error).stack));
    assert.equal(error.stack, "");
    return error.message;
  }
  return assert.fail("nothing was refused");
}

describe("a program that no compiler has seen", () => {
  beforeEach(async () => {
    await pulumi.runtime.setMocks({
      newResource: ({ inputs }) => ({ id: "", state: inputs as object }),
      call: () => ({}),
    });
  });

  it("has all the classes to be looked at here", () => {
    assert.ok(resources.length >= 24, String(resources.length));
    assert.ok(classes.length > resources.length);
  });

  for (const { token, Class } of classes) {
    // It can do without.
    if (token === "keycloak.KeycloakPeople") continue;
    it(`ends with a sentence where ${token} has no arguments`, () => {
      const message = sentence(() => new Class("one", undefined));
      assert.match(message, new RegExp(`^${token} "one": the arguments must be an object .*: this is nothing$`));
    });
  }

  for (const { token, Class } of resources) {
    it(`ends with what to do where ${token} is to be imported`, () => {
      const message = sentence(() => new Class("one", {}, { import: "old:one" }));
      const begin = `${token} "one": the option import does not work for resources of Roster. Leave it out`;
      assert.ok(message.startsWith(begin), message);
      assert.match(
        message.slice(begin.length),
        /^(, and give the argument existing: "adopt"|: this resource takes over)/,
      );
    });
  }

  it("is told of existing where the resource has that argument", () => {
    const make = (Class: Make) => sentence(() => new Class("one", {}, { import: "old:one" }));
    assert.match(make(sdk.heimdall.Action as never), /give the argument existing: "adopt", which takes over what is/);
    assert.match(make(sdk.heimdall.RoleAction as never), /this resource takes over what is there already$/);
  });

  it("may say that nothing is imported", () => {
    const args = { name: "a", description: "b" };
    for (const none of [undefined, ""]) new sdk.heimdall.Action("one", args, { import: none });
  });

  const NO_LIST = "a list is needed here; [] says that it is empty";
  const { postgres, heimdall, databricks } = sdk;
  for (const [make, said] of [
    [() => new postgres.Access("acc", { users: "ana" } as never), `postgres.Access "acc": users: ${NO_LIST}`],
    [
      () => new postgres.Access("acc", { groups: ["x"] } as never),
      'postgres.Access "acc": groups must be an object with a list for each name: this is a list',
    ],
    [() => new postgres.Access("acc", { groups: { x: "ana" } } as never), `postgres.Access "acc": "x": ${NO_LIST}`],
    [() => new postgres.Access("acc", { databases: "d" } as never), `postgres.Access "acc": databases: ${NO_LIST}`],
    [() => new postgres.Access("acc", { grants: {} } as never), `postgres.Access "acc": grants: ${NO_LIST}`],
    [
      () => new postgres.Access("acc", { schemas: ["s"] } as never),
      'postgres.Access "acc": schemas must be an object with a list for each name: this is a list',
    ],
    [
      () => new postgres.GroupMembers("m", { group: "x", members: "ana" } as never),
      `postgres.GroupMembers "m": members: ${NO_LIST}`,
    ],
    [
      () => new postgres.MemberLists("m", { groups: ["x"] } as never),
      'postgres.MemberLists "m": groups must be an object with a list for each name: this is a list',
    ],
    [
      () => new heimdall.Role("r", { name: "r", description: "d", actions: "a" } as never),
      `heimdall.Role "r": actions: ${NO_LIST}`,
    ],
    [
      () => new databricks.Grants("g", { on: "table", name: "a.b.c", grants: { SELECT: "ana" } } as never),
      `databricks.Grants "g": "SELECT": ${NO_LIST}`,
    ],
  ] as const) {
    it(`ends at the place of a list that is none: ${said}`, () => {
      assert.equal(sentence(make), said);
    });
  }

  it("ends with the same words where the list comes later", async () => {
    for (const later of [pulumi.output("ana"), Promise.resolve("ana")]) {
      const list = looked<unknown>(later, (known) => {
        expectList("users", known);
      });
      await assert.rejects((list as unknown as { promise(): Promise<unknown> }).promise(), {
        message: `users: ${NO_LIST}`,
      });
    }
  });
});
