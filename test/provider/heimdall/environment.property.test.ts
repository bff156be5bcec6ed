import assert from "node:assert/strict";
import fc from "fast-check";
import { matcher } from "../../../provider/core/names.js";
import { Store, type Contents, type Picture } from "../../sandbox/heimdall/heimdall.js";
import { environment, scene } from "./scene.js";

const ACTIONS = ["a", "b", "c", "x:old"];
const ROLES = ["r", "s", "t", "x:role"];
const GROUPS = ["g", "h", "x:group"];
const KEYS = ["GET /a", "GET /A", "PUT /a", "GET /x"];
const IGNORE = ["x:*", "GET /x"];
const ENV = { ROSTER_HEIMDALL_RECREATE: "true" };

function some<T>(names: readonly string[], value: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> {
  return fc.dictionary(fc.constantFrom(...names), value, { maxKeys: names.length, noNullPrototype: true });
}

const description = fc.constantFrom("one", "two");

/** Environments that hold together: what is referred to is there. */
const contents: fc.Arbitrary<Contents> = fc
  .record({
    actions: some(ACTIONS, description),
    roles: some(ROLES, fc.record({ description, actions: fc.uniqueArray(fc.constantFrom(...ACTIONS)) })),
    mappings: some(
      KEYS,
      fc.record({ action: fc.constantFrom(...ACTIONS), description: fc.constantFrom(undefined, "one", "two") }),
    ),
    groups: some(
      GROUPS,
      fc.record({
        description,
        roles: fc.uniqueArray(fc.constantFrom(...ROLES)),
        members: fc.uniqueArray(fc.constantFrom("11111111111", "22222222222")),
      }),
    ),
  })
  .map(({ actions, roles, mappings, groups }) => ({
    actions,
    roles: each(roles, (role) => ({ ...role, actions: role.actions.filter((name) => name in actions) })),
    mappings: Object.fromEntries(
      Object.entries(mappings).flatMap(([key, { action, description: said }]) =>
        action in actions ? [[key, { action, ...(said === undefined ? {} : { description: said }) }]] : [],
      ),
    ),
    groups: each(groups, (group) => ({ ...group, roles: group.roles.filter((name) => name in roles) })),
  }));

function each<T, U>(of: Record<string, T>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, change(value)]));
}

function pictureOf(given: Contents): Picture {
  const store = new Store();
  store.fill(given);
  return store.picture();
}

const ignored = matcher(IGNORE);

/** The part of an environment that is ignored, or that is not. */
function part({ actions, roles, mappings, groups }: Picture, wanted: boolean): object {
  const kept = <T>(of: Readonly<Record<string, T>>): [string, T][] =>
    Object.entries(of).filter(([name]) => ignored(name) === wanted);
  const list = (names: readonly string[]): readonly string[] =>
    wanted ? names : names.filter((name) => !ignored(name));
  return {
    actions: kept(actions),
    roles: kept(roles).map(([name, role]) => [name, role.description, list(role.actions)]),
    mappings: Object.entries(mappings)
      .filter(([key, { action }]) => (ignored(key) || ignored(action)) === wanted)
      .map(([key, { action, description: said }]) => [key, action, said ?? ""]),
    groups: kept(groups).map(([name, group]) => [name, group.description, list(group.roles)]),
  };
}

function members({ groups }: Picture): Record<string, readonly string[]> {
  return Object.fromEntries(Object.entries(groups).map(([name, group]) => [name, group.members]));
}

describe("an environment, whatever it was and whatever it is to be", () => {
  it("is as declared after one run, and a second one has nothing to do; the plan was what was sent", async () => {
    await fc.assert(
      fc.asyncProperty(contents, contents, (live, wanted) =>
        scene(live, async ({ heimdall, stack }) => {
          const program = { city: environment(wanted) };
          const settings = { env: ENV, maxRemovals: 1000 };
          const { plans } = await stack.preview(program, settings);
          const kept = members(heimdall.store.picture());
          heimdall.reset();
          await stack.succeed(program, settings);
          const after = heimdall.store.picture();
          const expected = pictureOf(wanted);
          assert.deepEqual(part(after, false), part(expected, false));
          assert.deepEqual(Object.keys(after.groups), Object.keys(expected.groups));
          for (const [group, cpfs] of Object.entries(members(after))) assert.deepEqual(cpfs, kept[group] ?? []);
          const planned = (plans["city"] ?? []).filter((line) => !line.startsWith("#")).length;
          assert.equal(heimdall.writes().length, planned);
          assert.deepEqual(stack.restores(), []);
          heimdall.reset();
          await stack.refresh();
          await stack.succeed(program, settings);
          assert.deepEqual(heimdall.writes(), []);
        }),
      ),
      { numRuns: 30 },
    );
  });

  it("keeps what is ignored exactly as it is, or says what it needs of the rest", async () => {
    await fc.assert(
      fc.asyncProperty(contents, contents, (live, wanted) =>
        scene(live, async ({ heimdall, stack }) => {
          // A mapping that the program declares is its own, whatever it asked for before.
          const others = ({ mappings, ...rest }: Picture): Picture => ({
            ...rest,
            mappings: Object.fromEntries(Object.entries(mappings).filter(([key]) => !(key in (wanted.mappings ?? {})))),
          });
          const before = part(others(heimdall.store.picture()), true);
          const { errors } = await stack.up(
            { city: environment(wanted, { ignore: IGNORE }) },
            { env: ENV, maxRemovals: 1000 },
          );
          for (const { message } of errors) assert.match(message, /which is ignored, needs it|does not have/);
          assert.deepEqual(part(others(heimdall.store.picture()), true), before);
        }),
      ),
      { numRuns: 30 },
    );
  });
});
