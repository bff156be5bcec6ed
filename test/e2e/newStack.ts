import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Files by their path below a folder. */
type Files = ReadonlyMap<string, Buffer>;

/** What `stack init` leaves: in the project's folder, and in the folder of the states. */
interface Traces {
  readonly project: Files;
  readonly state: Files;
}

/** Where a stack is made. */
export interface Ground {
  /** The folder of Pulumi.yaml. */
  readonly project: string;
  /** The folder of the states. */
  readonly state: string;
  /** Runs `stack init`. */
  readonly init: () => Promise<unknown>;
}

/** By engine, as each has its own way to write the same files. */
const known = new Map<string, Promise<Traces>>();

/**
 * Makes an empty stack as `stack init` does, which is run once for an engine and settings: hundreds of tests begin with
 * one, and a command costs more than most of what they then look at.
 */
export async function newStack(what: string, ground: Ground): Promise<void> {
  const traces = known.get(what);
  if (traces === undefined) {
    const made = ground.init().then(() => ({ project: settingsIn(ground.project), state: filesIn(ground.state) }));
    known.set(what, made);
    await made;
    return;
  }
  const { project, state } = await traces;
  write(ground.project, project);
  write(ground.state, state);
}

function settingsIn(folder: string): Files {
  const names = readdirSync(folder).filter((name) => /^Pulumi\..+\.yaml$/.test(name));
  return new Map(names.map((name) => [name, readFileSync(path.join(folder, name))]));
}

function filesIn(folder: string): Files {
  if (!existsSync(folder)) return new Map();
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => statSync(path.join(folder, name)).isFile());
  return new Map(files.map((name) => [name, readFileSync(path.join(folder, name))]));
}

function write(folder: string, files: Files): void {
  for (const [name, content] of files) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
}
