import assert from "node:assert/strict";
import { POSTGRES_VERSIONS } from "../../postgres/server.js";
import { Wire } from "./faultyWire.js";
import { Scene } from "./scene.js";
import { Stack, type Program } from "./stack.js";

const USERS = 100;
const GROUPS = 10;

for (const version of POSTGRES_VERSIONS) {
  describe(`a thousand memberships at once on PostgreSQL ${String(version)}`, () => {
    let scene: Scene;
    beforeEach(async () => {
      scene = await Scene.on(version);
      const users = Array.from({ length: USERS }, (_, index) => `CREATE ROLE $u${String(index)};`);
      const groups = ["a", "b"].flatMap((stack) => groupsOf(stack).map((group) => `CREATE ROLE $${group};`));
      await scene.sql([...users, ...groups].join(""));
    });
    afterEach(() => scene.clear());

    const groupsOf = (stack: string): string[] =>
      Array.from({ length: GROUPS }, (_, index) => `${stack}${String(index)}`);

    /** Each membership a resource, all users in all groups of a stack. */
    const program = (stack: string): Program =>
      Object.fromEntries(
        groupsOf(stack).flatMap((group) =>
          Array.from({ length: USERS }, (_, index) => {
            const member = `u${String(index)}`;
            const args = { group: scene.n(group), member: scene.n(member) };
            return [`${group} ${member}`, { type: "GroupMembership", args }] as const;
          }),
        ),
      );

    it("reach the server 16 at a time beside another run with the same users, and no conflict reaches anybody", async () => {
      const others = new Stack(scene.server, scene.server, new Wire());
      const stacks = [scene.stack, others] as const;
      const runs = async (programs: readonly [Program, Program]): Promise<void> => {
        for (const { wire } of stacks) wire.reset();
        const outcomes = await Promise.all(
          stacks.map((stack, index) => stack.up(programs[index] ?? {}, { parallel: 16 })),
        );
        for (const { errors } of outcomes)
          assert.deepEqual(
            errors.map((error) => error.message),
            [],
          );
        for (const { wire } of stacks) assert.equal(wire.reads, 1, "the catalogue is read once");
      };
      await runs([program("a"), program("b")]);
      for (const group of [...groupsOf("a"), ...groupsOf("b")])
        assert.equal((await scene.members(group)).length, USERS);
      for (const { wire, state } of stacks) {
        assert.equal(state.size, USERS * GROUPS);
        // 16 wait for each round trip, so there are about a thousand by 16 of them; a batch that met the other run is
        // sent again.
        assert.ok(wire.scripts <= 130, `${String(wire.scripts)} round trips`);
        assert.ok(wire.statements.length <= 260, `${String(wire.statements.length)} statements`);
      }
      await runs([{}, {}]);
      for (const group of groupsOf("a")) assert.deepEqual(await scene.members(group), []);
    });

    it("drops and makes users while another run lets them into groups, and each run says only what is true", async () => {
      const others = new Stack(scene.server, scene.server, new Wire());
      const made = Array.from({ length: 50 }, (_, index) => `n${String(index)}`);
      const users: Program = Object.fromEntries(
        made.map((name) => [name, { type: "User", args: { name: scene.n(name), existing: "adopt" } }]),
      );
      const [first, second] = await Promise.all([
        scene.stack.up(program("a"), { parallel: 16 }),
        others.up(users, { parallel: 16 }),
      ]);
      assert.deepEqual([first.errors, second.errors], [[], []]);
      assert.equal((await scene.roles()).filter((name) => made.includes(name)).length, made.length);
    });
  });
}
