import * as z from "zod";
import { DRY_RUN, PROVIDER, parseArguments, storedArguments } from "./arguments.js";
import { connectionName, type ConnectionArg, type ConnectionSpec } from "./connections.js";
import { asRosterError, type RosterError } from "./errors.js";
import type { Identity } from "./identities.js";
import { keepMemoryFlat } from "./memory.js";
import { formatId } from "./names.js";
import { normalize } from "./normalize.js";
import { carry } from "./partial.js";
import type { CheckFailure, Host, Properties, Resource } from "./resource.js";
import { shared } from "./sessions.js";
import { hasUnknown } from "./unknown.js";

/*
 * A step of a component is no `defineResource`: there is no model that a delta could be computed from. What it has done
 * is in its outputs or in the system, and what it is to do in a file that the program hands over; Pulumi's order of
 * resources is the order of the steps. What they share is here.
 */

/** Where the file is that the program wrote: taken out by `check`, and never part of state. Wire format: frozen. */
export const HANDOVER = "__handover";

const handover = z.object({ path: z.string(), digest: z.string(), count: z.number() });

/** A file as the program's inputs name it. */
export type HandoverInput = z.output<typeof handover>;

/** The file that inputs name; undefined where they name none, or it is not known yet. */
export function handoverIn(inputs: Properties): HandoverInput | undefined {
  const parsed = handover.safeParse(inputs[HANDOVER]);
  return parsed.success ? parsed.data : undefined;
}

/** What `check` leaves for the methods that come after it in the same run, and that state must not hold. */
export interface Found {
  readonly file: HandoverInput;
  /** The inputs that the state holds; undefined for a create. */
  readonly before: Properties | undefined;
}

/** What a method works with. */
export interface Work<Args, S> {
  readonly host: Host;
  readonly args: Args;
  /** The live system; asked for where it is needed. */
  readonly session: () => S;
  /** What `check` found in this run; undefined where there was none. */
  readonly found: Found | undefined;
  /** The state's outputs; undefined for a create. */
  readonly olds: Properties | undefined;
}

/** The outcome of an update. */
export interface Outcome {
  readonly outs: Properties;
  /** What failed. Then `outs` are true all the same, and are kept if `keep` says so. */
  readonly error?: RosterError | undefined;
  readonly keep?: boolean;
}

/** What `check` may look at. */
export interface Checking<Args, S> extends Work<Args, S> {
  readonly dryRun: boolean;
  readonly news: Properties;
}

/** What `check` gives: arguments as they are stored, with the plan in a preview. */
export interface Checked {
  readonly args: Properties;
  readonly plan?: readonly string[];
  readonly failures?: readonly CheckFailure[];
}

/** What a look at a change finds. */
export interface Comparison {
  /** Whether there is something to do besides what the arguments say. */
  readonly more: boolean;
  /** Who leaves. */
  readonly removes?: readonly string[];
}

/** A step of a component. */
export interface Step<S extends z.ZodObject, Live> {
  readonly token: string;
  readonly connections: ConnectionSpec;
  readonly schema: S;
  /** The parts of the id. */
  key(args: z.output<S>): readonly string[];
  /** How messages call it. */
  describe(args: z.output<S>): string;
  open(host: Host, args: z.output<S>): Live;
  check(checking: Checking<z.output<S>, Live>): Promise<Checked>;
  /** The arguments that are compared: each change of one is a difference. */
  readonly compared: readonly (keyof z.output<S> & string)[];
  /** Arguments that may be unknown in a preview, as they change nothing of what it shows. */
  readonly later?: readonly (keyof z.output<S> & string)[];
  /** Looks at a change before it is made; throws where it may not be. */
  compare?(work: Work<z.output<S>, Live>): Promise<Comparison>;
  /** What a refresh finds that is not as it should be, as properties that no argument has. Left out, nothing is looked at. */
  look?(work: Omit<Work<z.output<S>, Live>, "found">): Promise<Properties>;
  apply(work: Work<z.output<S>, Live>): Promise<Outcome>;
  remove(work: Omit<Work<z.output<S>, Live>, "found">): Promise<void>;
}

/** Gives a step Pulumi's methods. */
export function defineStep<S extends z.ZodObject, Live>(step: Step<S, Live>): Resource {
  type Args = z.output<S>;
  const { connections, later = [] } = step;
  const definition = { ...step, validate: () => [], incomparable: [] };

  function idOf(args: Args): string {
    return formatId(step.key(args).filter((each) => each !== ""));
  }

  function connectionOf(properties: Properties): string {
    return connectionName(connections, properties["connection"] as ConnectionArg | undefined);
  }

  function memory(host: Host, args: Args): Map<string, Found> {
    const key = ["step", step.token, connectionOf(args), idOf(args)];
    return shared(host, key, () => new Map<string, Found>());
  }

  function work(host: Host, args: Args, olds: Properties | undefined): Work<Args, Live> {
    return { host, args, olds, found: memory(host, args).get("found"), session: () => step.open(host, args) };
  }

  async function about<T>(args: Args, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw asRosterError(error).about(step.describe(args));
    }
  }

  async function apply(host: Host, inputs: Properties, olds: Properties | undefined): Promise<Record<string, unknown>> {
    const args = storedArguments(definition, inputs);
    return about(args, async () => {
      const { outs, error, keep } = await step.apply(work(host, args, olds));
      const told = normalize(outs);
      if (error === undefined) return told;
      if (keep === true) {
        const properties = { ...told, [PROVIDER]: inputs[PROVIDER] };
        carry(error, { id: idOf(args), properties, label: step.describe(args), errors: [error] });
      }
      throw error;
    });
  }

  return {
    token: step.token,
    later,
    identify(properties): Identity {
      const args = storedArguments(definition, properties);
      return { resource: step.token, connection: connectionOf(args), id: idOf(args) };
    },
    async check(host, olds, news) {
      keepMemoryFlat();
      const { [HANDOVER]: _file, ...given } = news;
      const { args, failures } = parseArguments(definition, given);
      if (failures.length > 0) return { inputs: normalize(args), failures: [...failures] };
      return about(args, async () => {
        const before = Object.keys(olds).length === 0 ? undefined : olds;
        const file = handoverIn(news);
        if (file !== undefined) memory(host, args).set("found", { file, before });
        const ignored = Object.fromEntries(["connection", ...later].map((name) => [name, undefined]));
        if (hasUnknown({ ...args, ...ignored })) return { inputs: normalize(args), failures: [] };
        const dryRun = news[DRY_RUN] === true;
        const checked = await step.check({ ...work(host, args, before), dryRun, news });
        const plan = dryRun && (checked.plan ?? []).length > 0 ? { plan: checked.plan } : {};
        return { inputs: normalize({ ...checked.args, ...plan }), failures: [...(checked.failures ?? [])] };
      });
    },
    async diff(host, _id, olds, news) {
      const args = storedArguments(definition, news);
      return about(args, async () => {
        const changed = step.compared.some((name) => JSON.stringify(olds[name]) !== JSON.stringify(news[name]));
        const replaces = connectionOf(olds) === connectionOf(news) ? [] : ["connection"];
        const { more, removes = [] } = (await step.compare?.(work(host, args, olds))) ?? { more: false };
        return { changes: changed || more || replaces.length > 0, replaces, deleteBeforeReplace: false, removes };
      });
    },
    async create(host, inputs) {
      const outs = await apply(host, inputs, undefined);
      return { id: idOf(storedArguments(definition, inputs)), outs };
    },
    async read(host, id, props) {
      const args = storedArguments(definition, props);
      // Where nothing can be read back, what is there is compared when the program runs.
      if (step.look === undefined) return { id, props: { ...props } };
      const seen = await about(args, async () => normalize((await step.look?.(work(host, args, props))) ?? {}));
      return { id, props: { ...props, ...seen }, inputs: { ...args, ...seen } };
    },
    async update(host, _id, olds, news) {
      return { outs: await apply(host, news, olds) };
    },
    async delete(host, _id, props) {
      const args = storedArguments(definition, props);
      await about(args, () => step.remove(work(host, args, props)));
    },
  };
}
