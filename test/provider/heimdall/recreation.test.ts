import assert from "node:assert/strict";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HeimdallSandbox } from "../../sandbox/heimdall/heimdall.js";
import type { Declared, Program } from "../stack.js";
import { CITY, group, role, scene, type HeimdallStack } from "./scene.js";

const ALLOWED = { env: { ROSTER_HEIMDALL_RECREATE: "true" } };
const existing = "adopt";
const viewer = (description: string, more = {}): Declared => role("viewer", { description, existing, ...more });
const desk = (description: string, more = {}): Declared => group("desk", { description, existing, ...more });

/** What the environment is when everything that was taken is back. */
function whole(heimdall: HeimdallSandbox, viewerIs: string, deskIs: string): void {
  const { roles, groups } = heimdall.store.picture();
  assert.deepEqual(roles["viewer"], { description: viewerIs, actions: ["users:read"] });
  assert.deepEqual(groups["desk"], { description: deskIs, roles: ["viewer"], members: ["11111111111", "22222222222"] });
  assert.deepEqual(groups["office"]?.roles, ["editor", "viewer"]);
}

async function expectKept(stack: HeimdallStack, program: Program): Promise<void> {
  assert.deepEqual(stack.restores(), [], "nothing is left to be put back");
  await stack.refresh();
  assert.deepEqual([...new Set(Object.values((await stack.succeed(program)).ops))], ["same"]);
}

describe("a description that the service cannot change", () => {
  it("is refused, with what would be lost, and nothing is sent", () =>
    scene(CITY, async ({ heimdall, stack }) => {
      const program = { viewer: viewer("Sees all"), desk: desk("Front desk") };
      const preview = await stack.preview(program);
      assert.equal(preview.warnings.length, 2);
      assert.match(preview.plans["viewer"]?.join() ?? "", /cannot be done: the description of the role "viewer"/);
      const { errors } = await stack.up(program);
      assert.match(
        errors[0]?.message ?? "",
        /for a moment loses 1 action and being on 2 groups[^]*ROSTER_HEIMDALL_RECREATE=true, or run: .*recreate true\./,
      );
      assert.match(errors[1]?.message ?? "", /for a moment loses 1 role and 2 members/);
      assert.deepEqual(heimdall.writes(), []);
      whole(heimdall, "The viewer", "The desk");
    }));

  it("changes where that is allowed: the plan lists what is taken and put back", () =>
    scene(CITY, async ({ heimdall, stack }) => {
      const program = { viewer: viewer("Sees all"), desk: desk("Front desk") };
      const { plans } = await stack.preview(program, ALLOWED);
      assert.deepEqual(plans["viewer"], [
        "# adopts what exists already",
        "# the role viewer is deleted and made again; until it is put back a file keeps users:read, desk, office",
        "DELETE /api/v1/roles/groups/desk/roles/viewer",
        "DELETE /api/v1/roles/groups/office/roles/viewer",
        "DELETE /api/v1/roles/viewer/actions/users:read",
        "DELETE /api/v1/roles/viewer",
        'POST /api/v1/roles/ {"name":"viewer","description":"Sees all"}',
        'POST /api/v1/roles/viewer/actions {"action_name":"users:read"}',
        'POST /api/v1/roles/groups/desk/roles {"role_name":"viewer"}',
        'POST /api/v1/roles/groups/office/roles {"role_name":"viewer"}',
        "# the role viewer has back what was taken",
      ]);
      assert.deepEqual(plans["desk"]?.slice(1), [
        "# the group desk is deleted and made again; until it is put back a file keeps viewer, 11111111111, 22222222222",
        "DELETE /api/v1/groups/desk",
        'POST /api/v1/groups/ {"name":"desk","description":"Front desk"}',
        'POST /api/v1/roles/groups/desk/roles {"role_name":"viewer"}',
        'POST /api/v1/groups/desk/members {"subject":"11111111111"}',
        'POST /api/v1/groups/desk/members {"subject":"22222222222"}',
        "# the group desk has back what was taken",
      ]);
      assert.deepEqual(stack.restores(), []);
      await stack.succeed({ viewer: viewer("Sees all") }, ALLOWED);
      await stack.succeed(program, ALLOWED);
      whole(heimdall, "Sees all", "Front desk");
      await expectKept(stack, program);
    }));

  it("changes together with the lists that the program declares", () =>
    scene(CITY, async ({ heimdall, stack }) => {
      const program = {
        viewer: viewer("Sees all", { actions: ["users:write"] }),
        desk: { ...desk("The desk", { roles: [] }), after: ["viewer"] },
      };
      await stack.succeed(program, ALLOWED);
      const { roles, groups } = heimdall.store.picture();
      assert.deepEqual(roles["viewer"], { description: "Sees all", actions: ["users:write"] });
      assert.deepEqual([groups["desk"]?.roles, groups["office"]?.roles], [[], ["editor", "viewer"]]);
    }));

  describe("killed on the way", () => {
    /** Requests of each: for the role 2 + 1 taken, deleted, made, 1 + 2 put back; for the group deleted, made, 1 + 2 put back. */
    for (const [kind, writes, program] of [
      ["role", 8, { viewer: viewer("Sees all") }],
      ["group", 5, { desk: desk("Front desk") }],
    ] as const) {
      for (let write = 1; write <= writes; write += 1) {
        for (const done of [false, true]) {
          it(`a ${kind} is finished by the next run: request ${String(write)}, ${done ? "" : "not "}done`, () =>
            scene(CITY, async ({ heimdall, stack }) => {
              const before: Program = { viewer: viewer("The viewer"), desk: desk("The desk") };
              const after: Program = { ...before, ...program };
              await stack.succeed(before);
              await stack.up(after, { ...ALLOWED, killAt: { write, done } });
              assert.equal(stack.restores().length, 1, "what was taken is kept");
              // Without the permission too, if the old one is gone already: it is only put back.
              await stack.succeed(after, ALLOWED);
              whole(
                heimdall,
                kind === "role" ? "Sees all" : "The viewer",
                kind === "group" ? "Front desk" : "The desk",
              );
              await expectKept(stack, after);
            }));
        }
      }
    }

    it("again and again, it loses nothing", () =>
      scene(CITY, async ({ heimdall, stack }) => {
        const program = { viewer: viewer("Sees all") };
        for (const write of [1, 2, 3, 4, 2, 1, 2, 3]) {
          await stack.up(program, { ...ALLOWED, killAt: { write, done: true } });
        }
        await stack.succeed(program, ALLOWED);
        whole(heimdall, "Sees all", "The desk");
        await expectKept(stack, program);
      }));

    it("is put back also where the permission is withdrawn, and where the program goes back", () =>
      scene(CITY, async ({ heimdall, stack }) => {
        await stack.up({ viewer: viewer("Sees all") }, { ...ALLOWED, killAt: { write: 5, done: true } });
        assert.equal(heimdall.store.picture().roles["viewer"]?.description, "Sees all");
        const preview = await stack.preview({ viewer: viewer("Sees all") });
        assert.deepEqual(preview.plans["viewer"]?.slice(1), [
          'POST /api/v1/roles/viewer/actions {"action_name":"users:read"}',
          'POST /api/v1/roles/groups/desk/roles {"role_name":"viewer"}',
          'POST /api/v1/roles/groups/office/roles {"role_name":"viewer"}',
          "# the role viewer has back what was taken",
        ]);
        await stack.succeed({ viewer: viewer("Sees all") });
        whole(heimdall, "Sees all", "The desk");
        assert.deepEqual(stack.restores(), []);
      }));
  });

  it("keeps what was taken where only its owner can read it", () =>
    scene(CITY, async ({ stack }) => {
      await stack.up({ desk: desk("Front desk") }, { ...ALLOWED, killAt: { write: 2, done: false } });
      const [file = ""] = stack.restores();
      assert.equal(statSync(join(stack.folder, file)).mode & 0o777, 0o600);
      assert.match(readFileSync(join(stack.folder, file), "utf8"), /22222222222/);
    }));

  it("says which file cannot be read", () =>
    scene(CITY, async ({ stack }) => {
      await stack.up({ desk: desk("Front desk") }, { ...ALLOWED, killAt: { write: 2, done: false } });
      const [file = ""] = stack.restores();
      writeFileSync(join(stack.folder, file), "half a file");
      const { errors } = await stack.up({ desk: desk("Front desk") }, ALLOWED);
      assert.match(errors[0]?.message ?? "", /restore file .*group-desk\.json cannot be read[^]*by hand/);
    }));
});
