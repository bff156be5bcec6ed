import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import * as path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { CliError, exitCodes } from "./errors";
import { newManifest, type Deployment } from "./state";

interface Checkpoint {
  version: number;
  checkpoint: { stack: string; latest?: Deployment };
}

interface Lock {
  pid: number;
  username: string;
  hostname: string;
  timestamp: string;
}

/** The states of stacks, in files of Pulumi's own layout. */
export class Backend {
  private readonly root: string;

  constructor(
    private readonly url: string,
    private readonly project: string,
  ) {
    if (!url.startsWith("file://")) throw new CliError(`this engine keeps state in files only: file://..., not ${url}`);
    const folder = url.startsWith("file://~") ? path.join(userInfo().homedir, url.slice(8)) : fileURLToPath(url);
    this.root = path.join(folder, ".pulumi");
  }

  private stackFile(stack: string): string {
    return path.join(this.root, "stacks", this.project, `${stack}.json`);
  }

  private lockFolder(stack: string): string {
    return path.join(this.root, "locks", "organization", this.project, stack);
  }

  /** The stacks of the project. */
  list(): string[] {
    const folder = path.join(this.root, "stacks", this.project);
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .map((name) => name.slice(0, -".json".length))
      .sort();
  }

  /** Makes an empty stack. */
  async create(stack: string): Promise<void> {
    if (!/^[A-Za-z0-9_.-]{1,100}$/.test(stack)) throw new CliError(`invalid stack name "${stack}"`);
    if (existsSync(this.stackFile(stack))) throw new CliError(`stack '${stack}' already exists`);
    mkdirSync(this.root, { recursive: true });
    const meta = path.join(this.root, "meta.yaml");
    if (!existsSync(meta)) writeFileSync(meta, "version: 1\n");
    mkdirSync(path.dirname(this.stackFile(stack)), { recursive: true });
    await this.write(stack, JSON.stringify({ manifest: newManifest() }));
  }

  /** Removes a stack's state. */
  remove(stack: string): void {
    rmSync(this.stackFile(stack), { force: true });
  }

  /** The state of a stack. */
  read(stack: string): Deployment {
    if (!existsSync(this.stackFile(stack))) {
      throw new CliError(`no stack named '${stack}' found`, exitCodes.stackNotFound);
    }
    const content = JSON.parse(readFileSync(this.stackFile(stack), "utf8")) as Partial<Checkpoint>;
    if (content.version !== undefined && content.version !== 3) {
      throw new CliError(`the state of ${stack} has version ${String(content.version)}; this engine knows version 3`);
    }
    // Without a version the CLI takes the file for one of an older kind, in which it finds nothing.
    const latest = content.version === undefined ? undefined : content.checkpoint?.latest;
    return latest ?? { manifest: newManifest() };
  }

  /** Replaces the state of a stack, at once: whoever reads sees the old or the new one, whole. */
  async write(stack: string, deploymentJson: string): Promise<void> {
    const file = this.stackFile(stack);
    const name = JSON.stringify(`organization/${this.project}/${stack}`);
    // Not ending in .json, so that what a killed run leaves is not taken for a stack.
    const temporary = `${file}.${String(process.pid)}.tmp`;
    await writeFile(temporary, `{"version":3,"checkpoint":{"stack":${name},"latest":${deploymentJson}}}\n`);
    await rename(temporary, file);
  }

  /** Locks a stack and returns what unlocks it. */
  lock(stack: string): () => void {
    this.refuseIfLocked(stack);
    const folder = this.lockFolder(stack);
    mkdirSync(folder, { recursive: true });
    const file = path.join(folder, `${randomUUID()}.json`);
    const lock: Lock = {
      pid: process.pid,
      username: userInfo().username,
      hostname: hostname(),
      timestamp: new Date().toISOString(),
    };
    writeFileSync(`${file}.tmp`, JSON.stringify(lock));
    renameSync(`${file}.tmp`, file);
    const unlock = (): void => rmSync(file, { force: true });
    try {
      // Again, now that ours is there: of two that start together at least one must see the other.
      this.refuseIfLocked(stack, path.basename(file));
    } catch (error) {
      unlock();
      throw error;
    }
    return unlock;
  }

  private lockNames(stack: string): string[] {
    const folder = this.lockFolder(stack);
    return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];
  }

  private refuseIfLocked(stack: string, own?: string): void {
    const names = this.lockNames(stack).filter((name) => name !== own);
    if (names.length === 0) return;
    const told = names.map((name) => {
      const file = path.join(this.lockFolder(stack), name);
      const { username, hostname: host, pid, timestamp } = JSON.parse(readFileSync(file, "utf8")) as Lock;
      return `\n  ${pathToFileURL(file).href}?no_tmp_dir=true: created by ${username}@${host} (pid ${String(pid)}) at ${timestamp}`;
    });
    throw new CliError(
      `the stack is currently locked by ${String(names.length)} lock(s). Either wait for the other process(es) to end ` +
        `or delete the lock file with \`pulumi cancel\`.${told.join("")}`,
    );
  }

  /** Removes every lock of a stack. */
  breakLocks(stack: string): void {
    for (const name of this.lockNames(stack)) rmSync(path.join(this.lockFolder(stack), name), { force: true });
  }
}
