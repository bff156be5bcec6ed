import { z } from "zod";
import { DRY_RUN, PROVIDER, parseArguments, storedArguments } from "../core/arguments.js";
import type { Identity } from "../core/identities.js";
import { connectionArgument, connectionName, type ConnectionArg } from "../core/connections.js";
import { RosterError, asRosterError } from "../core/errors.js";
import { keepMemoryFlat } from "../core/memory.js";
import { formatId } from "../core/names.js";
import { normalize } from "../core/normalize.js";
import { carry } from "../core/partial.js";
import type { CheckFailure, Host, Properties, Resource } from "../core/resource.js";
import { sessionFor, shared } from "../core/sessions.js";
import { hasUnknown } from "../core/unknown.js";
import { handoverIn, HANDOVER, type HandoverInput } from "./directoryRecords.js";
import type { GleanSession } from "./session.js";
import { connections } from "./settings.js";
import { glean } from "./system.js";

/*
 * The resources that a directory is made of are not `defineResource`s: there is no model that a delta could be computed
 * from, because nothing can be read back and the records never are in memory together; what a resource has done is in
 * its outputs, and what it is to do in a file. What they share is here.
 */

/** The arguments that every part of a directory has. */
export const directoryArguments = {
  /** The directory's name in the program. */
  directory: z.string().min(1),
  connection: connectionArgument(connections),
};

/** What a method works with. */
export interface Work<Args> {
  readonly host: Host;
  readonly args: Args;
  readonly session: () => GleanSession;
  /** What `check` found in this run; undefined where there was none. */
  readonly found: Found | undefined;
  /** The state's outputs; undefined for a create. */
  readonly olds: Properties | undefined;
}

/** What `check` leaves for the methods that come after it in the same run, and that state must not hold. */
export interface Found {
  readonly file: HandoverInput;
  /** The inputs that the state holds; undefined for a create. */
  readonly before: Properties | undefined;
}

/** What an update came to. */
export interface Outcome {
  readonly outs: Readonly<Record<string, unknown>>;
  /** What failed. Then `outs` are true all the same, and are kept if `keep` says so. */
  readonly error?: RosterError | undefined;
  readonly keep?: boolean;
}

/** What `check` may look at. */
export interface Checking<Args> extends Work<Args> {
  readonly dryRun: boolean;
  readonly news: Properties;
}

/** What a look at a change finds. */
export interface Comparison {
  /** Whether there is something to do besides what the arguments say. */
  readonly more: boolean;
  /** Who leaves. */
  readonly removes?: readonly string[];
}

/** A part of a directory. */
export interface Part<S extends z.ZodObject> {
  readonly token: string;
  readonly schema: S;
  /** What follows the directory's name in the id: `shard 3`. */
  part(args: z.output<S>): string;
  /** Arguments as they are stored, with the plan in a preview. */
  check(
    checking: Checking<z.output<S>>,
  ): Promise<{ args: Readonly<Record<string, unknown>>; plan?: readonly string[]; failures?: readonly CheckFailure[] }>;
  /** The arguments of which each change is a change. */
  readonly compared: readonly (keyof z.output<S> & string)[];
  /** Arguments that may be unknown in a preview without anything being unknown of what it will do. */
  readonly later?: readonly (keyof z.output<S> & string)[];
  /** Looks at a change before it is made; throws where it may not be. */
  compare?(work: Work<z.output<S>>): Promise<Comparison>;
  apply(work: Work<z.output<S>>): Promise<Outcome>;
  remove(work: Omit<Work<z.output<S>>, "found">): Promise<void>;
}

/** Gives a part of a directory Pulumi's methods. */
export function directoryResource<S extends z.ZodObject<typeof directoryArguments>>(part: Part<S>): Resource {
  type Args = z.output<S>;
  const definition = { ...part, validate: () => [], incomparable: [] };

  function idOf(args: Args): string {
    return formatId([args.directory, part.part(args)].filter((each) => each !== ""));
  }

  function memory(host: Host, args: Args): Map<string, Found> {
    const key = ["directory", part.token, connectionName(connections, args.connection), idOf(args)];
    return shared(host, key, () => new Map<string, Found>());
  }

  function work(host: Host, args: Args, olds: Properties | undefined): Work<Args> {
    return {
      host,
      args,
      olds,
      found: memory(host, args).get("found"),
      session: () => sessionFor(host, glean, args.connection) as GleanSession,
    };
  }

  async function about<T>(args: Args, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw asRosterError(error).about(`${part.token} ${JSON.stringify(args.directory)} ${part.part(args)}`.trim());
    }
  }

  async function apply(host: Host, inputs: Properties, olds: Properties | undefined): Promise<Record<string, unknown>> {
    const args = storedArguments(definition, inputs);
    return about(args, async () => {
      const { outs, error, keep } = await part.apply(work(host, args, olds));
      const told = normalize(outs);
      if (error === undefined) return told;
      if (keep === true) {
        carry(error, { id: idOf(args), properties: { ...told, [PROVIDER]: inputs[PROVIDER] }, errors: [error] });
      }
      throw error;
    });
  }

  function nameOf(properties: Properties): string {
    return connectionName(connections, properties["connection"] as ConnectionArg | undefined);
  }

  const { later = [] } = part;

  function identify(args: Args): Identity {
    return { resource: part.token, connection: connectionName(connections, args.connection), id: idOf(args) };
  }

  return {
    token: part.token,
    later,
    identify: (properties) => identify(storedArguments(definition, properties)),
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
        const checked = await part.check({ ...work(host, args, before), dryRun, news });
        const plan = dryRun && (checked.plan ?? []).length > 0 ? { plan: checked.plan } : {};
        return { inputs: normalize({ ...checked.args, ...plan }), failures: [...(checked.failures ?? [])] };
      });
    },
    async diff(host, _id, olds, news) {
      const args = storedArguments(definition, news);
      return about(args, async () => {
        const changed = part.compared.some((name) => JSON.stringify(olds[name]) !== JSON.stringify(news[name]));
        const replaces = nameOf(olds) === nameOf(news) ? [] : ["connection"];
        const { more, removes = [] } = (await part.compare?.(work(host, args, olds))) ?? { more: false };
        return { changes: changed || more || replaces.length > 0, replaces, deleteBeforeReplace: false, removes };
      });
    },
    async create(host, inputs) {
      const outs = await apply(host, inputs, undefined);
      return { id: idOf(storedArguments(definition, inputs)), outs };
    },
    // Nothing can be read back: what is there is compared when the program runs.
    read: (_host, id, props) => Promise.resolve({ id, props: { ...props } }),
    async update(host, _id, olds, news) {
      return { outs: await apply(host, news, olds) };
    },
    async delete(host, _id, props) {
      const args = storedArguments(definition, props);
      await about(args, () => part.remove(work(host, args, props)));
    },
  };
}

/** What the program handed over. Throws a RosterError where a command runs without the program. */
export function handedOver(found: Found | undefined): Found {
  if (found !== undefined) return found;
  throw new RosterError("there is nothing that the program has handed over", {
    remedy: "Run pulumi up, which runs the program.",
  });
}
