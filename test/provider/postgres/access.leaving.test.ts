import assert from "node:assert/strict";
import { encodeNames } from "../../../provider/core/lines.js";
import { POSTGRES_VERSIONS } from "../../postgres/server.js";
import type { AccessOf } from "./accessProgram.js";
import { Scene } from "./scene.js";
import type { Program } from "./stack.js";

const WITH_ANA: AccessOf = { users: { $ana: {}, $rui: {} }, groups: { $team: ["$ana"] }, onRemove: "drop" };
const WITHOUT: AccessOf = { users: { $rui: {} }, onRemove: "drop" };

/** With one step at a time the engine checks what comes next while the first step is under way, and runs it after. */
const ONE_STEP = { parallel: 1 };

for (const version of POSTGRES_VERSIONS) {
  describe(`what leaves an Access for a resource of its own in the same run, on PostgreSQL ${String(version)}`, () => {
    let scene: Scene;
    beforeEach(async () => {
      scene = await Scene.on(version);
    });
    afterEach(() => scene.clear());

    const user = (args: Readonly<Record<string, unknown>> = { existing: "adopt" }, after: string[] = []): Program => ({
      ana: { type: "User", args: { name: scene.n("ana"), ...args }, after },
    });
    const later = (program: Program, after: string[]): Program =>
      Object.fromEntries(Object.entries(program).map(([name, declared]) => [name, { ...declared, after }]));

    it("is not dropped where it is registered before the Access has come to it", async () => {
      await scene.stack.succeed(scene.program(WITH_ANA));
      const roles: Program = {
        ...user(),
        team: { type: "Group", args: { name: scene.n("team"), existing: "adopt" } },
        member: {
          type: "GroupMembership",
          args: { group: scene.n("team"), member: scene.n("ana") },
          after: ["ana", "team"],
        },
      };
      scene.sent();
      await scene.stack.succeed({ ...scene.program(WITHOUT), ...roles }, ONE_STEP);
      assert.deepEqual(scene.sent(), []);
      assert.deepEqual(await scene.members("team"), ["ana"]);
    });

    it("is not dropped where it is unchanged, and registered before the Access has come to it", async () => {
      await scene.stack.succeed(scene.program(WITH_ANA));
      await scene.stack.succeed({ ...scene.program(WITH_ANA), ...user() });
      scene.sent();
      await scene.stack.succeed({ ...scene.program({ ...WITHOUT, groups: { $team: [] } }), ...user() }, ONE_STEP);
      assert.deepEqual(scene.sent(), ["REVOKE $team FROM $ana;"]);
    });

    it("is not dropped where it goes into another Access", async () => {
      await scene.stack.succeed({ ...scene.program(WITH_ANA), ...scene.program({ users: {} }, "other") });
      scene.sent();
      const moved = {
        ...scene.program({ ...WITHOUT, groups: { $team: [] } }),
        ...scene.program({ users: { $ana: {} } }, "other"),
      };
      await scene.stack.succeed(moved, ONE_STEP);
      assert.deepEqual(scene.sent(), ["REVOKE $team FROM $ana;"]);
    });

    it("is refused in the preview where the Access comes first, with what to do", async () => {
      await scene.stack.succeed(scene.program(WITH_ANA));
      const first = { ...scene.program(WITHOUT), ...user({}, ["access"]) };
      const { errors } = await scene.stack.preview(first);
      assert.deepEqual(
        errors.map(({ message }) => scene.short(message)),
        [
          'the role "$ana" is taken away by postgres.Access "access", which comes before this resource in the run: it would go with all that it has, and be made anew without. ' +
            'Let postgres.Access "access" wait for this resource (dependsOn), and give this resource existing: "adopt". Where it cannot wait, let it leave alone what moves: by its ignore, or by onRemove: "keep" for the entry in a run before this one',
        ],
      );
      assert.deepEqual(await scene.roles(), ["ana", "rui", "team"]);
    });

    it("goes over with everything when what the refusal says is done", async () => {
      await scene.stack.succeed(scene.program(WITH_ANA));
      scene.sent();
      const waits = { ...user(), ...later(scene.program({ ...WITHOUT, groups: { $team: ["$ana"] } }), ["ana"]) };
      const { plans, errors } = await scene.stack.preview(waits);
      assert.deepEqual([plans["access"], errors], [undefined, []]);
      await scene.stack.succeed(waits);
      assert.deepEqual(scene.sent(), []);
      await scene.settled(waits);
    });

    it("goes over with everything after a run with onRemove keep, also where the Access cannot wait", async () => {
      await scene.stack.succeed(scene.program(WITH_ANA));
      await scene.stack.succeed(scene.program({ ...WITH_ANA, users: { $ana: { onRemove: "keep" }, $rui: {} } }));
      scene.sent();
      const moved = { ...scene.program({ ...WITHOUT, groups: { $team: ["$ana"] } }), ...user(undefined, ["access"]) };
      assert.deepEqual((await scene.stack.preview(moved)).errors, []);
      await scene.stack.succeed(moved);
      assert.deepEqual(scene.sent(), []);
    });

    it("is told of where nobody looked at a preview, and made anew", async () => {
      await scene.stack.succeed(scene.program(WITH_ANA));
      const { warnings } = await scene.stack.succeed({ ...scene.program(WITHOUT), ...user(undefined, ["access"]) });
      assert.deepEqual(
        warnings.map((text) => scene.short(text)),
        [
          'postgres.User "$ana": the role "$ana" was taken away by postgres.Access "access" earlier in this run, with all that it had',
        ],
      );
      assert.deepEqual(await scene.roles(), ["ana", "rui"]);
    });

    it("is left alone half-way where it is registered while the Access drops it", async () => {
      await scene.stack.succeed(
        scene.program({ ...WITH_ANA, users: { $ana: { reassignTo: scene.n("rui") }, $rui: {} } }),
      );
      await scene.sql('CREATE DATABASE "$data" OWNER "$ana"');
      const moved = { ...scene.program({ ...WITHOUT, groups: { $team: ["$ana"] } }), ...user() };
      const host = scene.stack.host({}, []);
      const access = scene.stack.resource("Access");
      const stored = scene.stack.state.get("access");
      const { inputs } = await access.check(host, stored?.inputs ?? {}, moved["access"]?.args ?? {});
      scene.stack.wire.faults = (statements) => {
        // Its login is taken first. While that is under way the program comes to the resource that has the user now.
        if (statements.some((statement) => statement.includes("NOLOGIN")))
          void scene.stack.resource("User").check(host, {}, moved["ana"]?.args ?? {});
        return undefined;
      };
      scene.sent();
      await access.diff(host, "access", stored?.outputs ?? {}, inputs);
      await access.update(host, "access", stored?.outputs ?? {}, inputs);
      assert.deepEqual(scene.sent(), ["ALTER ROLE $ana NOLOGIN;"]);
    });

    it("is not dropped either where it is a database or a schema", async () => {
      const [data, app] = [scene.n("data"), scene.n("app")];
      const of = (names: { databases?: string; schemas?: Readonly<Record<string, string>> }): Program => ({
        access: { type: "Access", args: { name: "access", ...names } },
      });
      const drops = '\t{"onRemove":"drop"}\n';
      await scene.stack.succeed(of({ databases: `${data}${drops}`, schemas: { [data]: `${app}${drops}` } }));
      const single: Program = {
        data: { type: "Database", args: { name: data, existing: "adopt" } },
        app: { type: "Schema", args: { database: data, name: app, existing: "adopt" }, after: ["data"] },
      };
      const rest = of({ databases: "", schemas: {} });
      scene.sent();
      const { errors } = await scene.stack.preview({ ...rest, ...later(single, ["access"]) });
      assert.deepEqual(
        errors.map(({ message }) => scene.short(message).replace(/ is taken away by .*/, "")),
        ['the database "$data"', 'the schema "$data.$app"'],
      );
      await scene.stack.succeed({ ...single, ...later(rest, ["data", "app"]) });
      assert.deepEqual(scene.sent(), []);
    });

    it("is not taken from its grantee where it is a grant", async () => {
      const target = (privileges: string[]): string => JSON.stringify({ on: "database", privileges });
      const grants = (privileges: string[]): Program => ({
        access: {
          type: "Access",
          args: {
            name: "access",
            users: encodeNames([scene.n("ana")]),
            databases: `${scene.n("data")}\n`,
            grants: { [scene.n("data")]: { [target(privileges)]: encodeNames([scene.n("ana")]) } },
          },
        },
      });
      await scene.stack.succeed(grants(["CONNECT", "CREATE"]));
      scene.sent();
      const own: Program = {
        grant: {
          type: "Grant",
          args: { database: scene.n("data"), on: "database", grantee: scene.n("ana"), privileges: ["CREATE"] },
        },
      };
      // Where the Access comes first it is taken and given again, as the plan shows: nothing is lost by that.
      const { plans, errors } = await scene.stack.preview({ ...grants(["CONNECT"]), ...later(own, ["access"]) });
      assert.deepEqual(
        [plans["grant"]?.map((line) => scene.short(line)), errors],
        [["GRANT CREATE ON DATABASE $data TO $ana;"], []],
      );
      await scene.stack.succeed({ ...grants(["CONNECT"]), ...own }, ONE_STEP);
      assert.deepEqual(scene.sent(), []);
    });
  });
}
