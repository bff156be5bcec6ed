import type * as z from "zod";
import { identityKey, type Identity } from "./identities.js";
import type { ConnectionArg } from "./connections.js";
import { MISSING_SETTING, asRosterError, type RosterError } from "./errors.js";
import type { CheckFailure, Delta, Host, ResourceDefinition, Unit } from "./resource.js";
import { claim, runOptions, thingsOf } from "./claims.js";
import { labelOf } from "./label.js";
import { noteEndings } from "./endings.js";
import { ownershipOf, type Declared } from "./ownership.js";
import { unitKeys } from "./reviewedUnits.js";
import { hasUnknown } from "./unknown.js";
import { connectionFor, sessionFor, shared, valuesOf } from "./sessions.js";
import type { System } from "./system.js";

/** What a preview works on: the live system, overlaid with what the run's other resources will do. */
interface Outlook<M> {
  readonly model: M;
  /** Why the plan was not held against the live system; undefined where it was. */
  readonly note: string | undefined;
}

/** The lines of the plan, and what refuses the change. */
export interface Plan {
  readonly lines: string[];
  readonly failures: CheckFailure[];
}

/** Computes what a change will run, one statement or request an element. */
export async function planChange<M, C, S extends z.ZodObject>(
  definition: ResourceDefinition<M, C, S>,
  host: Host,
  identity: Identity,
  change: Declared<z.output<S>>,
): Promise<Plan> {
  const { previous } = change;
  const { args, pending, enough } = knownArguments(definition, change);
  const parts = [args, ...(previous === undefined ? [] : [previous])].flatMap(
    (each) => definition.parts?.(each, "change", previous) ?? [],
  );
  const outlook = await outlookOn(host, definition.system, connectionOf(args), parts);
  const { comment } = definition.system;
  const notes = outlook.note === undefined ? [] : [comment(outlook.note)];
  if (outlook.note !== undefined && !host.options.offline) host.review?.problem(identity, outlook.note);
  if (pending.length > 0) notes.push(comment(`${pending.join(", ")}: not known before the update`));
  const remark = definition.remark?.(args);
  if (remark !== undefined) notes.push(comment(remark));
  if (!enough) return { lines: notes, failures: [] };
  if (outlook.note !== undefined && previous !== undefined) definition.assume(outlook.model, previous);
  const owner = outlook.note === undefined ? ownershipOf(definition, outlook.model, { ...change, args }) : "ours";
  if (owner === "a stranger's") return { lines: [], failures: [refusal(definition, host, args)] };
  if (owner === "as declared") notes.push(comment("exists already, exactly as declared: taken for one made here"));
  if (owner === "adopted") notes.push(comment("adopts what exists already"));
  const losing = (): Iterable<string> =>
    previous === undefined || outlook.note !== undefined ? [] : thingsOf(host, definition, previous);
  const run = await runOptions(host, definition.system, args, losing);
  const delta = definition.delta({ model: outlook.model, args, previous, run });
  const { lines, failures, units } = playThrough(definition, host, { args, model: outlook.model, delta });
  noteEndings(host, definition, args, { model: outlook.model, changes: units.flat() });
  host.planned?.set(identityKey(identity), new Set(unitKeys(definition, units, args, previous)));
  claim(host, definition, args);
  return {
    lines:
      lines.length + pending.length > 0 || remark !== undefined || previous === undefined ? [...notes, ...lines] : [],
    failures,
  };
}

/** The arguments that are known, which are not, and whether the known ones are enough to plan with. */
function knownArguments<M, C, S extends z.ZodObject>(
  { schema }: ResourceDefinition<M, C, S>,
  { args, previous }: Declared<z.output<S>>,
): { args: z.output<S>; pending: string[]; enough: boolean } {
  const pending = Object.keys(args).filter((name) => name !== "connection" && hasUnknown(args[name]));
  // What is not known yet is planned as it was, so that the plan shows no loss that nobody asked for.
  const known = Object.fromEntries(
    Object.entries(args).flatMap(([name, value]) => {
      if (!pending.includes(name)) return [[name, value]];
      return previous?.[name] === undefined ? [] : [[name, previous[name]]];
    }),
  ) as z.output<S>;
  return {
    args: known,
    pending,
    enough: pending.every((name) => known[name] !== undefined || isOptional(schema, name)),
  };
}

function isOptional(schema: z.ZodObject, name: string): boolean {
  const shape: Readonly<Record<string, z.ZodType | undefined>> = schema.shape;
  return shape[name]?.safeParse(undefined).success ?? false;
}

function connectionOf(args: Readonly<Record<string, unknown>>): ConnectionArg | undefined {
  return args["connection"] as ConnectionArg | undefined;
}

/** What a preview sees of a system: it and what the run's other resources will do; undefined where it cannot be seen. */
export async function outlookModel<M, C>(
  host: Host,
  system: System<M, C>,
  arg: ConnectionArg | undefined,
  parts: readonly string[] = [],
): Promise<M | undefined> {
  const { model, note } = await outlookOn(host, system, arg, parts);
  return note === undefined ? model : undefined;
}

/** The plan of a delta, stage after stage; the model becomes what it will be after the run. */
function playThrough<M, C, S extends z.ZodObject>(
  definition: ResourceDefinition<M, C, S>,
  host: Host,
  { args, model, delta: first }: { args: z.output<S>; model: M; delta: Delta<M, C> },
): Plan & { readonly units: readonly Unit<C>[] } {
  const { system, summary } = definition;
  const connection = connectionFor(host, system, connectionOf(args));
  const lines: string[] = [];
  const failures: CheckFailure[] = [];
  const units: Unit<C>[] = [];
  const all: C[] = [];
  for (let delta: Delta<M, C> | undefined = first; delta !== undefined; delta = delta.next?.(model)) {
    units.push(...delta.units);
    const changes = delta.units.flat();
    lines.push(...system.render(model, changes, connection));
    for (const change of changes) system.applyTo(model, change);
    all.push(...changes);
    for (const { message, remedy, certain } of delta.problems) {
      const told = `${message}. ${remedy ?? ""}`.trim();
      lines.push(system.comment(`cannot be done: ${message}`));
      if (certain) failures.push({ property: "", reason: told });
      else host.warn(`${labelOf(definition, args)}: ${told}`);
    }
  }
  const notes = all.length === 0 ? [] : (summary?.(all) ?? []).map((note) => system.comment(note));
  return { lines: [...lines, ...notes], failures, units };
}

function refusal<M, C, S extends z.ZodObject>(
  { key, system, token }: ResourceDefinition<M, C, S>,
  host: Host,
  args: z.output<S>,
): CheckFailure {
  const { description } = sessionFor(host, system, connectionOf(args));
  return {
    property: key[0] ?? "",
    reason: `it exists already on ${description}, and was not made by this stack. ${adoptRemedy(token)}`,
  };
}

async function outlookOn<M, C>(
  host: Host,
  system: System<M, C>,
  arg: ConnectionArg | undefined,
  parts: readonly string[],
): Promise<Outlook<M>> {
  const outlook = await firstOutlook(host, system, arg, parts);
  if (outlook.note !== undefined || parts.length === 0) return outlook;
  try {
    system.complete?.(outlook.model, await sessionFor(host, system, arg).model(parts));
    return outlook;
  } catch (error) {
    return unreachable(host, system.blank(connectionFor(host, system, arg)), asRosterError(error));
  }
}

/** The one outlook of a run on a system; resources that look at other parts complete it. */
function firstOutlook<M, C>(
  host: Host,
  system: System<M, C>,
  arg: ConnectionArg | undefined,
  parts: readonly string[],
): Promise<Outlook<M>> {
  const connection = connectionFor(host, system, arg);
  return shared(
    host,
    ["outlook", system.title, connection.name, valuesOf(connection)],
    async (): Promise<Outlook<M>> => {
      if (host.options.offline)
        return {
          model: system.blank(connection),
          note: "roster:offline is set: planned from state alone, not compared with the live system",
        };
      if (hasUnknown(connection.name)) {
        return {
          model: system.blank(connection),
          note: "the connection is not known yet: not compared with the live system",
        };
      }
      if (connection.unknown.length > 0) {
        const note = `the ${connection.unknown.join(" and ")} of connection ${connection.name} is not known yet: not compared with the live system`;
        return { model: system.blank(connection), note };
      }
      try {
        return { model: system.copy(await sessionFor(host, system, arg).model(parts)), note: undefined };
      } catch (error) {
        return unreachable(host, system.blank(connection), asRosterError(error));
      }
    },
  );
}

/** A system that cannot be reached does not stop a preview, a setting that nobody gave does. */
function unreachable<M>(host: Host, blank: M, error: RosterError): Outlook<M> {
  if (error.details.code === MISSING_SETTING) throw error;
  host.warn(`the plan is made from state alone: ${error.message}`);
  return { model: blank, note: `not compared with the live system: ${error.headline}` };
}

/** What to do about a thing that is there already. */
export function adoptRemedy(token: string): string {
  return (
    `To take it over as it is and let the program change it, give the ${token} existing: "adopt". ` +
    'If the resource was only renamed in the program, give it aliases: [{ name: "<old name>" }] in its options.'
  );
}
