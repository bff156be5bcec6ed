import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, statfs, writeFile } from "node:fs/promises";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Account, runAs, serverAccount } from "./account.js";
import { killServer, serverIsRunning } from "./serverProcess.js";

/*
 * Everything that one process starts lives in one folder, its run folder. The folder says by itself whether that
 * process is alive: it listens on a socket in there, and the system closes the socket however the process ends. A pid
 * in a file could not tell as surely, since pids are used again, at once in a restarted container.
 */

const PREFIX = "roster-postgres-";
const STARTING = "roster-starting-";
const SHARED_MEMORY = "/dev/shm";
const KEPT = "kept";
const WATCHDOG_PID = "watchdog.pid";

/** The system's limit for the path of a socket is 104 bytes on macOS; the rest is for what is below the folder. */
const LONGEST_BASE = 72;

/** The folder for the servers of this process, with what makes sure that they end with it. */
export const runFolder = once(async () => {
  const account = await serverAccount();
  const bases = await candidates();
  await Promise.all(bases.map(removeDeadRuns));
  const folder = await createRunFolder(await firstUsable(account, bases));
  await startWatchdog(folder);
  return folder;
});

/** Calls an asynchronous function at most once, unless it failed. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () =>
    (made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    }));
}

async function createRunFolder(base: string): Promise<string> {
  // It gets its name when it listens already: until then another process would take it for one of a dead process.
  const starting = await mkdtemp(path.join(base, STARTING));
  // The servers' account only passes through; what is secret is in folders of its own below.
  await chmod(starting, 0o711);
  const folder = path.join(base, PREFIX + randomBytes(4).toString("hex"));
  // A socket moves along with its folder; a named pipe has no folder, and gets the last name at once.
  await listen(aliveAddress(process.platform === "win32" ? folder : starting));
  await rename(starting, folder);
  return folder;
}

function aliveAddress(folder: string): string {
  return process.platform === "win32" ? `\\\\.\\pipe\\${path.basename(folder)}` : path.join(folder, "alive");
}

async function listen(address: string): Promise<void> {
  const server = net.createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(address, resolve);
  });
  server.unref();
}

/** The watchdog waits for the end of its standard input, which comes however this process ends. */
async function startWatchdog(folder: string): Promise<void> {
  const child = spawn(process.execPath, [path.join(__dirname, "watchdog.js"), folder], {
    cwd: path.dirname(folder),
    // In a session of its own, a Ctrl+C in the terminal reaches this process and not the watchdog.
    detached: true,
    env: { ...process.env, NODE_OPTIONS: "" },
    stdio: ["pipe", "ignore", "ignore"],
    windowsHide: true,
  });
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("spawn", resolve);
  });
  child.unref();
  child.stdin.on("error", () => undefined);
  // It is a pipe, which would keep this process waiting as long as it is open.
  if (child.stdin instanceof net.Socket) child.stdin.unref();
  await writeFile(path.join(folder, WATCHDOG_PID), String(child.pid));
}

/** Folders that may do, the best first. */
async function candidates(): Promise<string[]> {
  if (process.platform === "win32") return [tmpdir()];
  const inMemory = (await hasRoomInMemory()) ? [SHARED_MEMORY] : [];
  return [...new Set([...inMemory, tmpdir(), "/tmp", "/var/tmp"])].filter((each) => each.length <= LONGEST_BASE);
}

/** In memory a server starts several times faster than on many a disk; who sets TMPDIR has a folder in mind. */
async function hasRoomInMemory(): Promise<boolean> {
  if (process.platform !== "linux" || process.env["TMPDIR"] !== undefined) return false;
  const room = await statfs(SHARED_MEMORY).catch(() => undefined);
  return room !== undefined && room.bavail * room.bsize > 2 * 1024 ** 3;
}

async function firstUsable(account: Account | undefined, folders: readonly string[]): Promise<string> {
  for (const folder of folders) if (await isUsable(account, folder)) return folder;
  throw new Error(
    `PostgreSQL needs a folder for temporary files${account ? ` that its user ${account.name} can enter` : ""}, ` +
      `with a short path and on a file system that can run programs. None of ${folders.join(", ")} is: ` +
      "set TMPDIR to one.",
  );
}

/** Whether the account can run a program below the folder: root's own may be closed to it, or nothing may run there. */
async function isUsable(account: Account | undefined, folder: string): Promise<boolean> {
  if (process.platform === "win32") return true;
  const own = await mkdtemp(path.join(folder, STARTING)).catch(() => undefined);
  if (own === undefined) return false;
  try {
    await chmod(own, 0o711);
    const program = path.join(own, "program");
    await writeFile(program, "#!/bin/sh\n");
    await chmod(program, 0o755);
    return (await runAs(account, program, [], { cwd: "/", outputFile: path.join(own, "output") })).code === 0;
  } catch {
    return false;
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

/** Removes what processes that are dead left behind, with the servers that may still run there. */
export async function removeDeadRuns(base: string): Promise<void> {
  const names = await readdir(base).catch(() => []);
  for (const name of names.filter((each) => each.startsWith(PREFIX))) {
    const folder = path.join(base, name);
    // What is another user's cannot be removed, and what another process is removing is gone soon.
    if (await isAbandoned(folder)) await removeRun(folder).catch(() => undefined);
  }
}

async function isAbandoned(folder: string): Promise<boolean> {
  if (await someoneListens(aliveAddress(folder))) return false;
  return !(isKept(folder) && (await Promise.all((await dataFolders(folder)).map(serverIsRunning))).includes(true));
}

function someoneListens(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(address);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    // Anything but "nobody listens" (no permission, above all) means that it is not ours to judge.
    socket.once("error", (error: NodeJS.ErrnoException) => {
      resolve(error.code !== "ECONNREFUSED" && error.code !== "ENOENT");
    });
  });
}

/** Stops every server in a run folder, however it is, and removes the folder. */
export async function removeRun(folder: string): Promise<void> {
  await Promise.all((await dataFolders(folder)).map(killServer));
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}

/** Each server has a folder in the run folder, with its data in `data`. */
async function dataFolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((each) => each.isDirectory()).map((each) => path.join(folder, each.name, "data"));
}

/** A new folder in this process's run folder, with a name that tells people what it is. */
export async function subfolder(name: string): Promise<string> {
  const folder = path.join(await runFolder(), name);
  await mkdir(folder);
  return folder;
}

/**
 * Lets the servers of this process outlive it, for people who go on by hand.
 * @returns the run folder, to give to `removeRun` when they are done
 */
export async function keepServers(): Promise<string> {
  const folder = await runFolder();
  await writeFile(path.join(folder, KEPT), "");
  return folder;
}

/** Whether the servers in a run folder are to outlive the process that started them. */
export function isKept(folder: string): boolean {
  return existsSync(path.join(folder, KEPT));
}

/** The process that cleans up after the one which made the run folder. */
export async function watchdogPid(folder: string): Promise<number> {
  return Number(await readFile(path.join(folder, WATCHDOG_PID), "utf8"));
}
