import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { removeDeadRuns, removeRun, watchdogPid } from "./runFolder.js";
import { POSTGRES_VERSIONS, type PostgresVersion } from "./server.js";
import { serverIsRunning } from "./serverProcess.js";

interface Started {
  readonly process: ChildProcess;
  readonly run: string;
  readonly data: string;
}

/** Starts a server in a Node.js process of its own, which then waits. */
async function startElsewhere(version: PostgresVersion, andThen = ""): Promise<Started> {
  const script = `
    const { startPostgres, keepServers } = require(${JSON.stringify(path.join(__dirname, "server.js"))});
    startPostgres({ version: ${String(version)} }).then(async (server) => {
      ${andThen}
      console.log(server.folder);
      setInterval(() => {}, 1000);
    });`;
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  const [folder] = await new Promise<string[]>((resolve, reject) => {
    createInterface(child.stdout).once("line", (line) => {
      resolve([line]);
    });
    child.once("exit", (code) => {
      reject(new Error(`the process with the server ended with code ${String(code)}`));
    });
  });
  assert.ok(folder);
  return { process: child, run: path.dirname(folder), data: path.join(folder, "data") };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  await ended;
}

async function until(condition: () => Promise<boolean> | boolean, what: string): Promise<void> {
  for (let waited = 0; waited < 10_000; waited += 50) {
    if (await condition()) return;
    await sleep(50);
  }
  assert.fail(`does not come to pass: ${what}`);
}

describe("the servers of a process that ends", () => {
  for (const version of POSTGRES_VERSIONS) {
    for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"] as const) {
      it(`end with it after ${signal}, and their folder goes: PostgreSQL ${String(version)}`, async () => {
        const started = await startElsewhere(version);
        assert.equal(await serverIsRunning(started.data), true);
        await end(started.process, signal);
        await until(() => !existsSync(started.run), "the run folder is gone");
        assert.equal(await serverIsRunning(started.data), false);
      });
    }
  }

  it("end with it when it ends by itself, stopped or not", async () => {
    const started = await startElsewhere(18, "setTimeout(() => process.exit(0), 100);");
    await until(() => !existsSync(started.run), "the run folder is gone");
    assert.equal(await serverIsRunning(started.data), false);
  });

  it("stay when they are to be kept, until their run folder is removed", async () => {
    const started = await startElsewhere(18, "await keepServers();");
    const watchdog = await watchdogPid(started.run);
    await end(started.process, "SIGINT");
    await until(() => hasEnded(watchdog), "the watchdog has ended");
    await removeDeadRuns(path.dirname(started.run));
    assert.equal(await serverIsRunning(started.data), true);

    await removeRun(started.run);
    assert.equal(await serverIsRunning(started.data), false);
    assert.equal(existsSync(started.run), false);
  });
});

describe("removeDeadRuns", () => {
  it("removes a server whose process and whose watchdog were killed", async () => {
    const started = await startElsewhere(18);
    process.kill(await watchdogPid(started.run), "SIGKILL");
    await end(started.process, "SIGKILL");
    assert.equal(await serverIsRunning(started.data), true);

    await removeDeadRuns(path.dirname(started.run));
    assert.equal(await serverIsRunning(started.data), false);
    assert.equal(existsSync(started.run), false);
  });

  it("leaves alone what a living process uses, and what is not ours", async () => {
    const started = await startElsewhere(18);
    const foreign = await mkdtemp(path.join(tmpdir(), "foreign-"));
    try {
      await removeDeadRuns(path.dirname(started.run));
      assert.equal(await serverIsRunning(started.data), true);
      assert.equal(existsSync(foreign), true);
    } finally {
      await end(started.process, "SIGTERM");
      await rm(foreign, { recursive: true });
    }
  });

  it("ends no process that only has the pid of a server that is long gone", async () => {
    const base = await mkdtemp(path.join(tmpdir(), "roster-test-"));
    const bystander = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    try {
      const data = path.join(base, "roster-postgres-0000", "server-18-1", "data");
      await mkdir(data, { recursive: true });
      await writeFile(path.join(data, "postmaster.pid"), `${String(bystander.pid)}\n`);
      await removeDeadRuns(base);
      assert.equal(existsSync(path.join(base, "roster-postgres-0000")), false);
      assert.equal(bystander.exitCode ?? bystander.signalCode, null);
      assert.equal(process.kill(bystander.pid ?? 0, 0), true);
    } finally {
      await end(bystander, "SIGKILL");
      await rm(base, { recursive: true });
    }
  });
});

function hasEnded(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}
