import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeLines } from "../../../provider/core/lines.js";
import { matcher } from "../../../provider/core/names.js";
import type { Properties, Resource } from "../../../provider/core/resource.js";
import { membershipsOf, type Catalog } from "../../../provider/postgres/catalog.js";
import { resources } from "../../../provider/postgres/index.js";
import { GROUPS, USERS, attributes, remark, servers, type MemoryServer } from "./memory.js";

const { User, Group, GroupMembership, GroupMembers, Access } = resources as Record<string, Resource>;

/** What `up` does for a resource that is new, or that state holds already. Gives the outputs. */
async function up(
  server: MemoryServer,
  resource: Resource | undefined,
  args: Properties,
  olds: Properties = {},
): Promise<Properties> {
  assert.ok(resource);
  const host = server.host();
  const { inputs, failures } = await resource.check(host, olds, args);
  assert.deepEqual(failures, []);
  if (Object.keys(olds).length === 0) return (await resource.create(host, inputs)).outs;
  return (await resource.update(host, "id", olds, inputs)).outs;
}

/** The plan that `preview` shows, without notes. */
async function plan(
  server: MemoryServer,
  resource: Resource | undefined,
  args: Properties,
  olds: Properties = {},
): Promise<string[]> {
  assert.ok(resource);
  const { inputs, failures } = await resource.check(server.host(), olds, { ...args, __dryRun: true });
  assert.deepEqual(failures, []);
  return ((inputs["plan"] ?? []) as string[]).filter((line) => !line.startsWith("--"));
}

/** Everything that holds of every resource: the plan is what runs, a second run has nothing to do, and read agrees. */
async function converges(server: MemoryServer, resource: Resource | undefined, args: Properties): Promise<Properties> {
  assert.ok(resource);
  const planned = await plan(server, resource, args);
  const outs = await up(server, resource, args);
  assert.deepEqual(server.statements, planned, "the plan is what is run");
  server.changes.length = 0;
  assert.deepEqual(await plan(server, resource, args, outs), [], "a second preview is empty");
  const { inputs } = await resource.check(server.host(), outs, args);
  assert.equal((await resource.diff(server.host(), "id", outs, inputs)).changes, false, "state is as declared");
  await up(server, resource, args, outs);
  assert.deepEqual(server.changes, [], "a second update runs nothing");
  const { adopted, unmanaged, ...declared } = outs;
  assert.deepEqual(
    (await resource.read(server.host(), "id", outs)).inputs,
    { ...declared, ...(Array.isArray(adopted) || typeof adopted === "string" ? { adopted } : {}) },
    "read gives what is declared",
  );
  assert.ok(unmanaged === undefined || typeof unmanaged === "string");
  return outs;
}

function rowsOf(catalog: Catalog, group: string, names: readonly string[]): unknown[] {
  return names.map((name) => [name, membershipsOf(catalog, group, name)]);
}

const options = fc.record({ admin: fc.boolean(), inherit: fc.boolean(), set: fc.boolean() }, { requiredKeys: [] });

/** Options that the server's version has. */
function fitting(
  server: MemoryServer,
  given: { admin?: boolean; inherit?: boolean; set?: boolean },
): Record<string, boolean> {
  const modern = (server.live.server?.version ?? 0) >= 160000;
  return modern ? given : given.admin === undefined ? {} : { admin: given.admin };
}

describe("deltas", () => {
  describe("of a user", () => {
    const declared = fc
      .record({ attributes, comment: remark, password: fc.constantFrom(undefined, "pass-word") })
      .map(({ attributes: { validUntil, ...rest }, ...more }) => ({
        ...rest,
        ...more,
        validUntil: validUntil === "-infinity" ? "2030-06-01" : validUntil,
      }));

    it("bring it to what is declared, whatever it was", async () => {
      await fc.assert(
        fc.asyncProperty(servers(), declared, fc.constantFrom(...USERS), async (server, args, name) => {
          const others = [...server.live.roles.values()].filter((role) => role.name !== name);
          await converges(server, User, { ...args, name, existing: "adopt" });
          const live = server.live.roles.get(name);
          const { comment, password: _password, validUntil, ...rest } = args;
          const until = validUntil === "2030-06-01" ? "2030-06-01T00:00:00Z" : validUntil;
          assert.deepEqual({ ...live, ...rest, comment, validUntil: until }, live);
          assert.deepEqual(
            [...server.live.roles.values()].filter((role) => role.name !== name),
            others,
          );
        }),
      );
    });

    it("rename it with all that it has", async () => {
      await fc.assert(
        fc.asyncProperty(servers(), declared, fc.constantFrom(...USERS), async (server, args, name) => {
          fc.pre(server.live.roles.has(name));
          const outs = await up(server, User, { ...args, name, existing: "adopt" });
          const before = GROUPS.map((group) => membershipsOf(server.live, group, name));
          await up(server, User, { ...args, name: "renamed", existing: "adopt" }, outs);
          assert.deepEqual(
            GROUPS.map((group) => membershipsOf(server.live, group, "renamed")),
            before,
          );
          assert.equal(server.live.roles.has(name), false);
        }),
      );
    });

    it("never take from the running account what it needs, and say so", async () => {
      await fc.assert(
        fc.asyncProperty(servers(), declared, async (server, args) => {
          const before = server.live.roles.get("op");
          assert.ok(before);
          const lost = (["login", "superuser", "createrole"] as const).filter((right) => before[right] && !args[right]);
          const work = up(server, User, { ...args, name: "op", existing: "adopt" });
          const shut = before.connectionLimit !== 0 && args.connectionLimit === 0;
          if (lost.length > 0) {
            await assert.rejects(work, {
              message: new RegExp(`account that runs this, and would lose ${lost.join(", ")}`),
            });
          } else if (shut) await assert.rejects(work, { message: /with connectionLimit 0 could not connect again/ });
          else await work;
          if (lost.length > 0 || shut) assert.deepEqual(server.live.roles.get("op"), before);
        }),
      );
    });

    it("take away or disable it, and nobody else; the running account never", async () => {
      await fc.assert(
        fc.asyncProperty(
          servers(),
          fc.constantFrom(...USERS, "op"),
          fc.constantFrom("drop", "disable", "keep"),
          async (server, name, onRemove) => {
            fc.pre(server.live.roles.has(name));
            const before = new Map(server.live.roles);
            const work = User?.delete(server.host(), "id", { name, superuser: true, onRemove });
            const refused = name === "op" && onRemove !== "keep";
            if (refused)
              await assert.rejects(work ?? Promise.resolve(), {
                message: /is the account that runs this, and is not taken away/,
              });
            else await work;
            const after = new Map(server.live.roles);
            if (refused || onRemove === "keep") assert.deepEqual(after, before);
            if (!refused && onRemove === "drop") assert.equal(after.has(name), false);
            if (!refused && onRemove === "disable")
              assert.deepEqual([after.get(name)?.login, after.get(name)?.superuser], [false, false]);
            before.delete(name);
            after.delete(name);
            assert.deepEqual(after, before);
          },
        ),
      );
    });
  });

  it("of a group bring it to what is declared, and leave its members", async () => {
    await fc.assert(
      fc.asyncProperty(servers(), remark, fc.constantFrom(...GROUPS), async (server, comment, name) => {
        const members = new Map(server.live.members.get(name));
        await converges(server, Group, { name, comment, existing: "adopt" });
        assert.equal(server.live.roles.get(name)?.comment, comment);
        assert.equal(server.live.roles.get(name)?.login, false);
        assert.deepEqual(new Map(server.live.members.get(name)), members);
      }),
    );
  });

  it("of a membership bring one user into one group with the options, and leave the others", async () => {
    await fc.assert(
      fc.asyncProperty(
        servers(),
        options,
        fc.constantFrom(...USERS),
        fc.constantFrom(...GROUPS),
        async (server, given, member, group) => {
          fc.pre(server.live.roles.has(member) && server.live.roles.has(group));
          const args = { group, member, ...fitting(server, given) };
          const others = USERS.filter((name) => name !== member);
          const before = rowsOf(server.live, group, others);
          const outs = await converges(server, GroupMembership, args);
          assert.deepEqual(rowsOf(server.live, group, others), before);
          await GroupMembership?.delete(server.host(), "id", outs);
          assert.deepEqual(membershipsOf(server.live, group, member), []);
        },
      ),
    );
  });

  const ignorePatterns = fc.subarray(["svc_*", "z?e", "Zo* B", "nobody", "boss"]);

  it("of a list make the group what is declared, leave whom it ignores, and the running account", async () => {
    const list = fc.dictionary(fc.constantFrom(...USERS, "op", "boss"), options);
    await fc.assert(
      fc.asyncProperty(
        servers(),
        list,
        ignorePatterns,
        fc.constantFrom(...GROUPS),
        async (server, given, ignore, group) => {
          fc.pre(server.live.roles.has(group));
          const declared = Object.entries(given).filter(([name]) => server.live.roles.has(name));
          const members = encodeLines(declared.map(([name, of]) => ({ name, attributes: fitting(server, of) })));
          const ignored = matcher(ignore);
          const left = [
            ...USERS.filter(ignored),
            ...(given["op"] === undefined ? ["op"] : []),
            ...(ignored("boss") ? ["boss"] : []),
          ];
          const before = rowsOf(server.live, group, left);
          const others = GROUPS.filter((name) => name !== group).map((name) => server.live.members.get(name));
          const outs = await converges(server, GroupMembers, { group, members, ignore });
          assert.deepEqual(rowsOf(server.live, group, left), before);
          assert.deepEqual(
            GROUPS.filter((name) => name !== group).map((name) => server.live.members.get(name)),
            others,
          );
          const wanted = declared.map(([name]) => name).filter((name) => !ignored(name));
          const there = [...(server.live.members.get(group)?.keys() ?? [])].filter(
            (name) => !left.includes(name) || wanted.includes(name),
          );
          assert.deepEqual(there.sort(), wanted.sort());
          await GroupMembers?.delete(server.host(), "id", outs);
          assert.deepEqual(rowsOf(server.live, group, left), before);
          const rest = [...(server.live.members.get(group)?.keys() ?? [])].filter(
            (name) => !left.includes(name) && name !== "op",
          );
          assert.deepEqual(rest, []);
        },
      ),
    );
  });

  it("of a whole server bring users, groups and lists to what is declared, and leave what is nobody's", async () => {
    const users = fc.subarray(USERS);
    const groups = fc.subarray(GROUPS);
    const lists = fc.dictionary(fc.constantFrom(...GROUPS), fc.subarray(USERS));
    await fc.assert(
      fc.asyncProperty(
        servers(),
        users,
        groups,
        lists,
        ignorePatterns,
        async (server, names, groupNames, members, ignore) => {
          const ignored = matcher(ignore);
          const known = (name: string): boolean =>
            server.live.roles.has(name) || names.includes(name) || groupNames.includes(name);
          const texts = Object.entries(members)
            .filter(([group]) => known(group))
            .map(([group, of]) => [
              group,
              encodeLines(
                of
                  .filter((name) => known(name) && !(ignored(name) && !server.live.roles.has(name)))
                  .map((name) => ({ name })),
              ),
            ]);
          const declared = new Set([...names, ...groupNames].filter((name) => !ignored(name)));
          const untouched = [...server.live.roles.values()].filter(({ name }) => !declared.has(name));
          const args = {
            name: "server",
            users: encodeLines(names.map((name) => ({ name }))),
            groups: encodeLines(groupNames.map((name) => ({ name }))),
            members: Object.fromEntries(texts) as Record<string, string>,
            ignore,
          };
          await converges(server, Access, args);
          for (const name of declared) assert.equal(server.live.roles.get(name)?.login, names.includes(name));
          assert.deepEqual(
            [...server.live.roles.values()].filter(({ name }) => !declared.has(name)),
            untouched,
          );
        },
      ),
    );
  });
});
