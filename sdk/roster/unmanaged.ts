import type { HeldResource, Inventory, Thing } from "../../provider/core/inventory.js";
import { allows, isExpired, type AllowedThing } from "./allowList.js";
import type { UnmanagedThing } from "./driftReport.js";
import type { PulumiCommand } from "./pulumi.js";
import { readStack, type Stack, type StackConnection } from "./stack.js";

/** Where is looked for what no stack manages, and what may be there. */
export interface UnmanagedOptions {
  /** The folder of Pulumi.yaml. */
  readonly cwd: string;
  /** The stacks: what any of them manages is managed. Undefined for the selected one. */
  readonly stacks: readonly (string | undefined)[];
  /** The Pulumi to call. */
  readonly pulumi: PulumiCommand;
  /** The variables of the process, in which settings of connections are looked for first. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What may be there. */
  readonly allowed: readonly AllowedThing[];
  /** The time, for entries that expire. */
  readonly now: Date;
}

/** What was found. */
export interface UnmanagedFindings {
  /** By live system. */
  readonly systems: readonly {
    readonly system: string;
    readonly things: UnmanagedThing[];
    readonly problems: readonly string[];
  }[];
  /** The stacks besides the first. */
  readonly others: readonly string[];
  /** What went wrong for all of it. */
  readonly problems: readonly string[];
  /** Entries of the allow-list that count no more, or for nothing. */
  readonly notes: readonly string[];
}

/** A live system, with all that stacks manage in it. */
interface Place {
  readonly system: string;
  readonly connection: StackConnection;
  readonly stack: Stack;
  readonly held: HeldResource[];
}

/** Loaded when they are needed: each brings the client of its system. */
const INVENTORIES: Readonly<Record<string, () => Promise<Inventory>>> = {
  postgres: async () => (await import("../../provider/postgres/inventory.js")).inventory,
  heimdall: async () => (await import("../../provider/heimdall/inventory.js")).inventory,
  glean: async () => (await import("../../provider/glean/inventory.js")).inventory,
  databricks: async () => (await import("../../provider/databricks/inventory.js")).inventory,
} satisfies Readonly<Record<AllowedThing["system"], () => Promise<Inventory>>>;

/** Looks into every live system that the stacks use, and changes nothing. */
export async function findUnmanaged(options: UnmanagedOptions): Promise<UnmanagedFindings> {
  const { stacks, allowed, now } = options;
  const [, ...others] = stacks.map((name) => name ?? "");
  try {
    const read = await Promise.all(stacks.map((stack) => readStack({ ...options, stack })));
    const places = await placesOf(read);
    const seen = await Promise.all(places.map(lookInto));
    const used = new Set<AllowedThing>();
    const systems = seen.map(({ system, things, problems }) => ({
      system,
      problems,
      things: things.filter((thing) => !isAllowed({ ...thing, system }, allowed, now, used)),
    }));
    return { systems, others, problems: [], notes: notesOf(allowed, now, used, systems) };
  } catch (error) {
    return { systems: [], others, problems: [messageOf(error)], notes: [] };
  }
}

/** The live systems of the stacks, each once, whatever connections lead to it. */
async function placesOf(stacks: readonly Stack[]): Promise<Place[]> {
  const places = new Map<string, Place>();
  for (const stack of stacks) {
    for (const connection of stack.connections) {
      const inventory = await INVENTORIES[connection.system]?.();
      if (inventory === undefined) continue;
      const address = `${connection.system} ${inventory.address(connection.arg, stack.sources)}`;
      const place = places.get(address) ?? { system: connection.system, connection, stack, held: [] };
      place.held.push(
        ...connection.resources.map(({ token, inputs, outputs }) => ({ token, properties: { ...outputs, ...inputs } })),
      );
      places.set(address, place);
    }
  }
  return [...places.values()];
}

async function lookInto({ system, connection, stack, held }: Place): Promise<UnmanagedFindings["systems"][number]> {
  try {
    const inventory = await INVENTORIES[system]?.();
    const things = (await inventory?.unmanaged(connection.arg, stack.sources, held)) ?? [];
    return { system, things: things.map((thing) => shown(connection, thing)), problems: [] };
  } catch (error) {
    return { system, things: [], problems: [messageOf(error)] };
  }
}

function shown(connection: StackConnection, { kind, name, text: said, remedy }: Thing): UnmanagedThing {
  // Two servers of one system may both have a group of a name.
  const text = connection.name === connection.system ? said : `${said} (connection ${connection.name})`;
  return { connection: connection.name, kind, name, text, ...(remedy === undefined ? {} : { remedy }) };
}

function isAllowed(
  thing: UnmanagedThing & { readonly system: string },
  allowed: readonly AllowedThing[],
  now: Date,
  used: Set<AllowedThing>,
): boolean {
  const entries = allowed.filter((entry) => allows(entry, thing));
  for (const entry of entries) used.add(entry);
  return entries.some((entry) => !isExpired(entry, now));
}

function notesOf(
  allowed: readonly AllowedThing[],
  now: Date,
  used: ReadonlySet<AllowedThing>,
  systems: UnmanagedFindings["systems"],
): string[] {
  const blind = new Set(systems.filter(({ problems }) => problems.length > 0).map(({ system }) => system));
  return allowed.flatMap((entry) => {
    const { place, name, expires = "", reason, system } = entry;
    if (!used.has(entry)) {
      return blind.has(system) ? [] : [`${place}: nothing is called ${name}, so the entry can go (${reason})`];
    }
    return isExpired(entry, now) ? [`${place}: the entry for ${name} ended on ${expires} (${reason})`] : [];
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
