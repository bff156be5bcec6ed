import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { REPOSITORY } from "../../repository.js";
import { commandOf, npmScripts, rosterSyncs, shellLines, tryRoster } from "../commands.js";
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

  it("in its page are there", () => {
    const page = readFileSync(path.join(REPOSITORY, "docs/users-yaml.md"), "utf8");
    const syncs = rosterSyncs(page);
    assert.ok(syncs.length >= 2, syncs.join());
    for (const words of syncs) tryRoster(words);
    const scripts = npmScripts();
    for (const line of shellLines(page)) {
      const [, script] = /^npm run (\S+)/.exec(line) ?? [];
      if (script !== undefined) assert.ok(scripts[script], script);
    }
    for (const [, link = ""] of page.matchAll(/\]\((\.\.?\/[^)#]+)\)/g)) {
      assert.ok(readdirSync(path.dirname(path.join(REPOSITORY, "docs", link))).includes(path.basename(link)), link);
    }
  });
});
