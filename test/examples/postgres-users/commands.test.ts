import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { REPOSITORY } from "../../repository.js";
import { brokenIn, commandOf, tryRoster } from "../commands.js";
import { readYaml, type Manifest } from "../manifests.js";

const FOLDER = path.join(REPOSITORY, "examples/postgres-users");

describe("the commands of examples/postgres-users", () => {
  it("in the image and the manifests are some that roster knows", () => {
    const commands = [commandOf(readFileSync(path.join(FOLDER, "Dockerfile"), "utf8"))];
    for (const name of ["cronjob", "on-change"]) {
      const manifest = JSON.stringify(readYaml<Manifest>(path.join(FOLDER, `kubernetes/${name}.yaml`)));
      const [, args = "[]"] = /"args":(\[[^\]]*\])/.exec(manifest) ?? [];
      commands.push(JSON.parse(args) as string[]);
    }
    assert.equal(commands.length, 3);
    for (const [program, ...words] of commands) {
      assert.equal(program, "roster");
      assert.match(tryRoster(words), /stack select prod --create [^]*up --yes --skip-preview --refresh --stack prod/);
    }
    assert.throws(() => tryRoster(["sync", "--creat"]), /unknown option/);
  });

  it("in its page are there, and what it links to", () => {
    assert.deepEqual(brokenIn("users-yaml.md"), []);
  });
});
