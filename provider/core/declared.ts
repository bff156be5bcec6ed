import type * as z from "zod";
import { connectionName, type Connection, type ConnectionArg } from "./connections.js";
import { addressOf } from "./claims.js";
import { connectionFor } from "./sessions.js";
import type { Contradiction, Share } from "./shares.js";
import { hasUnknown } from "./unknown.js";
import type { CheckFailure, Host, ResourceDefinition } from "./resource.js";

/** What the resources of one run of a program decide, and which of them does. */
interface Register {
  readonly program: string;
  readonly decided: Map<string, { readonly instance: string; readonly by: string }>;
  /** By address and thing. */
  readonly shared: Map<string, Shared>;
  /** The resources whose shares are there. */
  readonly sharing: Set<string>;
}

/** The shares of one thing: those of many entries, and those of one, by entry. */
interface Shared {
  readonly many: Held[];
  readonly single: Map<string, Held[]>;
}

/** A share and whose it is. */
interface Held {
  readonly instance: string;
  readonly by: string;
  readonly share: Share<never>;
}

/** What names a resource in a message. */
type Named<M, C, S extends z.ZodObject> = Pick<ResourceDefinition<M, C, S>, "system" | "key" | "token" | "describe">;

const registers = new WeakMap<Host, Register>();

/**
 * Refuses what another resource of the program decides already: two that declare one role, or one list of members,
 * would take turns in undoing each other. `instance` is the SDK's mark of the program's run and the resource in it,
 * `x7:12`; what was declared by a program that has ended counts no more.
 */
export function declaredTwice<M, C, S extends z.ZodObject>(
  host: Host,
  definition: Named<M, C, S> & Pick<ResourceDefinition<M, C, S>, "decides">,
  args: z.output<S>,
  instance: unknown,
): CheckFailure[] {
  // Two addresses that are both unknown may still be two.
  if (typeof instance !== "string" || hasUnknown(args["connection"])) return [];
  const { decided } = registerOf(host, instance.split(":")[0] ?? "");
  const connection = connectionOf(host, definition, args);
  const address = addressOf(definition.system, connection);
  const by = nameOf(definition, args);
  const twice: { thing: string; by: string }[] = [];
  for (const thing of definition.decides(args, connection)) {
    const key = address + thing;
    const other = decided.get(key);
    if (other === undefined) decided.set(key, { instance, by });
    else if (other.instance !== instance) twice.push({ thing, by: other.by });
  }
  const [first] = twice;
  if (first === undefined) return [];
  return [
    {
      property: definition.key[0] ?? "",
      reason:
        `${worded(first.thing)} is declared by the ${first.by} too${andMore(twice)}, and each would undo the other's ` +
        "work. Declare it in one of them only",
    },
  ];
}

function andMore({ length }: readonly unknown[]): string {
  return length === 1 ? "" : ` (and ${String(length - 1)} more)`;
}

/** A contradiction, and with which resource. */
export interface Disagreement<M> {
  readonly contradiction: Contradiction<M>;
  readonly by: string;
}

/**
 * What other resources of the program declare otherwise, by what is declared alone: a list without somebody, and a
 * single resource that adds them, would take turns for ever.
 */
export function declaredOtherwise<M, C, S extends z.ZodObject>(
  host: Host,
  definition: Named<M, C, S> & Pick<ResourceDefinition<M, C, S>, "shares">,
  args: z.output<S>,
  instance: unknown,
): Disagreement<M>[] {
  if (definition.shares === undefined || typeof instance !== "string" || hasUnknown(args["connection"])) return [];
  const { shared, sharing } = registerOf(host, instance.split(":")[0] ?? "");
  const connection = connectionOf(host, definition, args);
  const address = addressOf(definition.system, connection);
  const by = nameOf(definition, args);
  const found: Disagreement<M>[] = [];
  for (const share of definition.shares(args, connection)) {
    const key = address + share.of;
    const others = shared.get(key) ?? { many: [], single: new Map<string, Held[]>() };
    shared.set(key, others);
    for (const other of comparable(others, share.entry)) {
      const contradiction = other.instance === instance ? undefined : share.against(other.share);
      if (contradiction !== undefined) found.push({ contradiction, by: other.by });
    }
    // A resource that is replaced is checked twice.
    if (!sharing.has(instance)) record(others, { instance, by, share });
  }
  sharing.add(instance);
  return found;
}

/**
 * Refuses what is declared otherwise. `look` gives the live system; it is called only where something depends on it,
 * and where nothing is known of it then, that is not refused.
 */
export async function refusedOtherwise<M>(
  property: string | undefined,
  all: readonly Disagreement<M>[],
  look: () => Promise<M | undefined>,
): Promise<CheckFailure[]> {
  const standing = await thatHold(all, look);
  const [first] = standing;
  if (first === undefined) return [];
  const { about, here, there, remedy } = first.contradiction;
  return [
    {
      property: property ?? "",
      reason:
        `${about} is declared otherwise by the ${first.by} (${there} there, ${here} here)${andMore(standing)}, and ` +
        `each would undo the other's work in every run. ${remedy}`,
    },
  ];
}

function comparable({ many, single }: Shared, entry: string | undefined): readonly Held[] {
  const same = entry === undefined ? [...single.values()].flat() : (single.get(entry) ?? []);
  return same.length === 0 ? many : [...many, ...same];
}

function record({ many, single }: Shared, held: Held): void {
  const { entry } = held.share;
  const of = entry === undefined ? many : (single.get(entry) ?? []);
  of.push(held);
  if (entry !== undefined) single.set(entry, of);
}

async function thatHold<M>(
  all: readonly Disagreement<M>[],
  look: () => Promise<M | undefined>,
): Promise<readonly Disagreement<M>[]> {
  if (all.every(({ contradiction }) => contradiction.holds === undefined)) return all;
  // A system that cannot be reached: whoever needs it tells what is wrong.
  const model = await look().catch(() => undefined);
  return all.filter(({ contradiction: { holds } }) => holds === undefined || (model !== undefined && holds(model)));
}

function registerOf(host: Host, program: string): Register {
  const found = registers.get(host);
  if (found?.program === program) return found;
  const made: Register = { program, decided: new Map(), shared: new Map(), sharing: new Set() };
  registers.set(host, made);
  return made;
}

function connectionOf<M, C, S extends z.ZodObject>(
  host: Host,
  { system }: Pick<ResourceDefinition<M, C, S>, "system">,
  args: z.output<S>,
): Connection {
  return connectionFor(host, system, args["connection"] as ConnectionArg | undefined);
}

function nameOf<M, C, S extends z.ZodObject>(
  { describe, key, system, token }: Named<M, C, S>,
  args: z.output<S>,
): string {
  const name = describe?.(args) ?? key.map((part) => JSON.stringify(args[part])).join(", ");
  const connection = connectionName(system.connections, args["connection"] as ConnectionArg | undefined);
  return `${token} ${name}${connection === system.connections.defaultName ? "" : ` of connection ${connection}`}`;
}

/** `role:ana` as people read it: `the role "ana"`; of several parts, as in `schema:["sales","app"]`, `the schema "sales.app"`. */
export function worded(thing: string): string {
  const [kind = "", ...rest] = thing.split(":");
  const name = rest.join(":");
  const parts = /^\[".*"\]$/s.test(name) ? (JSON.parse(name) as string[]).filter((part) => part !== "") : [name];
  return `the ${kind} ${JSON.stringify(parts.join("."))}`;
}
