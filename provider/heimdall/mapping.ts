import * as z from "zod";
import { objectArguments } from "../core/arguments.js";
import { defineResource } from "../core/define.js";
import { NO_DELTA, doing, impossible } from "../core/delta.js";
import type { Delta } from "../core/resource.js";
import { connection, mappingArguments, onRemove } from "./arguments.js";
import { missing } from "./assignments.js";
import type { Change } from "./changes.js";
import { isMissing, mappingKey, parts, type Snapshot } from "./snapshot.js";
import { heimdall } from "./system.js";

const schema = z.strictObject({ ...mappingArguments, existing: objectArguments.existing, onRemove, connection });

/** A mapping as it is declared. */
export interface DeclaredMapping {
  readonly method: string;
  readonly path: string;
  readonly action: string;
  readonly description?: string | undefined;
}

/** `heimdall.Mapping`: which action an endpoint asks for. */
export const Mapping = defineResource({
  kind: "object",
  token: "heimdall.Mapping",
  system: heimdall,
  schema,
  key: ["path", "method"],
  renamable: ["path", "method"],
  describe: (args) => JSON.stringify(mappingKey(args)),
  things: (args) => [mappingThing(args)],
  decides: (args) => [mappingThing(args)],
  incomparable: [],
  reports: [],
  validate: () => [],
  prepare: (args) => Promise.resolve(args),
  parts: (_args, purpose) => (purpose === "change" ? [parts.mappings, parts.actions] : [parts.mappings]),

  observe(snapshot, args) {
    const live = snapshot.mappings.get(mappingKey(args));
    return live === undefined
      ? undefined
      : { ...args, action: live.action, description: descriptionOf(live.description) };
  },

  delta: ({ model, args, previous }) => mappingDelta(model, args, previous),

  remove: (_snapshot, { method, path }, how) =>
    how === "disable" ? NO_DELTA : doing<Change>({ kind: "deleteMapping", method, path }),

  untouched: (snapshot, args) => differences(snapshot, args, args).length === 0,

  assume(snapshot, { method, path, action, description }) {
    snapshot.mappings.set(mappingKey({ method, path }), { id: undefined, method, path, action, description });
  },
});

/** How a mapping is called among the things that resources answer for. */
export function mappingThing(mapping: { readonly method: string; readonly path: string }): string {
  return `mapping:${mappingKey(mapping)}`;
}

/** Brings a mapping to what is declared: move, create, change, only what differs. */
export function mappingDelta(
  snapshot: Snapshot,
  declared: DeclaredMapping,
  previous: { readonly method: string; readonly path: string } | undefined,
): Delta<unknown, Change> {
  const key = mappingKey(declared);
  const moved = previous !== undefined && mappingKey(previous) !== key && snapshot.mappings.has(mappingKey(previous));
  if (moved && snapshot.mappings.has(key)) {
    return impossible({
      message: `the mapping ${mappingKey(previous)} cannot become ${key}, because both exist`,
      remedy: "Delete one of them, or go back to the method and path that it had.",
    });
  }
  if (isMissing(snapshot, "actions", declared.action)) return impossible(missing("action", declared.action));
  const from = moved ? previous : declared;
  if (!snapshot.mappings.has(mappingKey(from))) return doing(creation(declared));
  const changed = Object.fromEntries(differences(snapshot, from, declared)) as {
    action?: string;
    description?: string;
  };
  const to = moved ? { to: { method: declared.method, path: declared.path } } : {};
  if (!moved && Object.keys(changed).length === 0) return NO_DELTA;
  // Given another method, it would answer for the one that it had as well, in what the service tells gateways.
  if (moved && previous.method !== declared.method) {
    return doing(creation(declared), { kind: "deleteMapping", method: previous.method, path: previous.path });
  }
  return doing<Change>({ kind: "updateMapping", method: from.method, path: from.path, ...to, ...changed });
}

function creation({ method, path, action, description }: DeclaredMapping): Change {
  return { kind: "createMapping", method, path, action, ...(description === undefined ? {} : { description }) };
}

/** What is not as declared, as an update says it. */
function differences(
  snapshot: Snapshot,
  at: { readonly method: string; readonly path: string },
  declared: DeclaredMapping,
): [string, string][] {
  const live = snapshot.mappings.get(mappingKey(at));
  const before = descriptionOf(live?.description);
  return [
    ...(live?.action === declared.action ? [] : [["action", declared.action] as [string, string]]),
    // The service takes null for "as it is", so that none is said with an empty text.
    ...(before === declared.description ? [] : [["description", declared.description ?? ""] as [string, string]]),
  ];
}

/** The service keeps none and an empty one; they are the same to us. */
export function descriptionOf(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
