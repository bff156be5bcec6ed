import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { readEnvironmentFile } from "../../../provider/heimdall/environmentFile.js";
import type { Contents } from "../../sandbox/heimdall/heimdall.js";
import { city, expectLike } from "./expected.js";
import { CITY, environment, scene } from "./scene.js";

describe("heimdall.Environment, before it changes anything,", () => {
  describe("removals", () => {
    const many: Contents = {
      actions: Object.fromEntries(Array.from({ length: 15 }, (_, index) => [`a:${String(index)}`, "x"])),
    };

    it("over the limit are refused, and listed", () =>
      scene(many, async ({ heimdall, stack }) => {
        const program = { city: environment({ actions: { "a:0": "x" } }) };
        for (const { errors } of [await stack.preview(program), await stack.up(program)]) {
          assert.match(
            errors[0]?.message ?? "",
            /would remove 14 of 15 actions[^]*"a:1", "a:10"[^]*roster:maxRemovals/,
          );
        }
        assert.deepEqual(heimdall.writes(), []);
        await stack.succeed(program, { maxRemovals: 14 });
        assert.deepEqual(Object.keys(heimdall.store.picture().actions), ["a:0"]);
      }));

    it("of everything need to be allowed, however few there are", () =>
      scene({ actions: { one: "One" } }, async ({ heimdall, stack }) => {
        const { errors } = await stack.up({ city: environment({}) });
        assert.match(errors[0]?.message ?? "", /is empty, and the live one is not[^]*roster:maxRemovals 1/);
        await stack.succeed({ city: environment({}) }, { maxRemovals: 1 });
        assert.deepEqual(heimdall.store.actions, []);
      }));

    it("of assignments count as a list too", () =>
      scene(many, async ({ heimdall, stack }) => {
        const names = Object.keys(many.actions ?? {});
        heimdall.store.fill({ roles: { all: { description: "All", actions: names } } });
        const program = { city: environment({ ...many, roles: { all: { description: "All" } } }) };
        const { errors } = await stack.up(program);
        assert.match(errors[0]?.message ?? "", /would remove 15 of 15 actions of roles/);
      }));
  });

  describe("roles that are too many", () => {
    const roles = (from: number, to: number): NonNullable<Contents["roles"]> =>
      Object.fromEntries(
        Array.from({ length: to - from }, (_, index) => [
          `r:${String(from + index)}`,
          { description: "x", actions: ["users:read"] },
        ]),
      );
    const actions = { "users:read": "May users:read" };

    it("cannot be declared", () =>
      scene({}, async ({ heimdall, stack }) => {
        const { errors } = await stack.up({ city: environment({ actions, roles: roles(0, 50) }) });
        assert.match(errors[0]?.message ?? "", /would have 51 roles, with superadmin[^]*first 50 by name/);
        assert.deepEqual(heimdall.writes(), []);
      }));

    it("in the service are an error, and not roles without actions", () =>
      scene({ actions, roles: roles(0, 50) }, async ({ heimdall, stack }) => {
        const { errors } = await stack.up({ city: environment({ actions, roles: roles(0, 10) }) });
        assert.match(errors[0]?.message ?? "", /has 51 roles, and cannot tell the actions of all of them/);
        assert.deepEqual(heimdall.writes(), []);
      }));

    it("for a moment are avoided: what goes, goes first", () =>
      scene({ actions, roles: roles(0, 40) }, async ({ heimdall, stack }) => {
        await stack.succeed({ city: environment({ actions, roles: roles(30, 79) }) }, { maxRemovals: 100 });
        expectLike(heimdall, { actions, roles: roles(30, 79) });
      }));
  });

  describe("before a change", () => {
    it("stops where the token is no administrator's, with nothing changed", () =>
      scene({}, async ({ heimdall, stack }) => {
        const token = heimdall.issue({ admin: false, cpf: "33333333333" });
        const { errors } = await stack.up(city, { env: { HEIMDALL_TOKEN: token } });
        assert.match(
          errors[0]?.message ?? "",
          /is not well, and nothing is changed[^]*33333333333 is no administrator's/,
        );
        assert.deepEqual(heimdall.writes(), []);
      }));

    it("writes a backup where one is wanted, which can be applied again, members and all", () =>
      scene(CITY, async ({ heimdall, stack }) => {
        const folder = join(stack.folder, "backups");
        const before = heimdall.store.picture();
        const env = { ROSTER_HEIMDALL_BACKUP_FOLDER: folder };
        const changed = { city: environment({ actions: { "users:read": "Changed" } }) };
        const { plans } = await stack.preview(changed, { env });
        assert.equal(plans["city"]?.[1], "# writes a backup of the environment first");
        await stack.succeed(changed, { env });
        const [file = "", ...more] = readdirSync(folder);
        assert.deepEqual(more, [], "one, and none for the preview");
        assert.equal(statSync(join(folder, file)).mode & 0o777, 0o600);
        const { actions, roles, mappings, groups } = readEnvironmentFile(join(folder, file));
        const by = <T extends { name: string }>(list: readonly T[]): Record<string, T> =>
          Object.fromEntries(list.map((entry) => [entry.name, entry]));
        const back: Contents = {
          actions: Object.fromEntries(actions.map(({ name, description }) => [name, description])),
          roles: by(roles),
          mappings: Object.fromEntries(mappings.map(({ method, path, ...rest }) => [`${method} ${path}`, rest])),
          groups: by(groups),
        };
        await stack.succeed({ city: environment(back, { members: true }) });
        assert.deepEqual(heimdall.store.picture(), before);
        await stack.succeed({ city: environment(back, { members: true }) }, { env });
        assert.equal(readdirSync(folder).length, 1, "none where nothing changes");
      }));

    it("changes nothing where the backup cannot be written", () =>
      scene(CITY, async ({ heimdall, stack }) => {
        const env = { ROSTER_HEIMDALL_BACKUP_FOLDER: "/dev/null/backups" };
        const { errors } = await stack.up({ city: environment({ ...CITY, groups: {} }) }, { env });
        assert.equal(errors.length, 1);
        assert.deepEqual(heimdall.writes(), []);
      }));
  });
});
