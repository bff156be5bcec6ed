import { addressOf } from "./claims.js";
import {
  resolveConnection,
  type Connection,
  type ConnectionArg,
  type ConnectionSpec,
  type SettingSources,
  type SettingSpecs,
} from "./connections.js";
import { matcher } from "./names.js";
import type { Properties, Resource } from "./resource.js";

/** A thing in a live system. */
export interface Thing {
  /** As resources call what they manage. */
  readonly key: string;
  /** What it is: login, superuser, group, member, grant, action, role, mapping, person. */
  readonly kind: string;
  /** For the allow-list: `tomas`, or `tomas in analysts` for what belongs to something. */
  readonly name: string;
  /** As a sentence. */
  readonly text: string;
  /** A statement or request that takes it away; undefined where there is none. */
  readonly remedy?: string;
}

/** A resource of a stack. */
export interface HeldResource {
  /** Its type, as Roster calls it. */
  readonly token: string;
  /** Its arguments or outputs, as the state has them. */
  readonly properties: Properties;
}

/** What stacks manage in one live system. */
export interface Holdings {
  /** Whether something is managed, by its key. */
  readonly has: (key: string) => boolean;
  /** All keys. */
  readonly keys: ReadonlySet<string>;
  readonly resources: readonly HeldResource[];
}

/** Looks into live systems of one kind; nothing is changed. */
export interface Inventory {
  /** Which live system a connection leads to. Throws a RosterError for config that is not of the expected form. */
  address(arg: ConnectionArg | undefined, sources: SettingSources): string;
  /** What is there and no resource manages or ignores. Rejects with a RosterError where it cannot be read. */
  unmanaged(
    arg: ConnectionArg | undefined,
    sources: SettingSources,
    resources: readonly HeldResource[],
  ): Promise<Thing[]>;
}

/** What the core needs of a system to look into it. */
export interface InventoryDefinition<S extends SettingSpecs> {
  readonly title: string;
  readonly connections: ConnectionSpec<S>;
  /** The system's resources by class name. */
  readonly resources: Readonly<Record<string, Resource>>;
  /** What else a resource manages than it says itself. */
  readonly manages?: (resource: HeldResource) => readonly string[];
  /** Reads what there is. The holdings tell what is worth a look. */
  readonly look: (connection: Connection<S>, holdings: Holdings) => Promise<Thing[]>;
}

/** Makes an inventory of a system. */
export function inventoryOf<S extends SettingSpecs>(definition: InventoryDefinition<S>): Inventory {
  const { connections, look } = definition;
  return {
    address: (arg, sources) => addressOf(definition, resolveConnection(connections, arg, sources)),
    async unmanaged(arg, sources, resources) {
      const keys = new Set(resources.flatMap((resource) => managedBy(definition, resource)));
      const ignored = ignoredBy(resources);
      const holdings: Holdings = { has: (key) => keys.has(key), keys, resources };
      const things = await look(resolveConnection(connections, arg, sources), holdings);
      return things.filter((thing) => !keys.has(thing.key) && !ignored(thing));
    },
  };
}

function managedBy<S extends SettingSpecs>(definition: InventoryDefinition<S>, resource: HeldResource): string[] {
  const type = resource.token.slice(resource.token.indexOf(".") + 1);
  const own = definition.resources[type]?.manages?.(resource.properties) ?? [];
  return [...own, ...(definition.manages?.(resource) ?? [])];
}

/** What the `ignore` of resources leaves to others: of a whole system everything, of one list its entries. */
function ignoredBy(resources: readonly HeldResource[]): (thing: Thing) => boolean {
  const lists = resources.flatMap(({ token, properties }) => {
    const patterns = patternsIn(properties["ignore"]);
    const group = token.endsWith(".GroupMembers") ? String(properties["group"]) : undefined;
    return patterns.length === 0 ? [] : [{ ignores: matcher(patterns), group }];
  });
  return ({ name }) => {
    const [first = "", of] = name.split(" in ");
    return lists.some(({ ignores, group }) => (group === undefined || group === of) && ignores(first));
  };
}

function patternsIn(given: unknown): string[] {
  return Array.isArray(given) ? given.map(String) : [];
}
