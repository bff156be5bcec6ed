import { ProtectedError, runStep } from "./apply";
import { deferred, Signal } from "./deferred";
import { deleteTheRest } from "./deletes";
import { Bail, messageOf } from "./errors";
import { Executor } from "./executor";
import { dynamicPackage, type Goal } from "./goal";
import { pendingOperationsMessage } from "./messages";
import { MonitorClosed, type MonitorHandler } from "./monitor";
import { newPlan } from "./plan";
import { planResource, urnOf } from "./planner";
import { refreshAll } from "./refresh";
import type { Run } from "./run";
import { prerequisites } from "./state";
import { subject, type Registered, type Step } from "./steps";
import { isProviderType, isStackUrn, providerTypePrefix } from "./urn";
import { equalValues, makeSecret, type Properties } from "./values";

/** What a run is to do. */
export interface DeploymentPlan {
  /** Read everything as it is, first. */
  refresh: boolean;
  /** Run the program: for what it wants, or to refresh and to destroy with the configuration of today. */
  runsProgram: boolean;
}

interface PendingRegistration {
  goal: Goal;
  resolve: (registered: Registered) => void;
  reject: (error: unknown) => void;
}

/** One run: brings a stack to what a program wants, step by step. */
export class Deployment implements Pick<MonitorHandler, "register" | "registerOutputs" | "finished"> {
  private readonly plan = newPlan();
  private readonly executors: Executor[] = [];
  private readonly executor: Executor;
  private readonly components = new Map<string, Step>();
  private readonly skipped = new Set<string>();
  private readonly open = new Set<PendingRegistration>();
  private queue: Promise<void> = Promise.resolve();
  private provider: Promise<string> | undefined;
  private stackOutputs: Properties | undefined;
  private failure: "told" | "steps" | undefined;
  private interrupted = false;
  private readonly end = new Signal();
  private readonly programEnd = new Signal();

  constructor(private readonly run: Run) {
    this.executor = this.newExecutor((_step, error) => {
      this.failure ??= "steps";
      return run.continueOnError || error instanceof ProtectedError ? "go on" : "stop";
    });
  }

  private newExecutor(onFailure: (step: Step, error: unknown) => "stop" | "go on"): Executor {
    const handle = (step: Step): Promise<void> => {
      if (!step.new?.custom && step.new && step.op !== "refresh") this.components.set(step.urn, step);
      return runStep(this.run, step, this.plan.deleted);
    };
    const decide = (step: Step, error: unknown): "stop" | "go on" => {
      const decision = onFailure(step, error);
      if (decision === "go on" && step.new) step.done?.({ state: step.new, result: "failed" });
      return decision;
    };
    const executor = new Executor(this.run.parallel, handle, decide, () => this.programEnd.fire());
    this.executors.push(executor);
    return executor;
  }

  /** Carries out the run and says whether all went well. */
  async execute(what: DeploymentPlan, startProgram: () => Promise<string | undefined>): Promise<boolean> {
    const { run } = this;
    const runProgram = (): Promise<void> => this.runProgram(startProgram);
    if (what.runsProgram && run.refreshOnly) await runProgram();
    if (what.refresh && this.goesOn()) await this.refresh();
    // Where something could not be read, nothing is done at all.
    if (this.failure === "steps") this.executor.stop();
    else if (run.pending.length > 0 && !run.dryRun) run.tell("warning", pendingOperationsMessage(run.pending));
    if (what.runsProgram && !run.refreshOnly && this.failure === undefined) await runProgram();
    if (!run.refreshOnly && this.goesOn()) await deleteTheRest(run, this.plan, this.executor);
    await this.executor.idle();
    await this.finishStack();
    if (this.failure === "steps") this.run.tell("error", `${this.kind()} failed`);
    else if (this.failure === undefined && this.interrupted) this.run.tell("error", `${this.kind()} canceled`);
    await this.run.snapshot.close();
    for (const { reject } of this.open) reject(new MonitorClosed("resource monitor shut down"));
    this.end.fire();
    return this.failure === undefined && !this.interrupted;
  }

  /** Starts nothing more. What is under way goes on to its end. */
  interrupt(): void {
    this.interrupted = true;
    this.executors.forEach((executor) => executor.stop());
  }

  private kind(): string {
    return this.run.dryRun ? "preview" : "update";
  }

  private goesOn(): boolean {
    return !this.executor.isStopped && this.failure !== "told";
  }

  private async refresh(): Promise<void> {
    // One resource that cannot be read is no reason not to read the others.
    const place = new Map(this.run.base.map(({ urn }, index) => [urn, index]));
    const current = this.run.snapshot.resources();
    this.run.base = current.sort((a, b) => (place.get(a.urn) ?? -1) - (place.get(b.urn) ?? -1));
    const executor = this.newExecutor(() => {
      this.failure = "steps";
      return "go on";
    });
    await refreshAll(this.run, executor);
  }

  private async runProgram(startProgram: () => Promise<string | undefined>): Promise<void> {
    void startProgram().then(
      (failure) => this.programEnded(failure),
      (error: unknown) => this.programEnded(messageOf(error)),
    );
    await this.programEnd.fired;
    await this.queue;
    await this.executor.idle();
  }

  private programEnded(failure: string | undefined): void {
    if (failure !== undefined && !this.programEnd.isFired) {
      if (failure !== "told") this.run.tell("error", failure);
      this.fail();
    }
    this.programEnd.fire();
  }

  /** Ends the run for a reason that was told. */
  private fail(): void {
    this.failure ??= "told";
    this.executor.stop();
  }

  register(goal: Goal): Promise<Registered> {
    return new Promise((resolve, reject) => {
      const registration: PendingRegistration = { goal, resolve, reject };
      this.open.add(registration);
      // One at a time, and the next only when a worker took this one: so check and diff are never called side by side.
      this.queue = this.queue.then(() => this.handle(registration));
    });
  }

  private async handle(registration: PendingRegistration): Promise<void> {
    if (!this.goesOn()) return;
    const { goal } = registration;
    const done = (registered: Registered): void => {
      this.open.delete(registration);
      registration.resolve(registered);
    };
    try {
      if (goal.custom && !isProviderType(goal.type)) {
        this.provider ??= this.registerDefaultProvider();
        goal.provider = await this.provider;
      }
      await this.start(await planResource(this.run, this.plan, goal, done));
    } catch (error) {
      if (!(error instanceof Bail)) this.run.tell("error", messageOf(error), urnOf(this.run, this.plan, goal));
      this.fail();
    }
  }

  private async start(steps: Step[]): Promise<void> {
    for (const { urn } of this.executor.failed) this.skipped.add(urn);
    const needsSkipped = (step: Step): boolean => prerequisites(subject(step)).some((urn) => this.skipped.has(urn));
    const wanted = steps.filter((step) => {
      if (!needsSkipped(step)) return true;
      this.skipped.add(step.urn);
      if (step.new) step.done?.({ state: step.new, result: "skipped" });
      return false;
    });
    if (wanted.length > 0) await this.executor.submit(wanted);
  }

  /** The provider that resources have when the program names none, with the whole configuration. */
  private async registerDefaultProvider(): Promise<string> {
    const config = Object.entries(this.run.config).map(([key, { text, secret }]): [string, Properties[string]] => [
      key,
      secret ? makeSecret(text) : text,
    ]);
    const goal: Goal = {
      type: providerTypePrefix + dynamicPackage,
      name: "default",
      custom: true,
      properties: Object.fromEntries(config),
      parent: "",
      provider: "",
      protect: false,
      dependencies: [],
      propertyDependencies: {},
      deleteBeforeReplace: undefined,
      ignoreChanges: [],
      additionalSecretOutputs: [],
      aliases: [],
      retainOnDelete: false,
      deletedWith: "",
    };
    const { promise, resolve, reject } = deferred<Registered>();
    const steps = await planResource(this.run, this.plan, goal, resolve);
    const { finished } = await this.executor.submit(steps);
    void finished.then(() => reject(new Bail()));
    const { state } = await promise;
    return `${state.urn}::${state.id ?? ""}`;
  }

  async registerOutputs(urn: string, outputs: Properties): Promise<void> {
    if (isStackUrn(urn)) {
      // Kept for the end: the outputs of a run that fails are those of before and the new ones.
      this.stackOutputs = outputs;
      return;
    }
    await this.setOutputs(urn, outputs);
  }

  private async setOutputs(urn: string, outputs: Properties): Promise<void> {
    const step = this.components.get(urn);
    if (step?.new === undefined)
      throw new Error(`cannot complete a resource '${urn}' whose registration isn't pending`);
    step.new.outputs = outputs;
    this.run.snapshot.touch(step.new);
    if (!equalValues(step.old?.outputs ?? {}, outputs)) await this.run.snapshot.write();
    this.run.display.outputs(step, step.op);
  }

  private async finishStack(): Promise<void> {
    const { root } = this.plan;
    if (this.stackOutputs === undefined || this.run.destroying || !this.components.has(root)) return;
    const before = this.failure === undefined ? {} : (this.run.olds.get(root)?.outputs ?? {});
    await this.setOutputs(root, { ...before, ...this.stackOutputs });
  }

  async finished(): Promise<void> {
    this.programEnd.fire();
    await this.end.fired;
  }
}
