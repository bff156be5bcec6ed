import type { ChildProcessWithoutNullStreams } from "node:child_process";
import type { Config } from "./config";
import { ended, pulumiModule, startNode, type LineHandler } from "./processes";
import type { Project } from "./project";

/** What a program is told. */
export interface ProgramRun {
  project: Project;
  stack: string;
  config: Config;
  /** The address of the monitor and the engine. */
  address: string;
  dryRun: boolean;
  parallel: number;
  onLine: LineHandler;
}

/** What the runner exits with when it told the error already. */
const alreadyTold = 32;

/** The user's program, in a process of its own. */
export class Program {
  private readonly child: ChildProcessWithoutNullStreams;
  /** Resolves with nothing when the program ended well, with "told" or with words when it did not. */
  readonly failure: Promise<string | undefined>;

  constructor(run: ProgramRun) {
    const { project } = run;
    const args = [
      ...project.nodeArguments,
      pulumiModule(project, "cmd/run"),
      ...["--monitor", run.address, "--engine", run.address, "--organization", "organization"],
      ...["--project", project.name, "--root-directory", project.root, "--stack", run.stack],
      ...["--pwd", project.programFolder, ...(run.dryRun ? ["--dry-run"] : []), "--parallel", String(run.parallel)],
      project.entry,
    ];
    this.child = startNode(args, { cwd: project.root, env: programEnvironment(run), onLine: run.onLine });
    this.failure = ended(this.child).then(({ code, signal }) => {
      if (code === 0) return undefined;
      if (code === alreadyTold) return "told";
      const how =
        code === null ? `was ended by ${signal ?? "a signal"}` : `exited with non-zero exit code: ${String(code)}`;
      return `an unhandled error occurred: Program ${how}`;
    });
  }

  /** Ends the program without further ado. */
  kill(): void {
    this.child.kill("SIGKILL");
  }
}

function programEnvironment(run: ProgramRun): NodeJS.ProcessEnv {
  const config = Object.fromEntries(
    Object.entries(run.config).map(([key, { text }]) => {
      const colon = key.indexOf(":");
      return [`${key.slice(0, colon)}:config${key.slice(colon)}`, text];
    }),
  );
  const secretKeys = Object.keys(run.config).filter((key) => run.config[key]?.secret);
  return {
    ...process.env,
    PULUMI_CONFIG: JSON.stringify(config),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(secretKeys),
    ...(run.project.typescript && { PULUMI_NODEJS_TYPESCRIPT: "true" }),
    ...(run.project.tsconfig && { PULUMI_NODEJS_TSCONFIG_PATH: run.project.tsconfig }),
  };
}
