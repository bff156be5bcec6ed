import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as main from "../../sdk/main.js";
import * as sdk from "../../sdk/index.js";
import { REPOSITORY } from "../repository.js";

/** What is loaded besides the package's own files and Pulumi, once a program has run. */
function loadedBy(program: string): { readonly systems: string[]; readonly libraries: string[] } {
  const script = `
    require("@pulumi/pulumi");
    const before = new Set(Object.keys(require.cache));
    ${program}
    const names = (pattern) => [...new Set(Object.keys(require.cache)
      .filter((file) => !before.has(file))
      .flatMap((file) => pattern.exec(file)?.[1].replaceAll("\\\\", "/") ?? []))].sort();
    const systems = names(/[\\\\/]dist[\\\\/](?:provider|sdk)[\\\\/](?!core[\\\\/])([^\\\\/]+)[\\\\/]/);
    console.log(JSON.stringify({ systems, libraries: names(/.*[\\\\/]node_modules[\\\\/]((?:@[^\\\\/]+[\\\\/])?[^\\\\/]+)/) }));`;
  return JSON.parse(
    execFileSync(process.execPath, ["-e", script], { cwd: REPOSITORY, encoding: "utf8" }),
  ) as ReturnType<typeof loadedBy>;
}

describe("the package", () => {
  it("loads no system before something of it is asked for, and no library that only a part of it needs", () => {
    assert.deepEqual(loadedBy('require("pulumi-roster");'), { systems: [], libraries: [] });
    const classes = `
      const roster = require("pulumi-roster");
      const used = [roster.postgres.AccessFile, roster.databricks.DataProduct];
      if (!used.every((each) => typeof each === "function")) throw new Error("not there");`;
    assert.deepEqual(loadedBy(classes), { systems: ["databricks", "postgres"], libraries: [] });
  });

  it("gives each system that its types have, and the same of it each time", () => {
    assert.deepEqual(Object.keys(main).sort(), Object.keys(sdk).sort());
    for (const name of Object.keys(sdk) as (keyof typeof sdk)[]) assert.equal(main[name], sdk[name]);
  });

  it("is found by its names in an ES module", () => {
    const script =
      'import { civis, postgres } from "pulumi-roster"; console.log(typeof civis.getUsers, typeof postgres.User);';
    const args = ["--input-type=module", "-e", script];
    assert.equal(execFileSync(process.execPath, args, { cwd: REPOSITORY, encoding: "utf8" }), "function function\n");
  });
});
