import { availableParallelism } from "node:os";
import { DiffDisplay } from "./display/diff";
import { JsonDisplay } from "./display/json";
import { ProgressDisplay } from "./display/progress";
import { Deployment, type DeploymentPlan } from "./deployment";
import { deferred } from "./deferred";
import { Bail, CliError, exitCodes } from "./errors";
import type { Display, DisplayOptions } from "./events";
import { Monitor } from "./monitor";
import { Program } from "./program";
import { Provider } from "./provider";
import { Providers } from "./providers";
import { byUrn, type Run } from "./run";
import { Crypter, passphrase } from "./secrets";
import { selection } from "./selection";
import { Snapshot } from "./snapshot";
import { encrypted, loadResource, verifyDeployment, type Deployment as State, type ResourceState } from "./state";
import { isProviderType } from "./urn";
import { engineVersion } from "./version";
import type { LineHandler } from "./processes";
import type { Workspace } from "./workspace";

/** The flags of preview, up, refresh and destroy. */
export interface OperationOptions {
  diff?: boolean;
  json?: boolean;
  refresh?: boolean;
  expectNoChanges?: boolean;
  showFullOutput?: boolean;
  continueOnError?: boolean;
  clearPendingCreates?: boolean;
  runProgram?: boolean;
  parallel?: number;
  target?: readonly string[];
  exclude?: readonly string[];
}

/** The commands that run the engine. */
export type Command = "preview" | "up" | "refresh" | "destroy";

const titles: Record<Command, [string, string, string, string]> = {
  preview: ["Previewing update", "Updating", "previewing update", "updating"],
  up: ["Previewing update", "Updating", "previewing update", "updating"],
  refresh: ["Previewing refresh", "Refreshing", "previewing refresh", "refreshing"],
  destroy: ["Previewing destroy", "Destroying", "previewing destroy", "destroying"],
};

/** Runs the engine once, to preview or to change, and reports. Throws for what did not go well. */
export async function operate(
  workspace: Workspace,
  command: Command,
  dryRun: boolean,
  options: OperationOptions,
): Promise<void> {
  const { stack } = workspace;
  // A preview reads; what it sees may be a moment old, and it holds nobody up.
  const unlock = dryRun ? () => undefined : workspace.backend.lock(stack);
  try {
    const state = workspace.backend.read(stack);
    verifyDeployment(state);
    if (options.clearPendingCreates) {
      state.pending_operations = (state.pending_operations ?? []).filter(({ type }) => type !== "creating");
    }
    await new Operation(workspace, command, dryRun, options).execute(state);
  } finally {
    unlock();
  }
}

class Operation {
  private readonly started = Date.now();
  private readonly display: Display;
  private streams = 0;

  constructor(
    private readonly workspace: Workspace,
    private readonly command: Command,
    private readonly dryRun: boolean,
    private readonly options: OperationOptions,
  ) {
    this.display = this.openDisplay();
  }

  private openDisplay(): Display {
    const { stack, project } = this.workspace;
    const shared: DisplayOptions = {
      isPreview: this.dryRun,
      isRefresh: this.command === "refresh",
      showFullOutput: this.options.showFullOutput ?? false,
      write: (text) => void process.stdout.write(text),
      writeError: (text) => void process.stderr.write(text),
    };
    if (this.options.json) return new JsonDisplay(shared);
    const [previewing, doing, previewVerb, verb] = titles[this.command];
    shared.write(`${this.dryRun ? previewing : doing} (${stack}):\n`);
    shared.write(`     by the engine of Roster's tests, ${engineVersion}, not by the Pulumi CLI\n\n`);
    if (this.options.diff) return new DiffDisplay(shared);
    return new ProgressDisplay({
      ...shared,
      verb: this.dryRun ? previewVerb : verb,
      stackName: `${project.name}-${stack}`,
    });
  }

  async execute(state: State): Promise<void> {
    const opened = deferred<Deployment>();
    opened.promise.catch(() => undefined);
    const { project } = this.workspace;
    const monitor = await Monitor.start({
      register: async (goal) => (await opened.promise).register(goal),
      registerOutputs: async (urn, outputs) => (await opened.promise).registerOutputs(urn, outputs),
      finished: async () => (await opened.promise).finished(),
      log: (severity, message, urn, stream) => this.display.diagnostic({ urn, severity, message, stream }),
    });
    const providers = new Providers(() => Provider.start(project, monitor.address, this.lineHandler()));
    let program: Program | undefined;
    let interrupts: { stop(): void } | undefined;
    try {
      providers.prepare();
      const run = await this.open(state, providers);
      const deployment = new Deployment(run);
      opened.resolve(deployment);
      interrupts = handleInterrupts(deployment, run, () => program?.kill());
      const ok = await deployment.execute(this.plan(), () => {
        program = new Program({ ...run, address: monitor.address, onLine: this.lineHandler() });
        return program.failure;
      });
      await settle(program);
      this.display.summary(run.changes, (Date.now() - this.started) / 1000);
      this.display.close();
      if (!ok) throw new Bail();
      this.checkExpectation(run);
    } finally {
      interrupts?.stop();
      await providers.close();
      program?.kill();
      monitor.close();
    }
  }

  private lineHandler(): LineHandler {
    const [out, err] = [++this.streams, ++this.streams];
    return (from, message) => {
      const isOut = from === "stdout";
      this.display.diagnostic({ urn: "", severity: isOut ? "info" : "info#err", message, stream: isOut ? out : err });
    };
  }

  private async open(state: State, providers: Providers): Promise<Run> {
    const { workspace, dryRun, options, command } = this;
    const crypter = await workspace.crypter();
    const { base, pending } = await loadState(state, crypter);
    for (const resource of base) if (isProviderType(resource.type)) providers.configure(resource);
    const config = workspace.config(crypter);
    const seen = Object.entries(config).map(([key, { text, secret }]) => [key, secret ? "[secret]" : text] as const);
    this.display.config(Object.fromEntries(seen));
    const write = dryRun ? undefined : (json: string): Promise<void> => workspace.backend.write(workspace.stack, json);
    const secretsProvider = { type: "passphrase", state: { salt: crypter.state } };
    return {
      project: workspace.project,
      stack: workspace.stack,
      config,
      dryRun,
      parallel: options.parallel ?? 4 * availableParallelism(),
      continueOnError: options.continueOnError ?? false,
      destroying: command === "destroy",
      refreshOnly: command === "refresh",
      selected: selection(base, options),
      display: this.display,
      snapshot: new Snapshot(
        base,
        { ...state, pending_operations: pending },
        encrypted(crypter),
        secretsProvider,
        write,
      ),
      providers,
      base,
      olds: byUrn(base),
      pending,
      changes: {},
      tell: (severity, message, urn = "") => this.display.diagnostic({ urn, severity, message }),
    };
  }

  private plan(): DeploymentPlan {
    const { command, options } = this;
    const runsProgram = options.runProgram ?? (command === "preview" || command === "up");
    return { runsProgram, refresh: command === "refresh" || (options.refresh ?? false) };
  }

  private checkExpectation(run: Run): void {
    const changed = Object.entries(run.changes).some(([op, count]) => op !== "same" && count > 0);
    if (!this.options.expectNoChanges || !changed) return;
    const operation = this.dryRun ? "preview" : this.command === "up" ? "update" : this.command;
    throw new CliError(
      `no changes were expected for ${operation} but changes were proposed`,
      exitCodes.noChangesExpected,
    );
  }
}

async function loadState(state: State, crypter: Crypter): Promise<Pick<Run, "base" | "pending">> {
  const salt = state.secrets_providers?.state?.salt;
  const reader = salt && salt !== crypter.state ? await Crypter.open(passphrase(), salt) : crypter;
  const load = (resource: ResourceState): ResourceState => loadResource(resource, reader);
  return {
    base: (state.resources ?? []).map(load),
    pending: (state.pending_operations ?? []).map(({ resource, type }) => ({ resource: load(resource), type })),
  };
}

/** Gives a program that has nothing more to do a moment to end by itself. */
async function settle(program: Program | undefined): Promise<void> {
  if (program === undefined) return;
  const timer = setTimeout(() => program.kill(), 3000);
  await program.failure;
  clearTimeout(timer);
}

/** The first interrupt lets what runs end; the second ends everything at once. */
function handleInterrupts(deployment: Deployment, run: Run, kill: () => void): { stop(): void } {
  let count = 0;
  const onSignal = (): void => {
    count++;
    if (count === 1) {
      process.stderr.write("^C received; cancelling. If you would like to terminate immediately, press ^C again.\n");
      deployment.interrupt();
      void run.providers.cancel();
      return;
    }
    kill();
    process.exit(exitCodes.failed);
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    stop: () => {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}
