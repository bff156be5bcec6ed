import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { REPOSITORY } from "./repository.js";

/** What test/prepare.mjs exports: it is plain JavaScript, as it runs before TypeScript is there. */
interface Prepare {
  prepare(repository: string, report: (line: string) => void): Promise<void>;
  checkNode(range: string, version: string): void;
  whyInstall(repository: string): string | undefined;
  installAdvice(output: string): string;
  hashOfSources(repository: string): string;
}

interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** As the repository has them: tsc keeps a record, and writes only what changed. */
const OPTIONS = { outDir: "dist", rootDir: ".", incremental: true, tsBuildInfoFile: "dist/.tsbuildinfo" };

const SCRIPT = path.join(REPOSITORY, "test/prepare.mjs");
const SCRIPTS = ["test/prepare.mjs", "test/bundle.mjs"];

describe("prepare", () => {
  let script: Prepare;
  let repository: string;
  before(async () => {
    script = (await import(pathToFileURL(SCRIPT).href)) as Prepare;
  });
  beforeEach(async () => {
    repository = await mkdtemp(path.join(tmpdir(), "roster-test-"));
    await write("package.json", JSON.stringify({ engines: { node: ">=20.19.0" } }));
    await write("package-lock.json", lock({ "node_modules/zod": "4.0.0", "node_modules/only-windows": "1.0.0?" }));
    await write("tsconfig.json", "{}");
    await write("sdk/index.ts", "export const a: number = 1;\n");
    await mkdir(path.join(repository, "test"));
    for (const file of SCRIPTS) await copyFile(path.join(REPOSITORY, file), path.join(repository, file));
  });
  afterEach(() => rm(repository, { recursive: true }));

  async function write(file: string, text: string): Promise<void> {
    await mkdir(path.dirname(path.join(repository, file)), { recursive: true });
    await writeFile(path.join(repository, file), text);
  }

  /** What npm leaves: the packages, and its record of them. */
  async function installed(packages: Record<string, string>): Promise<void> {
    await write("node_modules/.package-lock.json", lock(packages));
    for (const folder of Object.keys(packages)) await mkdir(path.join(repository, folder), { recursive: true });
  }

  /** Runs the script as `npm test` does, with an npm that says and does what a test wants. */
  async function run(npm: string): Promise<Outcome> {
    await write("fake/npm-cli.js", npm);
    const env = { ...process.env, npm_execpath: path.join(repository, "fake/npm-cli.js") };
    return new Promise((resolve) => {
      execFile(process.execPath, ["test/prepare.mjs"], { cwd: repository, env }, (error, stdout, stderr) => {
        resolve({ code: Number(error?.code ?? 0), output: stdout + stderr });
      });
    });
  }

  describe("the version of Node.js", () => {
    for (const [version, fits] of [
      ["20.19.0", true],
      ["20.20.1", true],
      ["22.0.0", true],
      ["20.18.9", false],
      ["18.20.0", false],
      ["9.99.99", false],
    ] as const) {
      it(`${version} ${fits ? "will do" : "is too old, and the message says what is needed"}`, () => {
        const check = (): void => script.checkNode(">=20.19.0", version);
        if (fits) check();
        else
          assert.throws(check, { message: new RegExp(`^Node.js 20.19.0 or newer is needed, and this is ${version}:`) });
      });
    }
  });

  describe("whether packages have to be installed", () => {
    it("they have, where there is no node_modules", () => {
      assert.equal(script.whyInstall(repository), "there is no node_modules");
    });

    it("they have not, where all that the lock names is there, whatever the times of the files", async () => {
      await installed({ "node_modules/zod": "4.0.0" });
      const longAgo = new Date(0);
      await utimes(path.join(repository, "node_modules/.package-lock.json"), longAgo, longAgo);
      assert.equal(script.whyInstall(repository), undefined);
    });

    it("they have, where an installation was cut off", async () => {
      await mkdir(path.join(repository, "node_modules/zod"), { recursive: true });
      assert.equal(script.whyInstall(repository), "node_modules has no record of what is installed");
    });

    it("they have, where a package is missing, has another version, or its folder was removed", async () => {
      await installed({});
      assert.equal(script.whyInstall(repository), "node_modules/zod is missing");
      await installed({ "node_modules/zod": "4.0.1" });
      assert.equal(script.whyInstall(repository), "node_modules/zod is not of the version in package-lock.json");
      await installed({ "node_modules/zod": "4.0.0" });
      await rm(path.join(repository, "node_modules/zod"), { recursive: true });
      assert.equal(script.whyInstall(repository), "node_modules/zod is missing");
    });

    it("this checkout has what it needs", () => {
      assert.equal(script.whyInstall(REPOSITORY), undefined);
    });
  });

  describe("an installation that fails", () => {
    it("ends with the last lines of npm and what to do where the registry is out of reach", async () => {
      const { code, output } = await run('console.error("npm error code ENOTFOUND"); process.exit(1);');
      assert.equal(code, 1);
      assert.match(output, /^Installing packages with npm ci, as there is no node_modules \.\.\.\n/);
      assert.match(output, /npm ci failed:\nnpm error code ENOTFOUND\n/);
      assert.match(output, /registry could not be reached.*proxy/);
      assert.doesNotMatch(output, /prepare\.mjs:/, "a stack says nothing to people here");
      assert.equal(existsSync(path.join(repository, "dist")), false);
    });

    for (const [said, advice] of [
      ["npm error EAI_AGAIN", /could not be reached/],
      ["npm error code ENOTCACHED", /could not be reached/],
      ["npm error SELF_SIGNED_CERT_IN_CHAIN", /NODE_EXTRA_CA_CERTS/],
      ["npm error code E401", /npm login/],
      ["npm error code EACCES", /may not write/],
      ["npm error code ENOSPC", /disk is full/],
      ["npm error code EUSAGE", /"npm install"/],
      ["npm error something new", /"npm ci" by hand/],
    ] as const) {
      it(`gives advice for "${said}"`, () => assert.match(script.installAdvice(said), advice));
    }
  });

  describe("with packages there", () => {
    const npm = `
      const { cpSync, mkdirSync, symlinkSync, writeFileSync } = require("node:fs");
      mkdirSync("node_modules/zod", { recursive: true });
      writeFileSync("node_modules/zod/LICENSE", "Use it as you like.");
      writeFileSync("node_modules/zod/index.js", "exports.checked = (value) => value;");
      symlinkSync(process.env.ESBUILD, "node_modules/esbuild", "junction");
      cpSync(process.env.TYPESCRIPT, "node_modules/typescript", { recursive: true });
      writeFileSync("node_modules/.package-lock.json", '${lock({ "node_modules/zod": "4.0.0" })}');
      console.log("added 1 package that nobody wants to hear of");`;
    beforeEach(async () => {
      process.env["TYPESCRIPT"] = path.join(REPOSITORY, "node_modules/typescript");
      process.env["ESBUILD"] = path.join(REPOSITORY, "node_modules/esbuild");
      await write("tsconfig.json", JSON.stringify({ compilerOptions: OPTIONS, include: ["sdk"] }));
      await write("provider/index.ts", 'import { answer } from "./answer.js"; export = () => answer;\n');
      await write("provider/answer.ts", 'import { checked } from "zod"; export const answer: number = checked(42);\n');
    });
    afterEach(() => {
      delete process.env["TYPESCRIPT"];
      delete process.env["ESBUILD"];
    });

    it("installs and builds in a fresh clone, and says so in a line for each; then it has nothing to do", async () => {
      const first = await run(npm);
      assert.equal(first.code, 0, first.output);
      assert.match(
        first.output,
        /^Installing packages .*\n {2}done in [\d.]+ s\nBuilding with tsc \.\.\.\n {2}done in [\d.]+ s\n$/,
      );
      assert.match(await readFile(path.join(repository, "dist/sdk/index.js"), "utf8"), /a = 1/);
      assert.deepEqual(await run("process.exit(1)"), { code: 0, output: "" });
    });

    it("writes the provider as one file, with what it needs of zod and zod's licence", async () => {
      await run(npm);
      const file = path.join(repository, "dist/provider/bundle.js");
      const alone = path.join(repository, "alone.cjs");
      await copyFile(file, alone);
      const loaded = (await import(pathToFileURL(alone).href)) as { default: () => number };
      assert.equal(loaded.default(), 42);
      assert.match(await readFile(file, "utf8"), /^\/\* Holds zod:\s+Use it as you like\./);
    });

    it("says what is wrong where the provider does not hold together", async () => {
      await write("provider/index.ts", 'import { answer } from "./nowhere.js"; export = () => answer;\n');
      const { code, output } = await run(npm);
      assert.equal(code, 1);
      assert.match(output, /provider cannot be written as one file:\nprovider\/index\.ts:1:\d+: .*nowhere\.js/);
      assert.doesNotMatch(output, /prepare\.mjs:/);
    });

    it("builds again when a source changes, without what is left of one that is gone", async () => {
      await write("sdk/gone.ts", "export {};\n");
      await run(npm);
      assert.equal(existsSync(path.join(repository, "dist/sdk/gone.js")), true);
      await rm(path.join(repository, "sdk/gone.ts"));
      const lines: string[] = [];
      await script.prepare(repository, (line) => lines.push(line));
      assert.equal(lines[0], "Building with tsc ...");
      assert.equal(existsSync(path.join(repository, "dist/sdk/gone.js")), false);
      assert.equal(existsSync(path.join(repository, "dist/sdk/index.js")), true);
    });

    it("writes also what somebody removed from the build, when it builds", async () => {
      await run(npm);
      await rm(path.join(repository, "dist/sdk/index.js"));
      await write("sdk/new.ts", "export {};\n");
      await run("");
      assert.equal(existsSync(path.join(repository, "dist/sdk/index.js")), true);
      assert.equal(existsSync(path.join(repository, "dist/sdk/new.js")), true);
    });

    it("builds again after one that failed, also where the sources are as they were before that", async () => {
      await run(npm);
      await write("sdk/index.ts", 'export const a: number = "one";\n');
      assert.equal((await run("")).code, 1);
      await write("sdk/index.ts", "export const a: number = 1;\n");
      assert.equal((await run("")).code, 0);
      assert.equal(existsSync(path.join(repository, "dist/provider/bundle.js")), true);
    });

    it("shows the errors of a build, and builds again the next time", async () => {
      await run(npm);
      await write("sdk/index.ts", 'export const a: number = "one";\n');
      for (let attempt = 1; attempt <= 2; attempt += 1) {
        const { code, output } = await run("");
        assert.equal(code, 1);
        assert.match(output, /tsc found errors:\nsdk\/index\.ts\(1,14\): error TS2322/);
      }
    });
  });

  it("takes a source for changed by its text, not by its time", async () => {
    const before = script.hashOfSources(repository);
    const file = path.join(repository, "sdk/index.ts");
    await utimes(file, new Date(0), new Date(0));
    assert.equal(script.hashOfSources(repository), before);
    await write("sdk/index.ts", "export const a: number = 2;\n");
    assert.notEqual(script.hashOfSources(repository), before);
  });

  it("leaves a node_modules alone that is a link to another folder", async () => {
    const elsewhere = path.join(repository, "elsewhere");
    await mkdir(elsewhere);
    await symlink(elsewhere, path.join(repository, "node_modules"));
    const { output } = await run('require("node:fs").writeFileSync("npm-ran", "")');
    assert.match(
      output,
      /^node_modules is a link to another folder and is left as it is, although node_modules has no/,
    );
    assert.equal(existsSync(path.join(repository, "npm-ran")), false);
  });
});

/** A lock with packages by folder and version; "?" marks an optional one. */
function lock(packages: Record<string, string>): string {
  const entries = Object.entries(packages).map(([folder, version]) => {
    const optional = version.endsWith("?");
    return [folder, { version: version.replace("?", ""), integrity: "sha512-x", ...(optional && { optional }) }];
  });
  return JSON.stringify({ packages: { "": {}, ...(Object.fromEntries(entries) as object) } });
}
