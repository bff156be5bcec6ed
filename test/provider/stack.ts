import assert from "node:assert/strict";
import { DRY_RUN, PLAN, PROVIDER } from "../../provider/core/arguments.js";
import { RosterError } from "../../provider/core/errors.js";
import type { Host, Properties, Resource } from "../../provider/core/resource.js";

/*
 * What Pulumi's engine does with resources, in one process and without its protocol, so that thousands of runs take
 * seconds: check and diff one after another, create and update side by side as far as dependencies allow, deletes at
 * the end and only where nothing failed, partial failures kept. test/e2e runs whole programs; this is for many of them.
 */

/** A resource as a program declares it. */
export interface Declared {
  /** The class: `Group`, `User`. */
  readonly type: string;
  readonly args: Properties;
  /** The names of the resources that it waits for. */
  readonly after?: readonly string[];
}

/** A program: resources by name. */
export type Program = Readonly<Record<string, Declared>>;

/** What the state holds of a resource. */
export interface Stored {
  readonly type: string;
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
  readonly after: readonly string[];
  /** What failed the last time: then the next run updates the resource whatever `diff` says. */
  readonly initErrors: readonly string[];
}

/** What a run did or, in a preview, would do. */
export interface Outcome {
  readonly ops: Record<string, "create" | "update" | "same" | "replace" | "delete">;
  /** In a preview: the statements. */
  readonly plans: Record<string, readonly string[]>;
  readonly errors: RosterError[];
  readonly warnings: string[];
}

/** How a run is to be. */
export interface RunSettings {
  readonly now?: string;
  readonly maxRemovals?: number;
  /** Creates, updates and deletes at a time. */
  readonly parallel?: number;
}

const TEXT = { [PROVIDER]: "the text that loads the provider" };

/** A stack: what is stored from run to run, and the runs. A system says what its resources are and how it is reached. */
export abstract class Stack<S extends RunSettings = RunSettings> {
  readonly state = new Map<string, Stored>();
  private readonly replaced: Stored[] = [];

  /** A host for one run, as Pulumi's provider process makes one for each. */
  abstract host(settings: S, warnings: string[]): Host;
  /** A resource of the system by class name. */
  abstract resource(type: string): Resource;
  /** Whether the process of the run is gone: what becomes of a resource then, nobody is told. */
  protected abstract readonly killed: boolean;
  /** After a run. */
  protected ended(): void {
    // Most systems have nothing to do.
  }

  /** `pulumi up`. A run that is killed keeps what was stored before. */
  async up(program: Program, settings: S = {} as S): Promise<Outcome> {
    return this.run(program, settings, false);
  }

  /** `pulumi preview`. */
  async preview(program: Program, settings: S = {} as S): Promise<Outcome> {
    return this.run(program, settings, true);
  }

  /** `pulumi up`, which must succeed. */
  async succeed(program: Program, settings: S = {} as S): Promise<Outcome> {
    const outcome = await this.up(program, settings);
    assert.deepEqual(
      outcome.errors.map((error) => error.message),
      [],
    );
    return outcome;
  }

  /** `pulumi refresh`. */
  async refresh(settings: S = {} as S): Promise<void> {
    const host = this.host(settings, []);
    for (const [name, stored] of [...this.state]) {
      const { id, props, inputs } = await this.resource(stored.type).read(host, stored.id, stored.outputs);
      if (id === "") this.state.delete(name);
      else this.state.set(name, { ...stored, id, outputs: props, inputs: inputs ?? stored.inputs, initErrors: [] });
    }
  }

  /** `pulumi destroy`. */
  async destroy(settings: S = {} as S): Promise<Outcome> {
    return this.up({}, settings);
  }

  private async run(program: Program, settings: S, dryRun: boolean): Promise<Outcome> {
    const outcome: Outcome = { ops: {}, plans: {}, errors: [], warnings: [] };
    const run = new Run(this, program, this.host(settings, outcome.warnings), outcome, dryRun, settings.parallel ?? 16);
    await run.resources();
    // The engine deletes nothing after a failure.
    if (outcome.errors.length === 0 && !this.killed) await run.deletes(this.replaced);
    this.ended();
    return outcome;
  }

  /** Keeps what has become of a resource, unless the process is gone that would have told. */
  store(name: string, stored: Stored | undefined): void {
    if (this.killed) return;
    if (stored === undefined) this.state.delete(name);
    else this.state.set(name, stored);
  }

  /** Keeps an error, unless the process is gone that would have told. */
  note(error: unknown, outcome: Outcome): void {
    if (this.killed) return;
    assert.ok(error instanceof RosterError, String(error));
    outcome.errors.push(error);
  }

  /** Keeps what a replacement leaves to be deleted at the end. */
  storeReplaced(stored: Stored): void {
    if (!this.killed) this.replaced.push(stored);
  }
}

/** One run. */
class Run {
  private registering: Promise<unknown> = Promise.resolve();
  private readonly results = new Map<string, Promise<boolean>>();
  private running = 0;
  private readonly queue: (() => void)[] = [];

  constructor(
    private readonly stack: Pick<Stack, "state" | "store" | "storeReplaced" | "note" | "resource">,
    private readonly program: Program,
    private readonly host: Host,
    private readonly outcome: Outcome,
    private readonly dryRun: boolean,
    private readonly parallel: number,
  ) {}

  async resources(): Promise<void> {
    await Promise.all(Object.keys(this.program).map((name) => this.resource(name)));
  }

  /** Deletes what the program does not have any more, each after what depends on it. */
  async deletes(replaced: Stored[]): Promise<void> {
    for (const stored of replaced.splice(0)) await this.delete(stored, () => undefined);
    const leaving = [...this.stack.state].filter(([name]) => this.program[name] === undefined);
    const done = new Map<string, Promise<boolean>>();
    const remove = (name: string, stored: Stored): Promise<boolean> => {
      const found = done.get(name);
      if (found !== undefined) return found;
      const made = (async () => {
        const dependents = leaving.filter(([, other]) => other.after.includes(name));
        const gone = await Promise.all(dependents.map(([other, of]) => remove(other, of)));
        if (gone.includes(false)) return false;
        this.outcome.ops[name] = "delete";
        return this.delete(stored, () => {
          this.stack.store(name, undefined);
        });
      })();
      done.set(name, made);
      return made;
    };
    await Promise.all(leaving.map(([name, stored]) => remove(name, stored)));
  }

  private async delete(stored: Stored, then: () => void): Promise<boolean> {
    if (this.dryRun) return true;
    return this.inTurn(async () => {
      try {
        await this.stack.resource(stored.type).delete(this.host, stored.id, stored.outputs);
        then();
        return true;
      } catch (error) {
        this.failed(error);
        return false;
      }
    });
  }

  /** Whether a resource is as declared in the end; tried once. */
  private resource(name: string): Promise<boolean> {
    const found = this.results.get(name);
    if (found !== undefined) return found;
    const made = this.attempt(name);
    this.results.set(name, made);
    return made;
  }

  private async attempt(name: string): Promise<boolean> {
    const declared = this.program[name];
    if (declared === undefined) return true;
    const ready = await Promise.all((declared.after ?? []).map((other) => this.resource(other)));
    if (ready.includes(false)) return false;
    const registered = this.registering.then(() => this.register(name, declared));
    this.registering = registered.catch(() => undefined);
    try {
      const step = await registered;
      return await this.inTurn(step);
    } catch (error) {
      this.failed(error);
      return false;
    }
  }

  /** check and diff, and what is to be done then. */
  private async register(name: string, declared: Declared): Promise<() => Promise<boolean>> {
    const resource = this.stack.resource(declared.type);
    const old = this.stack.state.get(name);
    const given = { ...declared.args, ...TEXT, ...(this.dryRun ? { [DRY_RUN]: true } : {}) };
    const inputs = await this.checked(name, resource, old?.inputs ?? {}, given);
    if (old === undefined) {
      this.outcome.ops[name] = "create";
      return () => this.create(name, declared, inputs);
    }
    const diff = await resource.diff(this.host, old.id, old.outputs, inputs);
    if (diff.replaces.length > 0) {
      const again = await this.checked(name, resource, {}, given);
      this.outcome.ops[name] = "replace";
      return async () => {
        const made = await this.create(name, declared, again);
        if (made && !this.dryRun) this.stack.storeReplaced(old);
        return made;
      };
    }
    if (!diff.changes && old.initErrors.length === 0) {
      this.outcome.ops[name] = "same";
      this.stack.store(name, { ...old, inputs: without(inputs), after: declared.after ?? [] });
      return () => Promise.resolve(true);
    }
    this.outcome.ops[name] = "update";
    return () => this.update(name, declared, old, inputs);
  }

  private async checked(name: string, resource: Resource, olds: Properties, news: Properties): Promise<Properties> {
    const { inputs, failures } = await resource.check(this.host, olds, news);
    if (failures.length > 0) throw new RosterError(failures.map((failure) => failure.reason).join("\n"));
    const plan = inputs[PLAN];
    if (Array.isArray(plan)) this.outcome.plans[name] = plan as string[];
    return { ...inputs, ...TEXT };
  }

  private async create(name: string, declared: Declared, inputs: Properties): Promise<boolean> {
    if (this.dryRun) return true;
    return this.keeping(name, declared, inputs, async () =>
      this.stack.resource(declared.type).create(this.host, inputs),
    );
  }

  private async update(name: string, declared: Declared, old: Stored, inputs: Properties): Promise<boolean> {
    if (this.dryRun) return true;
    return this.keeping(name, declared, inputs, async () => ({
      id: old.id,
      ...(await this.stack.resource(declared.type).update(this.host, old.id, old.outputs, inputs)),
    }));
  }

  /** Stores what was done, also where only some of it was. */
  private async keeping(
    name: string,
    { type, after = [] }: Declared,
    inputs: Properties,
    work: () => Promise<{ id: string; outs: Properties }>,
  ): Promise<boolean> {
    const stored = { type, after, inputs: without(inputs) };
    try {
      const { id, outs } = await work();
      this.stack.store(name, { ...stored, id, outputs: wire(outs), initErrors: [] });
      return true;
    } catch (error) {
      if (error instanceof RosterError && error.id !== undefined && error.properties !== undefined) {
        const { id, properties, reasons = [] } = error;
        this.stack.store(name, { ...stored, id, outputs: without(wire(properties)), initErrors: reasons });
      }
      this.failed(error);
      return false;
    }
  }

  private failed(error: unknown): void {
    this.stack.note(error, this.outcome);
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= this.parallel) await new Promise<void>((resolve) => this.queue.push(resolve));
    this.running += 1;
    try {
      return await work();
    } finally {
      this.running -= 1;
      this.queue.shift()?.();
    }
  }
}

function without(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => key !== PROVIDER));
}

/** As properties are after they travelled: what is no JSON would not arrive. */
function wire(properties: Properties): Properties {
  const there = JSON.parse(JSON.stringify(properties)) as Properties;
  assert.deepEqual(there, properties);
  return there;
}
