import { existsSync, statSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { Sandbox } from "../../engine/index.js";
import { environmentFor, type Column, type Contestant, type Phase, type Start } from "../contestant.js";
import { watchMemory } from "../memory.js";
import { PROJECT, makeProject, type Handlers, type ProgramName } from "../project.js";

const STACK = "dev";

/** Pulumi is measured as it is, with all that it loads, and a key of the stack made by each command. */
const AS_IT_IS = { ROSTER_ENGINE_LATER: "no", ROSTER_ENGINE_KEYS: undefined };

/** The commands of the phases. Previews fail where there is anything to do. */
const COMMANDS: Readonly<Record<Phase, readonly string[]>> = {
  create: ["up", "--yes", "--skip-preview"],
  preview: ["preview", "--expect-no-changes"],
  refresh: ["preview", "--refresh", "--expect-no-changes"],
  change: ["up", "--yes", "--skip-preview"],
  destroy: ["destroy", "--yes", "--skip-preview"],
};

/** A column that is a Pulumi program. */
export function pulumiColumn(
  about: Pick<Column, "name" | "title" | "large">,
  program: ProgramName,
  handlers: Handlers,
): Column {
  return {
    ...about,
    real: handlers === "roster",
    absent: () => undefined,
    version: () => undefined,
    open: (start) => PulumiContestant.open(start, program, handlers),
  };
}

/** A Pulumi program in a project and a stack of its own. */
export class PulumiContestant implements Contestant {
  private memory: number | undefined;

  private constructor(
    private readonly sandbox: Sandbox,
    private readonly folder: string,
  ) {}

  /** @param more Environment of the commands; by default what measures them as they are. */
  static async open(
    { engine, address }: Start,
    program: ProgramName,
    handlers: Handlers,
    more: NodeJS.ProcessEnv = AS_IT_IS,
  ): Promise<PulumiContestant> {
    const folder = await makeProject(program, handlers);
    const env = { ...withoutServers(), ...environmentFor(address), NO_COLOR: "1", ...more };
    const sandbox = new Sandbox({ engine, cwd: folder, stack: STACK, env });
    await sandbox.open();
    return new PulumiContestant(sandbox, folder);
  }

  /** What a program declares, which it reads from a file; most take a `Workload`. */
  declare(workload: object): void {
    writeFileSync(path.join(this.folder, "workload.json"), JSON.stringify(workload));
  }

  async act(phase: Phase, ...flags: readonly string[]): Promise<void> {
    const watch = watchMemory(this.folder);
    try {
      await this.sandbox.run([...COMMANDS[phase], ...flags]);
    } finally {
      this.memory = watch.end();
    }
  }

  peakMemory(): number | undefined {
    return this.memory;
  }

  stateBytes(): number | undefined {
    const file = path.join(this.sandbox.folder, "state", ".pulumi", "stacks", PROJECT, `${STACK}.json`);
    return existsSync(file) ? statSync(file).size : undefined;
  }

  async close(): Promise<void> {
    await this.sandbox.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Takes away what would reach a server that is not the bench's own. */
function withoutServers(): NodeJS.ProcessEnv {
  const names = Object.keys(process.env).filter((name) => /^(PG|ROSTER_)/.test(name));
  return Object.fromEntries(names.map((name) => [name, undefined]));
}
