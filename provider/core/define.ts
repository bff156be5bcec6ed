import type * as z from "zod";
import {
  ADOPTED,
  DRY_RUN,
  INSTANCE,
  PLAN,
  PROVIDER,
  isStored,
  parseArguments,
  placed,
  storedArguments,
} from "./arguments.js";
import { combine, errorsOf, without } from "./applied.js";
import { NO_DELTA, applyDelta, type Applied } from "./delta.js";
import { connectionName, type ConnectionArg } from "./connections.js";
import { CONNECTION_LOST, RosterError, asRosterError } from "./errors.js";
import { formatId } from "./names.js";
import { normalize } from "./normalize.js";
import { carry } from "./partial.js";
import { ownershipOf } from "./ownership.js";
import { adoptRemedy, outlookModel, planChange } from "./plan.js";
import { makeProgress, type Progress } from "./progress.js";
import type { Host, Properties, Purpose, Resource, ResourceDefinition } from "./resource.js";
import { labelOf } from "./label.js";
import { howItLeaves } from "./leaving.js";
import { announce, claim, confirm, runOptions, thingsOf } from "./claims.js";
import { declaredOtherwise, declaredTwice, refusedOtherwise } from "./declared.js";
import { differenceOf } from "./difference.js";
import { endedBefore, noteEndings } from "./endings.js";
import { identityKey, type Identity } from "./identities.js";
import { heldToPlan } from "./reviewedUnits.js";
import { connectionFor, sessionFor } from "./sessions.js";
import type { Adapted, Session } from "./system.js";
import { UNKNOWN, hasUnknown } from "./unknown.js";

/**
 * Gives a resource all of Pulumi's methods. Create and update are one flow: look at the live system, compute the
 * difference, apply it, return what is now true.
 */
export function defineResource<M, C, S extends z.ZodObject>(definition: ResourceDefinition<M, C, S>): Resource {
  type Args = z.output<S>;
  const { token, system } = definition;

  function idOf(args: Args): string {
    return formatId(definition.key.flatMap((part) => (args[part] === undefined ? [] : [String(args[part])])));
  }

  function identify(args: Args): Identity {
    return {
      resource: token,
      connection: connectionName(system.connections, connectionOf(args)),
      id: idOf(args),
    };
  }

  function keyOf(args: Args): string {
    return identityKey(identify(args));
  }

  function subject(args: Args, session?: Session<M, C>): string {
    return `${labelOf(definition, args)}${session === undefined ? "" : ` on ${session.description}`}`;
  }

  function partsOf(args: Args, purpose: Purpose = "change", previous?: Args): readonly string[] {
    return definition.parts?.(args, purpose, previous) ?? [];
  }

  function open(host: Host, args: Args): Session<M, C> {
    return sessionFor(host, system, connectionOf(args));
  }

  /** Runs a method's body; whatever it throws leaves as an error about this resource. */
  async function about<T>(host: Host, args: Args, work: (session: () => Session<M, C>) => Promise<T>): Promise<T> {
    let session: Session<M, C> | undefined;
    try {
      return await work(() => (session ??= open(host, args)));
    } catch (error) {
      const told = asRosterError(error);
      // What is about the connection itself names it already.
      const named = session !== undefined && told.headline.startsWith(session.description);
      throw told.about(subject(args, named ? undefined : session));
    }
  }

  async function check(host: Host, olds: Properties, news: Properties): ReturnType<Resource["check"]> {
    const { args: parsed, failures } = parseArguments(definition, news);
    if (failures.length > 0) return { inputs: normalize(parsed), failures: [...failures] };
    const previous = Object.keys(olds).length === 0 ? undefined : storedArguments(definition, olds);
    const dryRun = news[DRY_RUN] === true;
    return about(host, parsed, async (session) => {
      const look = (): Promise<M | undefined> =>
        dryRun ? outlookModel(host, system, connectionOf(parsed), partsOf(parsed)) : session().model(partsOf(parsed));
      const adapted = await adapt(host, parsed, previous, look);
      if (adapted.failures.length > 0) return { inputs: normalize(parsed), failures: [...adapted.failures] };
      const given = adapted.args as Args;
      const warn = (text: string): void => {
        host.warn(`${subject(given)}: ${text}`);
      };
      const args = await definition.prepare(given, { old: previous, now: host.now(), look, warn });
      const named = definition.key.every((part) => !hasUnknown(args[part]));
      if (named && previous !== undefined) host.known.add(keyOf(args));
      if (!hasUnknown({ ...args, connection: undefined })) {
        const instance = news[INSTANCE];
        const twice = declaredTwice(host, definition, args, instance);
        if (twice.length > 0) return { inputs: normalize(args), failures: twice };
        const otherwise = declaredOtherwise(host, definition, args, instance);
        // Nearly always there is nothing to wait for, and a claim is made as soon as it can be.
        if (otherwise.length > 0) {
          const refused = await refusedOtherwise(definition.key[0], otherwise, look);
          if (refused.length > 0) return { inputs: normalize(args), failures: refused };
        }
        announce(host, definition, { key: keyOf(args), args, isNew: previous === undefined && !dryRun });
        const ended = await endedBefore(host, definition, args, { dryRun, warn });
        if (ended.length > 0) return { inputs: normalize(args), failures: ended };
      }
      if (!dryRun) {
        if (previous === undefined || differenceOf(definition, olds, args).changes)
          setImmediate(() => void lookAhead(session, args, previous));
        return { inputs: normalize(args), failures: [] };
      }
      // An unchanged resource has no plan. One that is replaced is checked once more without olds, and planned then.
      if (isStored(args, olds)) return { inputs: normalize(args), failures: [] };
      const replaced = previous !== undefined && differenceOf(definition, olds, args).replaces.length > 0;
      if (replaced) await warnOfLosses(host, previous, warn);
      if (!named || replaced) return { inputs: normalize(args), failures: [] };
      const planned = await planChange(definition, host, identify(args), {
        args,
        previous,
        mayExist: host.known.has(keyOf(args)),
      });
      const plan = planned.lines.length > 0 ? { [PLAN]: planned.lines } : {};
      return { inputs: normalize({ ...args, ...plan }), failures: planned.failures };
    });
  }

  /** Pulumi asks for no plan of what is deleted. */
  async function warnOfLosses(host: Host, replaced: Args, warn: (text: string) => void): Promise<void> {
    if (definition.losses === undefined) return;
    const model = await outlookModel(host, system, connectionOf(replaced), partsOf(replaced));
    const losses = model === undefined ? undefined : definition.losses(model, replaced);
    if (losses !== undefined) warn(losses);
  }

  /** Begins the look that the create or update will wait for, when `check` has answered: Pulumi goes on meanwhile. */
  async function lookAhead(session: () => Session<M, C>, args: Args, previous: Args | undefined): Promise<void> {
    if (system.looksAhead !== true) return;
    try {
      await session().model(partsOfBoth(args, previous));
    } catch {
      // Whoever waits for it looks again, and tells what is wrong.
    }
  }

  function partsOfBoth(args: Args, previous: Args | undefined): string[] {
    return [...new Set([...partsOf(args, "change", previous), ...(previous === undefined ? [] : partsOf(previous))])];
  }

  /** The arguments as the connection's kind of server takes them. */
  async function adapt(
    host: Host,
    args: Args,
    old: Args | undefined,
    look: () => Promise<M | undefined>,
  ): Promise<Adapted> {
    if (system.adapt === undefined || args["connection"] === UNKNOWN) return { args, failures: [] };
    const connection = connectionFor(host, system, connectionOf(args));
    const { args: taken, failures } = await system.adapt({ connection, token, args, old, look });
    return { args: taken, failures: failures.map((failure) => placed(definition, failure, args)) };
  }

  async function create(host: Host, inputs: Properties): ReturnType<Resource["create"]> {
    const args = storedArguments(definition, inputs);
    return about(host, args, async (use) => {
      const session = use();
      const adopted = adoption(host, await session.model(partsOf(args)), args, undefined);
      const outs = await converge(host, session, {
        args,
        previous: undefined,
        id: idOf(args),
        extra: adopted ? { [ADOPTED]: true } : {},
        inputs,
      });
      return { id: idOf(args), outs };
    });
  }

  /** Whether an object that is there already is adopted; throws where it is refused. */
  function adoption(host: Host, model: M, args: Args, previous: Args | undefined): boolean {
    const owner = ownershipOf(definition, model, { args, previous, mayExist: host.known.has(keyOf(args)) });
    if (owner !== "a stranger's") return owner === "adopted";
    throw new RosterError("it exists already, and was not made by this stack", { remedy: adoptRemedy(token) });
  }

  interface Convergence {
    readonly args: Args;
    readonly previous: Args | undefined;
    readonly id: string;
    /** Outputs that are not arguments. */
    readonly extra: Record<string, unknown>;
    readonly inputs: Properties;
  }

  async function converge(host: Host, session: Session<M, C>, work: Convergence): Promise<Record<string, unknown>> {
    const { args, previous } = work;
    // Before it is given: what loses it meanwhile, side by side with this, must not take it away after.
    claim(host, definition, args);
    const run = await runOptions(host, system, args, () =>
      previous === undefined ? [] : thingsOf(host, definition, previous),
    );
    const begun = performance.now();
    const parts = partsOfBoth(args, previous);
    const held = heldToPlan(definition, host, { session, identity: identify(args), args, previous });
    const applied = await applyDelta(
      held.session,
      (model) => {
        // Also when it is computed again: somebody else may have made the thing in between.
        adoption(host, model, args, previous);
        const delta = definition.delta({ model, args, previous, run });
        held.expect(model, delta.units);
        return delta;
      },
      { parts, progress: countingUnits(args) },
    );
    const errors = errorsOf(applied);
    const error = errors.length === 0 ? undefined : combine(errors);
    const model = await session.model(parts).catch((unreachable: unknown) => {
      // What failed first is what the reader needs to know.
      throw error ?? unreachable;
    });
    noteEndings(host, definition, args, { model, changes: applied.changes });
    const told = error === undefined ? args : (definition.unfinished?.({ model, args, previous, run }) ?? args);
    const live = definition.observe(model, told);
    const seconds = Math.round(performance.now() - begun) / 1000;
    const outcome = definition.outcome?.({ changes: applied.changes, errors: errors.length, seconds });
    const outs = {
      ...normalize({ ...(live ?? args), ...definition.report?.(model, args), ...outcome }),
      ...work.extra,
    };
    if (error === undefined) return outs;
    // Something was done: Pulumi keeps what is now true, and the next update does only the rest.
    if (live !== undefined && (applied.done > 0 || mayHaveSet(applied, args))) {
      const told = applied.failures.length === 0 ? outs : without(outs, definition.incomparable);
      const properties = { ...told, [PROVIDER]: work.inputs[PROVIDER] };
      carry(error, { id: work.id, properties, label: labelOf(definition, args), errors });
    }
    throw error;
  }

  /** Whether a connection broke while a secret was being set: then the state must not claim to know which one is. */
  function mayHaveSet({ failures }: Applied, args: Args): boolean {
    const lost = failures.some(({ details }) => details.code === CONNECTION_LOST);
    return lost && definition.incomparable.some((name) => args[name] !== undefined);
  }

  async function read(host: Host, id: string, props: Properties): ReturnType<Resource["read"]> {
    const args = storedArguments(definition, props);
    return about(host, args, async (use) => {
      const model = await use().model(partsOf(args, "look"));
      const live = definition.observe(model, args);
      if (live === undefined) return { id: "", props: {} };
      const inputs = normalize(live);
      const adopted = props[ADOPTED] === undefined ? {} : { [ADOPTED]: props[ADOPTED] };
      // What tells of the last run is not seen in the live system.
      const told = Object.fromEntries(definition.reports.map((name) => [name, props[name]]));
      const report = normalize({ ...told, ...definition.report?.(model, args) });
      return { id, props: { ...inputs, ...report, ...adopted }, inputs: { ...inputs } };
    });
  }

  async function update(host: Host, id: string, olds: Properties, news: Properties): ReturnType<Resource["update"]> {
    const args = storedArguments(definition, news);
    const previous = storedArguments(definition, olds);
    return about(host, args, async (use) => {
      const extra = olds[ADOPTED] === undefined ? {} : { [ADOPTED]: olds[ADOPTED] };
      return { outs: await converge(host, use(), { args, previous, id, extra, inputs: news }) };
    });
  }

  /** Tells of work that takes long, such as a whole environment, how far it is. */
  function countingUnits(args: Args): Progress {
    return makeProgress({ what: `${labelOf(definition, args)}: changes done` });
  }

  function exists(model: M, args: Args): boolean {
    return definition.exists?.(model, args) ?? definition.observe(model, args) !== undefined;
  }

  async function remove(host: Host, props: Properties): Promise<void> {
    const args = storedArguments(definition, props);
    const how = howItLeaves({ onRemove: args["onRemove"], adopted: props[ADOPTED] });
    if (how === "keep") {
      host.tell(`${subject(args)}: it stays as it is, as its onRemove is "keep"`);
      return;
    }
    await about(host, args, async (use) => {
      // What this run has given through another resource is not taken away when this one goes.
      const run = await runOptions(host, system, args, () => thingsOf(host, definition, args));
      const [only, other] = thingsOf(host, definition, args);
      if (only !== undefined && other === undefined && run.claimed(only)) return;
      let done: readonly string[] | undefined;
      const applied = await applyDelta(
        use(),
        (model) => {
          done = undefined;
          if (!exists(model, args)) return NO_DELTA;
          const delta = definition.remove(model, args, how, run);
          if (definition.kind === "object" && how === "disable")
            done = system.render(model, delta.units.flat(), connectionFor(host, system, connectionOf(args)));
          return delta;
        },
        { parts: partsOf(args, "removal"), progress: countingUnits(args) },
      );
      const errors = errorsOf(applied);
      if (errors.length > 0) throw combine(errors);
      // Pulumi says "deleted", whatever was done.
      if (done !== undefined) host.tell(`${subject(args, use())}: ${staying(args["onRemove"], done)}`);
    });
  }

  return {
    token,
    identify: (properties) => identify(storedArguments(definition, properties)),
    check,
    diff: (host, _id, olds, news) => {
      const args = storedArguments(definition, news);
      if (definition.key.every((part) => !hasUnknown(args[part]))) confirm(host, keyOf(args));
      return Promise.resolve(differenceOf(definition, olds, news));
    },
    create,
    read,
    update,
    delete: (host, _id, props) => remove(host, props),
    manages: (props) => {
      const args = storedArguments(definition, props);
      return [...definition.things(args), ...definition.decides(args)];
    },
  };
}

/** Says of what Pulumi calls deleted that it is still there, why, and what was done to it. */
function staying(onRemove: unknown, done: readonly string[]): string {
  const why = onRemove === undefined ? "it was there before this stack" : `its onRemove is ${JSON.stringify(onRemove)}`;
  return done.length === 0 ? `it stays as it is, as ${why}` : `it stays, as ${why}; what was done: ${done.join(" ")}`;
}

function connectionOf(args: Readonly<Record<string, unknown>>): ConnectionArg | undefined {
  return args["connection"] as ConnectionArg | undefined;
}
