import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import sinon from "sinon";
import type * as Config from "../../../sdk/core/config.js";
import { REPOSITORY } from "../../repository.js";

const load = createRequire(__filename);
const file = load.resolve("../../../sdk/core/config.js");

describe("config of a program", () => {
  let warn: sinon.SinonStub;
  beforeEach(() => {
    warn = sinon.stub(pulumi.log, "warn").resolves();
    pulumi.runtime.setAllConfig({ "roster:maxRemoval": "5", "roster:offline": "true", "aws:region": "eu-west-1" });
  });
  afterEach(() => {
    sinon.restore();
    pulumi.runtime.setAllConfig({});
  });

  /** The module as a program has it that begins. */
  function config(): typeof Config {
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a cache of modules is made to be cleared so
    delete load.cache[file];
    return load(file) as typeof Config;
  }

  async function inProject(project: string): Promise<void> {
    await pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }, project);
  }

  it("is warned of once where nobody knows a key", async () => {
    await inProject("larkspur");
    const { warnOfStrangeConfig, configOf } = config();
    assert.equal(configOf("roster:offline"), "true");
    warnOfStrangeConfig();
    warnOfStrangeConfig();
    const [first, ...more] = warn.args as unknown as string[][];
    assert.match(first?.[0] ?? "", /^Pulumi config roster:maxRemoval .* did you mean roster:maxRemovals\? /);
    assert.deepEqual(more, []);
  });

  it("is the project's own where that is called as Roster is", async () => {
    await inProject("roster");
    config().warnOfStrangeConfig();
    assert.equal(warn.called, false);
  });

  it("is read in no other way, so that the compiler knows every key", () => {
    const files = readdirSync(path.join(REPOSITORY, "sdk"), { recursive: true, encoding: "utf8" });
    const others = files.filter(
      (name) =>
        name.endsWith(".ts") &&
        /\b(getConfig|allConfig)\(|pulumi\.Config\b/.test(readFileSync(path.join(REPOSITORY, "sdk", name), "utf8")),
    );
    assert.deepEqual(others, [path.join("core", "config.ts")]);
  });
});
