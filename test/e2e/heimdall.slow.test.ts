import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { environmentText } from "../../provider/heimdall/environmentFile.js";
import { REPOSITORY } from "../repository.js";
import { ORDINARY, workload } from "../bench/heimdall/workload.js";
import { CITY, inHeimdall } from "./heimdall.js";
import { onEachEngine } from "./scene.js";

onEachEngine("an update of a whole environment of Heimdall", (engine) => {
  it("that is killed again and again, as a machine that is lost, is finished by the next one", () =>
    inHeimdall(engine, { staging: workload(ORDINARY) }, async ({ workspace, heimdall, staging, program }) => {
      program(`new heimdall.EnvironmentMirror("city", { source: "staging", target: "heimdall" });`);
      for (let killed = 0; killed < 4; killed += 1) {
        heimdall.reset();
        const update = workspace.start(["up", "--yes", "--skip-preview"]);
        heimdall.fault({
          when: ({ method }) => method !== "GET",
          from: 30,
          times: 1,
          // Done, and nobody hears of it: the process that asked is gone.
          failure: {
            get delayMs(): number {
              update.kill();
              return 0;
            },
          },
        });
        assert.equal((await update.finished).code, null, "killed, and not ended by itself");
        await workspace.recover();
      }
      heimdall.reset();
      await workspace.run(["up", "--yes", "--skip-preview"]);
      assert.deepEqual(heimdall.store.picture(), staging.store.picture());
      await workspace.expectNoChanges();
    }));
});

onEachEngine("a whole environment of Heimdall", (engine) => {
  it("comes from a file, from another environment or from the program; members too", () =>
    inHeimdall(engine, { staging: CITY }, async ({ workspace, heimdall, program }) => {
      const data = {
        actions: [{ name: "users:read", description: "Read users" }],
        roles: [],
        mappings: [],
        groups: [{ name: "desk", description: "The desk", members: ["12345678901"] }],
      };
      writeFileSync(path.join(workspace.folder, "heimdall.yaml"), environmentText(data));
      program(`new heimdall.Environment("city", { environment: heimdall.readEnvironment("heimdall.yaml") });`);
      await workspace.run(["up", "--yes", "--skip-preview"]);
      assert.deepEqual(heimdall.store.picture().groups["desk"]?.members, ["12345678901"]);
      program(`
        const health = await heimdall.checkHealth({ connection: "staging" });
        const environment = await heimdall.getEnvironment({ connection: "staging", members: true });
        environment.actions.push({ name: "more", description: "More" });
        const city = new heimdall.Environment("city", { environment, onRemove: "drop" });
        return { mayWrite: health.mayWrite, actions: city.actions, mappings: city.mappings, roles: city.roles };
      `);
      await workspace.run(["up", "--yes", "--skip-preview"]);
      assert.deepEqual(heimdall.store.picture().actions, { more: "More", "users:read": "Read users" });
      assert.deepEqual(JSON.parse((await workspace.run(["stack", "output", "--json"])).stdout), {
        mayWrite: true,
        actions: ["more", "users:read"],
        mappings: ["GET /users"],
        roles: ["viewer"],
      });
      await workspace.expectNoChanges();
      await workspace.destroy();
      assert.deepEqual(heimdall.store.picture(), { actions: {}, roles: {}, mappings: {}, groups: {} });
    }));

  it("is refused with the place of what is wrong in its file", () =>
    inHeimdall(engine, {}, async ({ workspace, heimdall, program }) => {
      writeFileSync(path.join(workspace.folder, "heimdall.yaml"), "actions: []\nroles: []\nmappings: []\n");
      program(`new heimdall.Environment("city", { environment: heimdall.readEnvironment("heimdall.yaml") });`);
      const { text } = await workspace.fails(["preview"]);
      assert.match(text, /heimdall\.readEnvironment: [^]*heimdall\.yaml:1:1: groups: /);
      assert.deepEqual(heimdall.calls, []);
    }));
});

describe("the example of Heimdall", () => {
  it("tells its story with one command", async function () {
    this.timeout(180_000);
    const { stdout } = await promisify(execFile)(process.execPath, [path.join("examples", "heimdall", "run.mjs")], {
      cwd: REPOSITORY,
    });
    assert.match(stdout, /Written to staging: 0\. Written to production: 0\./);
    assert.match(stdout, /reports:read/);
    assert.match(stdout, /no changes were expected/);
    assert.match(stdout, /Staging was asked \d+ times, each with GET\./);
  });
});
