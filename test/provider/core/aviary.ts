import assert from "node:assert/strict";
import sinon from "sinon";
import * as z from "zod";
import { PROVIDER, leaveOut, objectArguments } from "../../../provider/core/arguments.js";
import { connectionArgument, type Connection, type ConnectionSpec } from "../../../provider/core/connections.js";
import { defineResource } from "../../../provider/core/define.js";
import { doing, impossible } from "../../../provider/core/delta.js";
import { MISSING_SETTING, RosterError } from "../../../provider/core/errors.js";
import { decodeNames, encodeNames } from "../../../provider/core/lines.js";
import { guardRemovals } from "../../../provider/core/removals.js";
import type {
  Delta,
  Host,
  Problem,
  Properties,
  Resource,
  ResourceDefinition,
} from "../../../provider/core/resource.js";
import { sharing } from "../../../provider/core/shares.js";
import type { Session, System } from "../../../provider/core/system.js";
import { UNKNOWN } from "../../../provider/core/unknown.js";
import { testHost } from "../host.js";

/*
 * A system of its own for the tests of core, which must not know any real one: an aviary with nests (things) in which
 * birds sit (relations between things), all of them declared as a flock, or one as a perch.
 */

/** A nest as it is. */
export interface Nest {
  readonly size: number;
  readonly remark?: string | undefined;
}

/** What is known of an aviary. */
export interface Model {
  /** False for a model that knows nothing. */
  readonly read: boolean;
  /** What the aviary says of itself when it is asked which one it is. */
  identity?: string | undefined;
  readonly nests: Map<string, Nest>;
  readonly birds: Map<string, Set<string>>;
}

/** One thing to do to an aviary. */
export type Change =
  | { readonly kind: "build"; readonly nest: string; readonly as: Nest; readonly token?: string | undefined }
  | { readonly kind: "alter"; readonly nest: string; readonly as: Partial<Nest>; readonly token?: string | undefined }
  | { readonly kind: "rename"; readonly nest: string; readonly to: string }
  | { readonly kind: "fell"; readonly nest: string }
  | { readonly kind: "seat" | "unseat"; readonly nest: string; readonly bird: string };

const settings = {
  host: { variable: "AVIARYHOST", place: true },
  token: { variable: "AVIARYTOKEN", secret: true },
} as const;

/** The connections of aviaries. */
export const aviaryConnections: ConnectionSpec<typeof settings> = { defaultName: "aviary", settings };

/** A live aviary, with what was asked of it. */
export class Aviary {
  readonly live = newModel(true);
  /** The tokens that were set, by nest. */
  readonly tokens = new Map<string, string>();
  /** Each run that was asked for, whether it took effect or not. */
  readonly runs: Change[][] = [];
  reads = 0;
  /** Thrown by every read and run while it is set. */
  down: RosterError | undefined;
  /** Called before each run: what it throws refuses the run; what it does to `live` somebody else did. */
  before: (changes: readonly Change[]) => void = () => undefined;
  /** Whether a run that is refused half-way leaves what it did. */
  atomic = true;
}

/** A model that holds nothing. */
export function newModel(read: boolean): Model {
  return { read, nests: new Map(), birds: new Map() };
}

function applyTo(model: Model, change: Change): void {
  const nest = model.nests.get(change.nest);
  const birds = model.birds.get(change.nest) ?? new Set();
  switch (change.kind) {
    case "build":
      model.nests.set(change.nest, change.as);
      return;
    case "alter":
      if (nest !== undefined) model.nests.set(change.nest, { ...nest, ...change.as });
      return;
    case "rename":
      model.nests.delete(change.nest);
      if (nest !== undefined) model.nests.set(change.to, nest);
      return;
    case "fell":
      model.nests.delete(change.nest);
      model.birds.delete(change.nest);
      return;
    case "seat":
      model.birds.set(change.nest, birds.add(change.bird));
      return;
    case "unseat":
      birds.delete(change.bird);
  }
}

function copy(model: Model): Model {
  const birds = [...model.birds].map(([nest, of]): [string, Set<string>] => [nest, new Set(of)]);
  return { read: model.read, identity: model.identity, nests: new Map(model.nests), birds: new Map(birds) };
}

function openSession(aviaries: Readonly<Record<string, Aviary>>, connection: Connection): Session<Model, Change> {
  let known: Model | undefined;
  const aviary = (): Aviary => {
    const host = connection.settings["host"]?.value;
    if (host === undefined) throw new RosterError("the connection has no host", { code: MISSING_SETTING });
    const found = aviaries[host];
    if (found === undefined) throw new RosterError(`the host ${host} is not known`, { code: "ENOTFOUND" });
    if (found.down !== undefined) throw found.down;
    return found;
  };
  return {
    description: `connection ${connection.name}`,
    model: async () => {
      await Promise.resolve();
      if (known !== undefined) return known;
      const of = aviary();
      of.reads += 1;
      known = copy(of.live);
      return known;
    },
    forget: () => {
      known = undefined;
    },
    run: async (changes) => {
      await Promise.resolve();
      const of = aviary();
      of.runs.push([...changes]);
      if (of.atomic) of.before(changes);
      for (const change of changes) {
        if (!of.atomic) of.before([change]);
        applyTo(of.live, change);
        if (known !== undefined) applyTo(known, change);
        if ("token" in change && change.token !== undefined) of.tokens.set(change.nest, change.token);
      }
    },
  };
}

function shown(change: Change): string {
  switch (change.kind) {
    case "build":
    case "alter": {
      const token = change.token === undefined ? "" : " token $TOKEN";
      return `${change.kind} ${change.nest} ${JSON.stringify(change.as)}${token}`;
    }
    case "rename":
      return `rename ${change.nest} to ${change.to}`;
    case "fell":
      return `fell ${change.nest}`;
    default:
      return `${change.kind} ${change.bird} in ${change.nest}`;
  }
}

/** The system of some aviaries, by the host of a connection. */
export function aviarySystem(
  aviaries: Readonly<Record<string, Aviary>>,
  { looksAhead = false } = {},
): System<Model, Change> {
  return {
    title: "Aviary",
    connections: aviaryConnections,
    looksAhead,
    open: (connection) => openSession(aviaries, connection),
    render: (_model, changes) => changes.map(shown),
    applyTo,
    // Who is put out of a nest flies off for good.
    ends: (_model, change) => (change.kind === "unseat" ? [`bird:${change.nest}:${change.bird}`] : []),
    copy,
    blank: () => newModel(false),
    identity: (model) => model.identity,
    comment: (text) => `# ${text}`,
  };
}

/** What a run is asked, in the words of its plan. */
export function runsOf(aviary: Aviary): string[] {
  return aviary.runs.flat().map(shown);
}

const nestSchema = z.strictObject({
  name: z.string().min(1),
  size: z.int().min(1, "must be 1 or more").transform(leaveOut<number>(1)).optional(),
  remark: z.string().optional(),
  tags: z.array(z.string()).optional(),
  token: z.string().optional(),
  tokenVersion: z.string().optional(),
  existing: objectArguments.existing,
  onRemove: z.enum(["disable", "drop", "keep"]).optional(),
  connection: connectionArgument(aviaryConnections),
});

type NestArguments = z.output<typeof nestSchema>;

function nestDefinition(system: System<Model, Change>): ResourceDefinition<Model, Change, typeof nestSchema> {
  const declared = ({ size = 1, remark }: NestArguments): Nest => ({ size, remark });
  return {
    kind: "object",
    token: "aviary.Nest",
    system,
    schema: nestSchema,
    key: ["name"],
    renamable: ["name"],
    incomparable: ["token"],
    reports: ["count"],
    things: ({ name }) => [`nest:${name}`],
    decides: ({ name }) => [`nest:${name}`],
    validate: ({ size, remark }, pending) =>
      size !== undefined && size > 99 && remark === undefined && !pending.has("remark")
        ? [{ property: "remark", reason: "a nest of this size needs one" }]
        : [],
    prepare: (args) =>
      Promise.resolve(
        args.token === undefined || args.token === UNKNOWN || args.token.startsWith("hash:")
          ? args
          : { ...args, token: `hash:${args.token}` },
      ),
    observe(model, args) {
      const live = model.nests.get(args.name);
      if (live === undefined) return undefined;
      return { ...args, size: live.size === 1 ? undefined : live.size, remark: live.remark };
    },
    delta({ model, args, previous }): Delta<Model, Change> {
      const old =
        previous !== undefined && previous.name !== args.name && model.nests.has(previous.name)
          ? previous.name
          : undefined;
      const live = model.nests.get(old ?? args.name);
      const same = previous?.token !== undefined && previous.tokenVersion === args.tokenVersion;
      const token = same && live !== undefined ? undefined : args.token;
      if (live === undefined) return doing<Change>({ kind: "build", nest: args.name, as: declared(args), token });
      const rename: Change[] = old === undefined ? [] : [{ kind: "rename", nest: old, to: args.name }];
      const want = declared(args);
      const differs = want.size !== live.size || want.remark !== live.remark || token !== undefined;
      return doing<Change>(
        ...rename,
        ...(differs ? [{ kind: "alter" as const, nest: args.name, as: want, token }] : []),
      );
    },
    remove: (_model, { name }, how) =>
      doing<Change>(how === "drop" ? { kind: "fell", nest: name } : { kind: "alter", nest: name, as: { size: 1 } }),
    report: (model) => ({ count: BigInt(model.nests.size) }),
    untouched(model, args) {
      const live = model.nests.get(args.name);
      const want = declared(args);
      return live?.size === want.size && live.remark === want.remark && (model.birds.get(args.name)?.size ?? 0) === 0;
    },
    assume: (model, args) => void model.nests.set(args.name, declared(args)),
  };
}

/** What a flock or a perch says of the birds of a nest. */
interface Said {
  readonly nest: string;
  /** The bird of a perch. */
  readonly bird?: string;
  readonly has: (bird: string) => boolean;
}

const birdShare = sharing<Model, Said>((here, there) => {
  const bird = here.bird ?? there.bird;
  if (bird === undefined || here.has(bird) === there.has(bird)) return undefined;
  const words = (said: Said): string => (said.has(bird) ? "in" : "out");
  return {
    about: `${bird} in ${here.nest}`,
    here: words(here),
    there: words(there),
    remedy: "Let it sit, or fly.",
    // An aviary never lets go of the bird that it is called after; of a phoenix nobody needs to look.
    ...(bird === "phoenix" ? {} : { holds: (model: Model) => model.identity !== bird }),
  };
});

const perchSchema = z.strictObject({
  nest: z.string(),
  bird: z.string(),
  connection: connectionArgument(aviaryConnections),
});

function perchDefinition(system: System<Model, Change>): ResourceDefinition<Model, Change, typeof perchSchema> {
  return {
    kind: "relation",
    token: "aviary.Perch",
    system,
    schema: perchSchema,
    key: ["nest", "bird"],
    renamable: [],
    incomparable: [],
    reports: [],
    things: ({ nest, bird }) => [`bird:${nest}:${bird}`],
    decides: () => [],
    shares: ({ nest, bird }) => [birdShare(`birds:${nest}`, bird, { nest, bird, has: () => true })],
    validate: () => [],
    prepare: (args) => Promise.resolve(args),
    observe: (model, args) => (model.birds.get(args.nest)?.has(args.bird) === true ? args : undefined),
    delta: ({ args: { nest, bird } }) => doing<Change>({ kind: "seat", nest, bird }),
    remove: (_model, { nest, bird }) => doing<Change>({ kind: "unseat", nest, bird }),
    assume: (model, { nest, bird }) => void model.birds.set(nest, (model.birds.get(nest) ?? new Set()).add(bird)),
  };
}

const flockSchema = z.strictObject({
  nest: z.string(),
  /** One text, as in core/lines.ts. */
  birds: z.string(),
  onRemove: z.enum(["drop", "keep"]).transform(leaveOut<"drop" | "keep">("drop")).optional(),
  connection: connectionArgument(aviaryConnections),
});

function flockDefinition(system: System<Model, Change>): ResourceDefinition<Model, Change, typeof flockSchema> {
  const thing = (nest: string, bird: string): string => `bird:${nest}:${bird}`;
  const problem = (bird: string): Problem => ({
    message: `there is no bird ${bird}`,
    remedy: `Catch ${bird} first.`,
    // A unicorn cannot be caught by anything that the run does.
    ...(bird === "ghost-unicorn" ? { certain: true } : {}),
  });
  return {
    kind: "relation",
    token: "aviary.Flock",
    system,
    schema: flockSchema,
    key: ["nest"],
    renamable: [],
    incomparable: [],
    reports: [],
    things: ({ nest, birds }) => decodeNames(birds).map((bird) => thing(nest, bird)),
    decides: ({ nest }) => [`flock:${nest}`],
    shares: ({ nest, birds }) => [
      birdShare(`birds:${nest}`, undefined, { nest, has: (bird) => decodeNames(birds).includes(bird) }),
    ],
    validate: () => [],
    prepare: (args) => Promise.resolve(args),
    observe: (model, args) =>
      model.read && !model.nests.has(args.nest)
        ? undefined
        : { ...args, birds: encodeNames(model.birds.get(args.nest) ?? []) },
    delta({ model, args: { nest, birds }, run }) {
      if (model.read && !model.nests.has(nest)) return impossible({ message: `there is no nest ${nest}` });
      const live = model.birds.get(nest) ?? new Set();
      const wanted = decodeNames(birds);
      const gone = [...live].filter((bird) => !wanted.includes(bird) && !run.claimed(`bird:${nest}:${bird}`));
      guardRemovals(`birds of ${nest}`, gone, live.size, run.maxRemovals);
      const added = wanted.filter((bird) => !live.has(bird));
      return {
        // Each bird by itself, so that one which will not sit leaves the others in place.
        units: [
          ...gone.map((bird): Change[] => [{ kind: "unseat", nest, bird }]),
          ...added.filter((bird) => !bird.startsWith("ghost")).map((bird): Change[] => [{ kind: "seat", nest, bird }]),
        ],
        problems: added.filter((bird) => bird.startsWith("ghost")).map(problem),
      };
    },
    remove: (model, { nest, birds }, _how, run) =>
      doing(
        ...decodeNames(birds)
          .filter((bird) => model.birds.get(nest)?.has(bird) === true && !run.claimed(thing(nest, bird)))
          .map((bird): Change => ({ kind: "unseat", nest, bird })),
      ),
    assume: (model, { nest, birds }) => void model.birds.set(nest, new Set(decodeNames(birds))),
  };
}

/** Pulumi adds to the properties of each resource the text that loads its provider. */
export const TEXT = { [PROVIDER]: "the text that loads the provider" };

/** The resources of some aviaries. */
export function aviaryResources(
  aviaries: Readonly<Record<string, Aviary>>,
  options?: Parameters<typeof aviarySystem>[1],
): { nest: Resource; flock: Resource; perch: Resource } {
  const system = aviarySystem(aviaries, options);
  return {
    nest: defineResource(nestDefinition(system)),
    flock: defineResource(flockDefinition(system)),
    perch: defineResource(perchDefinition(system)),
  };
}

/** What a run hands to the resources, with its warnings. */
export function newHost(
  values: Partial<Omit<Host, "warn">> = {},
): Host & { readonly warn: sinon.SinonSpy<[string], undefined> } {
  const warn = sinon.fake<[string], undefined>();
  return { ...testHost({ environment: { AVIARYHOST: "one" }, ...values, warn }), warn };
}

/** Runs as a resource the program's properties, as the engine does: what check gives goes to create. */
export async function create(host: Host, resource: Resource, args: Properties): ReturnType<Resource["create"]> {
  const { inputs, failures } = await resource.check(host, {}, args);
  assert.deepEqual(failures, []);
  return resource.create(host, { ...inputs, ...TEXT });
}

/** And for an update: check with the properties that state holds, then update with what check gives. */
export async function update(
  host: Host,
  resource: Resource,
  old: Properties,
  args: Properties,
): Promise<Record<string, unknown>> {
  const { inputs, failures } = await resource.check(host, old, args);
  assert.deepEqual(failures, []);
  return (await resource.update(host, "id", old, { ...inputs, ...TEXT })).outs;
}

/** The error that something ends with. */
export async function failure(work: Promise<unknown>): Promise<RosterError> {
  const error: unknown = await work.then(
    () => assert.fail("nothing was thrown"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof RosterError, String(error));
  return error;
}
