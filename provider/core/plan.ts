import type { z } from "zod";
import type { ConnectionArg } from "./connections.js";
import { MISSING_SETTING, asRosterError, type RosterError } from "./errors.js";
import { canonicalJson } from "./lines.js";
import type { CheckFailure, Delta, Host, ResourceDefinition } from "./resource.js";
import { connectionFor, sessionFor, shared, valuesOf } from "./sessions.js";
import type { System } from "./system.js";

/** What a preview works on: the live system, overlaid with what the run's other resources will do. */
interface Outlook<M> {
  readonly model: M;
  /** Why the plan was not held against the live system; undefined where it was. */
  readonly note: string | undefined;
}

/** A change to be planned. */
export interface PlannedChange<Args> {
  readonly args: Args;
  readonly previous: Args | undefined;
  /** The thing is this resource's own already: it is being replaced. */
  readonly mayExist: boolean;
}

/** The lines of the plan, and what refuses the change. */
export interface Plan {
  readonly lines: string[];
  readonly failures: CheckFailure[];
}

const NOTHING: Plan = { lines: [], failures: [] };

/** Computes what a change will run, one statement or request an element. An unchanged resource has no plan. */
export async function planChange<M, C, S extends z.ZodObject>(
  definition: ResourceDefinition<M, C, S>,
  host: Host,
  change: PlannedChange<z.output<S>>,
): Promise<Plan> {
  const { args, previous } = change;
  if (previous !== undefined && canonicalJson(args) === canonicalJson(previous)) return NOTHING;
  const outlook = await outlookOn(host, definition.system, args["connection"] as ConnectionArg | undefined);
  if (outlook.note !== undefined && previous !== undefined) definition.assume(outlook.model, previous);
  const refused = refusal(definition, host, outlook, change);
  if (refused !== undefined) return { lines: [], failures: [refused] };
  const adopts =
    outlook.note === undefined &&
    previous === undefined &&
    definition.kind === "object" &&
    args["existing"] === "adopt";
  const there = adopts && definition.observe(outlook.model, args) !== undefined;
  const lines = there ? [definition.system.comment("adopts what exists already")] : [];
  const played = playThrough(
    definition,
    host,
    outlook.model,
    definition.delta({ model: outlook.model, args, previous, run: host.run }),
  );
  if (played.length > 0 && outlook.note !== undefined) lines.push(definition.system.comment(outlook.note));
  return { lines: [...lines, ...played], failures: [] };
}

/** The lines of a delta, stage after stage; the model becomes what it will be after the run. */
function playThrough<M, C, S extends z.ZodObject>(
  { system, token }: ResourceDefinition<M, C, S>,
  host: Host,
  model: M,
  first: Delta<M, C>,
): string[] {
  const lines: string[] = [];
  for (let delta: Delta<M, C> | undefined = first; delta !== undefined; delta = delta.next?.(model)) {
    const changes = delta.units.flat();
    lines.push(...system.render(model, changes));
    for (const change of changes) system.applyTo(model, change);
    for (const { message, remedy } of delta.problems) {
      lines.push(system.comment(`cannot be done: ${message}`));
      host.warn(`${token}: ${message}. ${remedy ?? ""}`.trim());
    }
  }
  return lines;
}

function refusal<M, C, S extends z.ZodObject>(
  definition: ResourceDefinition<M, C, S>,
  host: Host,
  outlook: Outlook<M>,
  { args, previous, mayExist }: PlannedChange<z.output<S>>,
): CheckFailure | undefined {
  if (definition.kind === "relation" || previous !== undefined || mayExist) return undefined;
  if (args["existing"] === "adopt" || outlook.note !== undefined) return undefined;
  if (definition.observe(outlook.model, args) === undefined) return undefined;
  const session = sessionFor(host, definition.system, args["connection"] as ConnectionArg | undefined);
  if (definition.untouched(outlook.model, args)) return undefined;
  const property = definition.key[0] ?? "";
  return {
    property,
    reason: `it exists already on ${session.description}, and was not made by this stack. ${adoptRemedy(definition.token)}`,
  };
}

function outlookOn<M, C>(host: Host, system: System<M, C>, arg: ConnectionArg | undefined): Promise<Outlook<M>> {
  const connection = connectionFor(host, system, arg);
  return shared(
    host,
    ["outlook", system.title, connection.name, valuesOf(connection)],
    async (): Promise<Outlook<M>> => {
      if (host.run.offline)
        return {
          model: system.blank(),
          note: "roster:offline is set: planned from state alone, not compared with the live system",
        };
      if (connection.unknown.length > 0) {
        const note = `the ${connection.unknown.join(" and ")} of connection ${connection.name} is not known yet: not compared with the live system`;
        return { model: system.blank(), note };
      }
      try {
        return { model: system.copy(await sessionFor(host, system, arg).model()), note: undefined };
      } catch (error) {
        return unreachable(host, system, asRosterError(error));
      }
    },
  );
}

/** A system that cannot be reached does not stop a preview, a setting that nobody gave does. */
function unreachable<M, C>(host: Host, system: System<M, C>, error: RosterError): Outlook<M> {
  if (error.details.code === MISSING_SETTING) throw error;
  host.warn(`The plan is made from state alone.\n${error.message}`);
  return { model: system.blank(), note: `not compared with the live system: ${error.headline}` };
}

/** What to do about a thing that is there already. */
export function adoptRemedy(token: string): string {
  return (
    `To take it over as it is and let the program change it, give the ${token} existing: "adopt". ` +
    'If the resource was only renamed in the program, give it aliases: [{ name: "<old name>" }] in its options.'
  );
}
