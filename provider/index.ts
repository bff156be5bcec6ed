import { RosterError } from "./core/errors.js";
import { makeProvider, type DynamicProvider } from "./core/dispatch.js";
import type { Resource } from "./core/resource.js";

/** Loads a system's resources by class name. A run loads only the systems that its resources name. */
const systems: Readonly<Record<string, () => Promise<Readonly<Record<string, Resource>>>>> = {
  databricks: async () => (await import("./databricks/index.js")).resources,
  glean: async () => (await import("./glean/index.js")).resources,
  heimdall: async () => (await import("./heimdall/index.js")).resources,
  postgres: async () => (await import("./postgres/index.js")).resources,
};

async function load(token: string): Promise<Resource> {
  const [system = "", name = ""] = token.split(".");
  const resource = (await systems[system]?.())?.[name];
  if (resource !== undefined) return resource;
  throw new RosterError(`this version of pulumi-roster has no resource ${token}`, {
    remedy: "The stack was written by another version: install that version, or a newer one.",
  });
}

/**
 * The provider of one resource type: what the text in a resource's `__provider` property calls.
 * Not for programs: they use the classes of `pulumi-roster`.
 */
function provider(token: string): DynamicProvider {
  return makeProvider(() => load(token));
}

export = provider;
