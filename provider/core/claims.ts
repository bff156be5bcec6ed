import type * as z from "zod";
import type { Connection, ConnectionArg, ConnectionSpec, SettingSpecs } from "./connections.js";
import type { Host, ResourceDefinition, RunOptions } from "./resource.js";
import { connectionFor, sessionFor } from "./sessions.js";
import type { System } from "./system.js";

/** Where a thing is, by the settings that lead there, and how to ask the system itself which one it is. */
export interface Place {
  readonly address: string;
  readonly identify: () => Promise<string | undefined>;
}

/** A claim whose things have not been recorded yet. */
interface Claim {
  readonly place: Place;
  readonly things: () => Iterable<string>;
}

/** Who has what in a run. */
interface Book {
  /** Claims that nobody has asked for yet: most runs take nothing away. */
  readonly announced: Claim[];
  /** The addresses of all claims. */
  readonly addresses: Set<string>;
  /** What was checked and not compared yet, by key. */
  readonly checked: Map<string, () => void>;
  /** New resources that were checked; undefined once it is known that the run makes what it checks. */
  creates: (() => void)[] | undefined;
  /** The places at which a thing was given, by address. */
  readonly given: Map<string, Map<string, Place>>;
}

const books = new WeakMap<Host, Book>();

function bookOf(host: Host): Book {
  const book = books.get(host) ?? {
    announced: [],
    addresses: new Set(),
    checked: new Map(),
    creates: [],
    given: new Map(),
  };
  books.set(host, book);
  return book;
}

/**
 * When a thing moves from one resource of a program to another (a renamed resource, a user who moves into a bulk
 * resource), Pulumi creates the new resource and then deletes the old one. A run remembers what its resources answer
 * for, changed or not, so that what one of them loses is not taken away while another has it.
 */
export function claim<M, C, S extends z.ZodObject>(
  host: Host,
  definition: Pick<ResourceDefinition<M, C, S>, "system" | "things">,
  args: z.output<S>,
): void {
  const book = bookOf(host);
  const { announced, addresses } = book;
  // Who gives, or was compared with what the state has, is in an update.
  claimCreates(book);
  const place = placeOf(host, definition.system, args);
  announced.push({ place, things: () => thingsOf(host, definition, args) });
  addresses.add(place.address);
}

/** The things of a resource, as this run calls them. */
export function thingsOf<M, C, S extends z.ZodObject>(
  host: Host,
  { system, things }: Pick<ResourceDefinition<M, C, S>, "system" | "things">,
  args: z.output<S>,
): Iterable<string> {
  return things(args, connectionFor(host, system, args["connection"] as ConnectionArg | undefined));
}

/**
 * First half of the claim of a resource that may be unchanged: it was checked. Not enough for a claim: a destroy that
 * runs the program may check what it deletes. A new one (`isNew`) is compared with nothing: it waits for a sign that
 * the run is an update, and not for its own turn, because what has the thing so far may have its turn first.
 */
export function announce<M, C, S extends z.ZodObject>(
  host: Host,
  definition: ResourceDefinition<M, C, S>,
  { key, args, isNew }: { readonly key: string; readonly args: z.output<S>; readonly isNew: boolean },
): void {
  const book = bookOf(host);
  const make = (): void => {
    claim(host, definition, args);
  };
  book.checked.set(key, make);
  if (!isNew) return;
  if (book.creates === undefined) make();
  else book.creates.push(make);
}

/**
 * Second half: what was checked is compared with its state, which only an update does. A refresh compares too, but has
 * checked nothing before, also where a destroy follows it.
 */
export function confirm(host: Host, key: string): void {
  const { checked } = bookOf(host);
  checked.get(key)?.();
  checked.delete(key);
}

/** The run makes and changes what it checks: then what is new in it is claimed from its check on. */
function claimCreates(book: Book): void {
  const { creates = [] } = book;
  book.creates = undefined;
  for (const make of creates) make();
}

/**
 * The options of the run as a resource sees them that may lose the things named. Two addresses can lead to one system
 * (`localhost` and `127.0.0.1`): where one of these things was given at another address, both systems are asked.
 */
export async function runOptions<M, C, S extends SettingSpecs>(
  host: Host,
  system: System<M, C, S>,
  args: Readonly<Record<string, unknown>>,
  losing: () => Iterable<string>,
): Promise<RunOptions> {
  const book = bookOf(host);
  const here = placeOf(host, system, args);
  const same = new Set([here.address]);
  for (const place of elsewhere(book, here, losing)) if (await isSame(here, place)) same.add(place.address);
  const claimed = (thing: string): boolean => {
    const places = settled(book).get(thing);
    return places !== undefined && [...same].some((address) => places.has(address));
  };
  return { ...host.options, claimed, now: host.now() };
}

/** The other addresses at which one of these things was given. */
function elsewhere(book: Book, here: Place, losing: () => Iterable<string>): Iterable<Place> {
  // Nearly always there is one address, and a long list is not gone through for nothing.
  if ([...book.addresses].every((address) => address === here.address)) return [];
  const places = new Map([...losing()].flatMap((thing) => [...(settled(book).get(thing) ?? [])]));
  places.delete(here.address);
  return places.values();
}

function settled({ announced, given }: Book): Book["given"] {
  for (const { place, things } of announced.splice(0)) {
    for (const thing of things()) {
      const places = given.get(thing) ?? new Map<string, Place>();
      given.set(thing, places.set(place.address, place));
    }
  }
  return given;
}

/** Whether two places are one system, as it says itself. */
export async function isSame(one: Place, other: Place): Promise<boolean> {
  const identity = await one.identify();
  return identity !== undefined && identity === (await other.identify());
}

const addresses = new WeakMap<Connection, string>();

/** Where a connection leads, by the settings that say so: connections of one address lead to one system. */
export function addressOf<S extends SettingSpecs>(
  { title, connections }: { readonly title: string; readonly connections: ConnectionSpec<S> },
  connection: Connection<S>,
): string {
  const known = addresses.get(connection);
  if (known !== undefined) return known;
  const { settings } = connection;
  const place = Object.entries(connections.settings).filter(([, { place: counts }]) =>
    typeof counts === "object" ? counts.values.includes(settings[counts.setting]?.value ?? "") : counts,
  );
  // The system's title keeps apart what two systems call by the same name.
  const address = JSON.stringify([title, ...place.map(([setting]) => settings[setting]?.value)]);
  addresses.set(connection, address);
  return address;
}

/** Where a resource's system is. Not the name of its connection: that can change while the system stays the same. */
export function placeOf<M, C, S extends SettingSpecs>(
  host: Host,
  system: System<M, C, S>,
  args: Readonly<Record<string, unknown>>,
): Place {
  const arg = args["connection"] as ConnectionArg | undefined;
  return {
    address: addressOf(system, connectionFor(host, system, arg)),
    identify: async () => {
      // A system that cannot be reached counts as another one; whoever needs it will report what is wrong.
      const model = await sessionFor(host, system, arg)
        .model()
        .catch(() => undefined);
      return model === undefined ? undefined : system.identity?.(model);
    },
  };
}
