import type { ConfigKey } from "../../provider/core/configKeys.js";
import type { ConnectionArg, SettingSources } from "../../provider/core/connections.js";
import { canonicalJson } from "../../provider/core/lines.js";
import { askPulumi, type PulumiCommand } from "./pulumi.js";

/** Which stack, and how it is asked for. */
export interface StackOptions {
  /** The folder of Pulumi.yaml. */
  readonly cwd: string;
  /** The stack; undefined for the selected one. */
  readonly stack: string | undefined;
  /** The Pulumi to call. */
  readonly pulumi: PulumiCommand;
  /** The variables of the process, in which settings of connections are looked for first. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A resource of the stack that Roster keeps. */
export interface StackResource {
  /** Pulumi's name of it, unique in the stack. */
  readonly urn: string;
  /** Pulumi's type: `pulumi-nodejs:dynamic/postgres:User`. */
  readonly type: string;
  /** What Roster calls it: `postgres.User`. */
  readonly token: string;
  /** The natural key. */
  readonly id: string;
  /** The arguments as the state has them, **secrets in clear**: never for a message. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** The outputs, **secrets in clear** too. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** A connection that resources of the stack use. */
export interface StackConnection {
  /** The system: `postgres`. */
  readonly system: string;
  /** Its name; that of the system where the resources name none. */
  readonly name: string;
  /** The argument as the resources give it, with the values of the program, **secrets in clear**. */
  readonly arg: ConnectionArg | undefined;
  /** Who uses it. */
  readonly resources: readonly StackResource[];
}

/** A stack: what Roster keeps in it, and where that is. */
export interface Stack {
  /** Whether the stack holds resources of any kind: one that was never updated says nothing about its connections. */
  readonly empty: boolean;
  /** What components of the program read, each once: `keycloak:partners`. */
  readonly reads: readonly string[];
  /** What Roster keeps in the stack. */
  readonly resources: readonly StackResource[];
  /** The stack's config as texts, **secrets in clear**. */
  readonly config: Readonly<Record<string, string>>;
  /** Where the settings of connections are found, as the provider finds them. */
  readonly sources: SettingSources;
  /** In the order of the state, each once. */
  readonly connections: readonly StackConnection[];
}

/**
 * Reads a stack's state and config, decrypted, and changes nothing. Rejects with what Pulumi said and what to do
 * where it cannot: no such stack, no passphrase, no `pulumi`.
 */
export async function readStack({ cwd, stack, pulumi, environment }: StackOptions): Promise<Stack> {
  const ask = async (words: readonly string[]): Promise<unknown> =>
    JSON.parse(await askPulumi(pulumi, [...words, "--show-secrets"], { cwd, stack }));
  const [exported, settings] = await Promise.all([ask(["stack", "export"]), ask(["config", "--json"])]);
  const stored = (exported as { deployment?: { resources?: readonly StoredResource[] } }).deployment?.resources ?? [];
  const config = textsOf(settings as Readonly<Record<string, { value?: string }>>);
  const resources = stored.flatMap(rosterResource);
  return {
    empty: stored.length === 0,
    reads: [...new Set(stored.flatMap(readBy))],
    resources,
    config,
    sources: { environment, config: config["roster:connections" satisfies ConfigKey] },
    connections: connectionsOf(resources),
  };
}

/** The connections that resources use, each once, with the resources that use it. */
export function connectionsOf(resources: readonly StackResource[]): StackConnection[] {
  const found = new Map<string, StackConnection & { readonly resources: StackResource[] }>();
  for (const resource of resources) {
    const { system, name, arg } = connectionOf(resource);
    const key = `${system} ${canonicalJson(arg ?? null)}`;
    const connection = found.get(key) ?? { system, name, arg, resources: [] };
    connection.resources.push(resource);
    found.set(key, connection);
  }
  return [...found.values()];
}

/** The connection of a resource, by what its state says. */
export function connectionOf({ token, outputs, inputs }: StackResource): Omit<StackConnection, "resources"> {
  const [system = ""] = token.split(".");
  const arg = (outputs["connection"] ?? inputs["connection"]) as ConnectionArg | undefined;
  return { system, name: (typeof arg === "object" ? arg.name : arg) ?? system, arg };
}

interface StoredResource {
  readonly urn: string;
  readonly type: string;
  readonly custom?: boolean;
  readonly id?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** What a component says that it reads (sdk/core/source.ts, `readsOf`). */
function readBy({ type, outputs }: StoredResource): string[] {
  const reads = type.startsWith("roster:") ? outputs?.["reads"] : undefined;
  return typeof reads === "string" ? [reads] : [];
}

/** The text by which Pulumi loads the provider: it tells our resources from other dynamic ones. */
const LOADS = /\("pulumi-roster\/provider"\)\("([^"]+)"\)$/;

/** What Roster calls a resource, by its property `__provider`; undefined for other dynamic resources. */
export function tokenOf(loader: unknown): string | undefined {
  return typeof loader === "string" ? LOADS.exec(loader)?.[1] : undefined;
}

function rosterResource({ urn, type, id = "", inputs = {}, outputs = {} }: StoredResource): StackResource[] {
  const token = tokenOf(plain(outputs["__provider"] ?? inputs["__provider"]));
  if (token === undefined) return [];
  return [{ urn, type, token, id, inputs: decoded(inputs), outputs: decoded(outputs) }];
}

function decoded(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, plain(value)]));
}

/** The key by which Pulumi's state marks a value of a special kind, and its word for a secret. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** A value of a state without Pulumi's wrapping of secrets. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const { [SIGNATURE]: signature, plaintext } = value as Readonly<Record<string, unknown>>;
  if (signature === SECRET && typeof plaintext === "string") return plain(JSON.parse(plaintext));
  return decoded(value as Readonly<Record<string, unknown>>);
}

function textsOf(config: Readonly<Record<string, { readonly value?: string }>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config).flatMap(([key, { value }]) => (value === undefined ? [] : [[key, value]])),
  );
}
