import * as z from "zod";
import { objectArguments } from "../core/arguments.js";
import { defineResource } from "../core/define.js";
import { NO_DELTA, doing, impossible } from "../core/delta.js";
import { someOf } from "../core/errors.js";
import type { Delta, Unit } from "../core/resource.js";
import { connection, description, nameArgument, onRemove } from "./arguments.js";
import type { Change } from "./changes.js";
import { parts, type Mapping, type Snapshot } from "./snapshot.js";
import { heimdall } from "./system.js";

const schema = z.strictObject({
  name: nameArgument(),
  description,
  existing: objectArguments.existing,
  onRemove,
  connection,
});

type ActionArguments = z.output<typeof schema>;

/** `heimdall.Action`: something that can be allowed. */
export const Action = defineResource({
  kind: "object",
  token: "heimdall.Action",
  system: heimdall,
  schema,
  key: ["name"],
  renamable: ["name"],
  things: (args) => [`action:${args.name}`],
  decides: (args) => [`action:${args.name}`],
  incomparable: [],
  reports: [],
  validate: () => [],
  prepare: (args) => Promise.resolve(args),

  parts: ({ name }, purpose, previous) =>
    purpose === "removal" || isRenamed(name, previous)
      ? [parts.actions, parts.mappings, parts.roleActions()]
      : [parts.actions],

  observe(snapshot, args) {
    const live = snapshot.actions.get(args.name);
    return live === undefined ? undefined : { ...args, description: live.description };
  },

  delta({ model, args, previous }) {
    const delta = actionDelta(model, args, previous?.name);
    const renamed = isRenamed(args.name, previous) && delta.problems.length === 0;
    return renamed ? { ...delta, next: (seen) => madeKnown(seen, args.name) } : delta;
  },

  remove(snapshot, args, how) {
    // An action cannot be disabled: one that was there before us stays.
    if (how === "disable") return NO_DELTA;
    const users = usersOf(snapshot, args.name);
    if (users.length > 0 && args.onRemove !== "drop") return impossible(stillUsed(args.name, users));
    return doing(...actionDeletion(snapshot, args.name));
  },

  untouched(snapshot, { name, description: said }) {
    const live = snapshot.actions.get(name);
    // Whether a role has it is not looked at, which would take a request for each role; its removal looks.
    return live?.description === said && (live.mappings ?? 0) === 0;
  },

  assume: (snapshot, { name, description: said }) => {
    snapshot.actions.set(name, { id: undefined, name, description: said });
  },
});

/** Brings an action to what is declared: rename, create, describe, only what differs. */
export function actionDelta(
  snapshot: Snapshot,
  args: Pick<ActionArguments, "name" | "description">,
  previousName: string | undefined,
): Delta<unknown, Change> {
  const { name, description: said } = args;
  const live = snapshot.actions.get(name);
  const old = previousName === undefined || previousName === name ? undefined : snapshot.actions.get(previousName);
  if (live !== undefined && old !== undefined) {
    return impossible({
      message: `${JSON.stringify(old.name)} cannot be renamed to ${JSON.stringify(name)}, because both exist`,
      remedy: `Delete or rename one of them, or go back to the name ${JSON.stringify(old.name)}.`,
    });
  }
  const before = live ?? old;
  if (before === undefined) return doing<Change>({ kind: "createAction", name, description: said });
  const renamed = before.name === name ? {} : { to: name };
  const changed = before.description === said ? {} : { description: said };
  if (Object.keys({ ...renamed, ...changed }).length === 0) return NO_DELTA;
  return doing<Change>({ kind: "updateAction", name: before.name, ...renamed, ...changed });
}

/**
 * Tells what asks for an action its new name. The service renames it in its database alone: what it tells gateways of a
 * mapping is from when the mapping was written, and it has policies written again when a role is given an action.
 */
function madeKnown(snapshot: Snapshot, name: string): Delta<Snapshot, Change> {
  return {
    units: [
      ...mappingsFor(snapshot, name).map(({ method, path }): Unit<Change> => [
        { kind: "updateMapping", method, path, action: name },
      ]),
      ...rolesWith(snapshot, name).map((role): Unit<Change> => [{ kind: "assignAction", role, action: name }]),
    ],
    problems: [],
  };
}

/** The service would delete the mappings with the action, and go on telling gateways of them: they go by themselves. */
export function actionDeletion(snapshot: Snapshot, name: string): Change[] {
  return [
    ...mappingsFor(snapshot, name).map(({ method, path }): Change => ({ kind: "deleteMapping", method, path })),
    { kind: "deleteAction", name },
  ];
}

/** Who uses an action: roles that have it, and mappings that ask for it. */
function usersOf(snapshot: Snapshot, action: string): string[] {
  const roles = rolesWith(snapshot, action).map((role) => `role ${role}`);
  return [
    ...roles,
    ...mappingsFor(snapshot, action)
      .map(({ method, path }) => `mapping ${method} ${path}`)
      .sort(),
  ];
}

/** The roles that have an action, by name. */
function rolesWith({ roleActions }: Snapshot, action: string): string[] {
  return [...roleActions].flatMap(([role, actions]) => (actions.has(action) ? [role] : [])).sort();
}

/** The mappings that ask for an action. */
function mappingsFor({ mappings }: Snapshot, action: string): Mapping[] {
  return [...mappings.values()].filter((mapping) => mapping.action === action);
}

function isRenamed(name: string, previous: { readonly name: string } | undefined): boolean {
  return previous !== undefined && previous.name !== name;
}

function stillUsed(name: string, users: readonly string[]): { message: string; remedy: string } {
  return {
    message: `the action ${JSON.stringify(name)} is still used by ${someOf(users)}, which the service would silently delete or take with it`,
    remedy:
      "If this program has them too, let them use the action's name output, so that they go first, or run the same command again. " +
      'If they can go with it, give the action onRemove: "drop", run up, and then take it out of the program; or keep it with onRemove: "keep".',
  };
}
