import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Sandbox } from "./engine/index.js";
import { type PostgresServer, startPostgres } from "./postgres/server.js";
import { REPOSITORY } from "./repository.js";
import { skip } from "./skip.js";

/*
 * What users get: the packed package, installed into a project that has nothing to do with this repository.
 */

/** The tsconfig.json of a project that `pulumi new typescript` makes: its module resolution knows no `exports`. */
const ORDINARY = {
  strict: true,
  outDir: "bin",
  target: "es2020",
  module: "commonjs",
  moduleResolution: "node",
  sourceMap: true,
  experimentalDecorators: true,
  pretty: true,
  noFallthroughCasesInSwitch: true,
  noImplicitReturns: true,
  forceConsistentCasingInFileNames: true,
};

/** The same program in both languages; the types are what only TypeScript has. */
const JAVASCRIPT = `
const pulumi = require("@pulumi/pulumi");
const { postgres } = require("pulumi-roster");

const ana = new postgres.User("ana", { name: "ana", password: new pulumi.Config().getSecret("password") });
const analysts = new postgres.Group("analysts", { name: "analysts" });
const members = new postgres.GroupMembers("analysts", { group: analysts.name, members: [ana.name, "rui"] });
exports.who = ana.name;
exports.group = members.group;
`;

const TYPESCRIPT = `
import * as pulumi from "@pulumi/pulumi";
import { postgres } from "pulumi-roster";

const ana = new postgres.User("ana", { name: "ana", password: new pulumi.Config().getSecret("password") });
const analysts = new postgres.Group("analysts", { name: "analysts" });
const members = new postgres.GroupMembers("analysts", { group: analysts.name, members: [ana.name, "rui"] });
export const who: pulumi.Output<string> = ana.name;
export const group: pulumi.Output<string> = members.group;
`;

const MISTAKE = `
// @ts-expect-error There is no such argument. Without the package's types this would be no error.
new postgres.User("rui", { name: "rui", shoeSize: 43 });
`;

interface Outcome {
  readonly code: number;
  readonly output: string;
}

function run(cwd: string, command: string, ...args: string[]): Promise<Outcome> {
  const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" };
  return new Promise((resolve) => {
    execFile(command, args, { cwd, env, shell: process.platform === "win32" }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : error ? 1 : 0, output: stdout + stderr });
    });
  });
}

async function runToSuccess(cwd: string, command: string, ...args: string[]): Promise<string> {
  const { code, output } = await run(cwd, command, ...args);
  assert.equal(code, 0, `${[command, ...args].join(" ")} ended with ${String(code)}:\n${output}`);
  return output;
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version: string } | undefined>>;
}

/** A package with the version that this repository is tested with. */
function locked(name: string): string {
  const lock = JSON.parse(readFileSync(path.join(REPOSITORY, "package-lock.json"), "utf8")) as Lock;
  const version = lock.packages[`node_modules/${name}`]?.version;
  assert.ok(version, `${name} is in package-lock.json`);
  return `${name}@${version}`;
}

describe("the packed package", function () {
  this.timeout(300_000);
  let project: string;
  let installed: string;
  let files: string[];

  before(async function () {
    project = await mkdtemp(path.join(tmpdir(), "roster-pack-"));
    await runToSuccess(REPOSITORY, "npm", "pack", "--pack-destination", project);
    const tarball = (await readdir(project)).find((name) => name.endsWith(".tgz"));
    assert.ok(tarball, "npm pack writes a tarball");
    await writeFile(path.join(project, "package.json"), JSON.stringify({ name: "somebodys-access", private: true }));
    const packages = ["@pulumi/pulumi", "typescript", "@types/node"].map(locked);
    const flags = ["--prefer-offline", "--no-audit", "--no-fund"];
    const { code, output } = await run(project, "npm", "install", ...flags, `./${tarball}`, ...packages);
    if (code !== 0 && /ENOTFOUND|EAI_AGAIN|ENETUNREACH|ETIMEDOUT|ENOTCACHED|ECONNREFUSED/.test(output)) {
      skip(this, "the package registry cannot be reached");
    }
    assert.equal(code, 0, output);
    installed = path.join(project, "node_modules/pulumi-roster");
    const all = await readdir(installed, { recursive: true, withFileTypes: true });
    files = all
      .filter((each) => each.isFile())
      .map((each) => path.relative(installed, path.join(each.parentPath, each.name)).split(path.sep).join("/"))
      .filter((file) => !file.startsWith("node_modules/"));
  });
  after(() => rm(project, { recursive: true, force: true }));

  describe("holds what users need", () => {
    for (const file of [
      "package.json",
      "LICENSE",
      "README.md",
      "CHANGELOG.md",
      "dist/sdk/main.js",
      "dist/sdk/index.d.ts",
      "dist/provider/bundle.js",
      "dist/provider/index.d.ts",
    ]) {
      it(file, () => assert.ok(files.includes(file)));
    }

    it("and nothing else", () => {
      const expected =
        /^(package\.json|LICENSE|README\.md|CHANGELOG\.md|dist\/(provider|sdk)\/.+\.(js|js\.map|d\.ts)|schemas\/[a-z-]+\.schema\.json)$/;
      assert.deepEqual(
        files.filter((file) => !expected.test(file)),
        [],
      );
    });

    it("in less than 8 MB, with the maps of seven systems and of the roster command, and the provider once more as one file", async () => {
      const sizes = await Promise.all(files.map(async (file) => (await stat(path.join(installed, file))).size));
      const total = sizes.reduce((sum, size) => sum + size, 0);
      assert.ok(total < 8_000_000, `${String(total)} bytes`);
    });

    it("with source maps that lead to sources", () => {
      const maps = files.filter((file) => file.endsWith(".js.map"));
      assert.ok(maps.length > 10);
      for (const file of maps) {
        const map = JSON.parse(readFileSync(path.join(installed, file), "utf8")) as {
          sources: string[];
          sourcesContent?: (string | null)[];
        };
        const absent = map.sources.filter(
          (source, index) =>
            typeof map.sourcesContent?.[index] !== "string" &&
            !existsSync(path.join(installed, path.dirname(file), source)),
        );
        assert.deepEqual(absent, [], file);
      }
    });

    it("with a map for each program that names one", () => {
      const scripts = files.filter((file) => file.endsWith(".js"));
      for (const file of scripts) {
        const named = /^\/\/# sourceMappingURL=(.+)$/m.exec(readFileSync(path.join(installed, file), "utf8"))?.[1];
        if (named !== undefined) assert.ok(files.includes(path.posix.join(path.posix.dirname(file), named)), file);
      }
    });
  });

  it("leaves nothing of this machine in what it ships", () => {
    for (const file of files) assert.ok(!readFileSync(path.join(installed, file), "utf8").includes(REPOSITORY), file);
  });

  it("gives a program in JavaScript its resources, by require and by import", async () => {
    for (const [name, text] of [
      ["a.cjs", 'const { postgres } = require("pulumi-roster"); console.log(typeof postgres.User);'],
      ["a.mjs", 'import { postgres } from "pulumi-roster"; console.log(typeof postgres.User);'],
    ] as const) {
      await writeFile(path.join(project, name), text);
      assert.equal(await runToSuccess(project, process.execPath, name), "function\n");
    }
  });

  it("gives Pulumi's provider process its provider, which is one file and loads nothing to be checked by", async () => {
    const script = `
      const provider = require("pulumi-roster/provider")("postgres.User");
      void provider.configure({ config: { get: () => undefined } });
      void provider.check({}, { name: "ana" }).then(({ failures }) => {
        console.log(failures.length, Object.keys(require.cache).map((file) => require("path").basename(file)));
      });`;
    assert.equal(await runToSuccess(project, process.execPath, "-e", script), "0 [ 'bundle.js' ]\n");
  });

  for (const [name, compilerOptions] of [
    ["as Pulumi's template has it, with moduleResolution node", ORDINARY],
    ["with moduleResolution node16", { ...ORDINARY, module: "node16", moduleResolution: "node16" }],
    ["with moduleResolution bundler", { ...ORDINARY, module: "es2022", moduleResolution: "bundler" }],
  ] as const) {
    it(`type-checks in a TypeScript program ${name}, and tells a wrong argument`, async () => {
      await writeFile(path.join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["index.ts"] }));
      await writeFile(path.join(project, "index.ts"), TYPESCRIPT + MISTAKE);
      await runToSuccess(project, process.execPath, path.join(project, "node_modules/typescript/bin/tsc"), "--noEmit");
    });
  }

  describe("runs with a PostgreSQL", () => {
    let server: PostgresServer;
    before(async () => {
      server = await startPostgres({ version: 18 });
      await server.query("CREATE ROLE rui LOGIN");
    });
    after(() => server.stop());

    const members = (): Promise<{ name: string }[]> =>
      server.query(`SELECT m.rolname AS name FROM pg_auth_members JOIN pg_roles m ON m.oid = member
                    WHERE roleid = (SELECT oid FROM pg_roles WHERE rolname = 'analysts') ORDER BY 1`);

    for (const [language, main, program] of [
      ["JavaScript", "index.js", JAVASCRIPT],
      ["TypeScript", "index.ts", TYPESCRIPT],
    ] as const) {
      it(`a program in ${language}: preview, up, nothing to do, destroy`, async () => {
        await writeFile(path.join(project, main), program);
        await writeFile(path.join(project, "tsconfig.json"), JSON.stringify({ compilerOptions: ORDINARY }));
        await writeFile(path.join(project, "Pulumi.yaml"), `name: somebodys-access\nruntime: nodejs\nmain: ${main}\n`);
        const env = {
          PGHOST: server.host,
          PGPORT: String(server.port),
          PGUSER: server.user,
          PGPASSWORD: server.password,
          PGDATABASE: "postgres",
        };
        const sandbox = new Sandbox({ cwd: project, env });
        try {
          await sandbox.open();
          const { stdout } = await sandbox.run(["preview", "--diff"]);
          assert.match(stdout, /CREATE ROLE "?ana"?/);
          assert.deepEqual(await members(), []);
          await sandbox.run(["up", "--yes", "--skip-preview"]);
          assert.deepEqual(await members(), [{ name: "ana" }, { name: "rui" }]);
          assert.deepEqual(await sandbox.json(["stack", "output", "--json"]), { who: "ana", group: "analysts" });
          await sandbox.run(["preview", "--refresh", "--expect-no-changes"]);
          await sandbox.run(["destroy", "--yes", "--skip-preview"]);
          assert.deepEqual(await server.query("SELECT 1 FROM pg_roles WHERE rolname IN ('ana', 'analysts')"), []);
        } finally {
          await sandbox.close();
        }
      });
    }
  });
});
