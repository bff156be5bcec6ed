import * as assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { Backend } from "./backend";

describe("the engine's states in files", () => {
  let folder: string;
  let backend: Backend;
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "roster-backend-"));
    backend = new Backend(pathToFileURL(folder).href, "project");
    await backend.create("dev");
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const stateFile = (): string => path.join(folder, ".pulumi/stacks/project/dev.json");

  it("lie where the CLI looks for them, in its form", () => {
    const { version, checkpoint } = JSON.parse(readFileSync(stateFile(), "utf8")) as {
      version: number;
      checkpoint: { stack: string; latest: object };
    };
    assert.deepEqual([version, checkpoint.stack], [3, "organization/project/dev"]);
    assert.equal(readFileSync(path.join(folder, ".pulumi/meta.yaml"), "utf8"), "version: 1\n");
    assert.deepEqual(backend.list(), ["dev"]);
  });

  it("are replaced at once and leave nothing beside them", async () => {
    await backend.write("dev", '{"manifest":{"time":"now"}}');
    assert.deepEqual(readdirSync(path.dirname(stateFile())), ["dev.json"]);
    assert.equal(backend.read("dev").manifest.time, "now");
  });

  it("are empty without a version, and refused with an unknown one", () => {
    const content = { checkpoint: { latest: { manifest: { time: "now" }, resources: [{}] } } };
    writeFileSync(stateFile(), JSON.stringify(content));
    assert.equal(backend.read("dev").resources, undefined);
    writeFileSync(stateFile(), JSON.stringify({ ...content, version: 4 }));
    assert.throws(() => backend.read("dev"), /version 4/);
  });

  it("are locked by one at a time, and unlocked by whoever locked or cancels", () => {
    const unlock = backend.lock("dev");
    assert.throws(
      () => backend.lock("dev"),
      new RegExp(`currently locked by 1 lock\\(s\\)[\\s\\S]*created by .*\\(pid ${String(process.pid)}\\)`),
    );
    const [name = ""] = readdirSync(path.join(folder, ".pulumi/locks/organization/project/dev"));
    assert.match(name, /^[0-9a-f-]{36}\.json$/);
    unlock();
    backend.lock("dev");
    backend.breakLocks("dev");
    backend.lock("dev")();
  });

  it("are not made twice, nor under a name that is a path", async () => {
    await assert.rejects(backend.create("dev"), /already exists/);
    await assert.rejects(backend.create("../dev"), /invalid stack name/);
    assert.throws(() => new Backend("s3://bucket", "project"), /files only/);
  });
});
