import { defineResource } from "../core/define.js";
import { NO_DELTA } from "../core/delta.js";
import { encodeNames } from "../core/lines.js";
import { hasUnknown } from "../core/unknown.js";
import { assignmentThing } from "./assignments.js";
import {
  contradictions,
  declaredEnvironment,
  encodeEnvironment,
  environmentSchema,
  type DeclaredEnvironment,
  type EnvironmentArguments,
} from "./environmentArguments.js";
import { environmentDelta, environmentRemoval } from "./environmentDelta.js";
import { memberThing } from "./groupMember.js";
import { descriptionOf, mappingThing, type DeclaredMapping } from "./mapping.js";
import { environmentShares } from "./sharedLists.js";
import { SUPERADMIN, listed, parts, type Snapshot } from "./snapshot.js";
import { heimdall } from "./system.js";
import { summaryOf, tallyLines } from "./tally.js";

/** `heimdall.Environment`: everything that an environment holds, in one resource. */
export const Environment = defineResource({
  kind: "relation",
  token: "heimdall.Environment",
  system: heimdall,
  schema: environmentSchema,
  key: ["name"],
  renamable: ["name"],

  things(args) {
    const { actions, roles, groups, mappings, roleActions, groupRoles, members } = declaredEnvironment(args);
    const pairs = (
      lists: ReadonlyMap<string, readonly string[]>,
      thing: (owner: string, entry: string) => string,
    ): string[] => [...lists].flatMap(([owner, entries]) => entries.map((entry) => thing(owner, entry)));
    return [
      ...objects({ actions, roles, groups, mappings }),
      ...pairs(roleActions, (role, action) => assignmentThing("action", role, action)),
      ...pairs(groupRoles, (group, role) => assignmentThing("role", group, role)),
      ...pairs(members, memberThing),
    ];
  },

  decides: (args) => ["environment:as a whole", ...objects(declaredEnvironment(args))],
  shares: (args) => environmentShares(declaredEnvironment(args)),
  incomparable: [],
  reports: ["summary"],
  validate: contradictions,

  // What is ignored is not the resource's business, on neither side: it leaves the lists before they are stored.
  prepare(args) {
    if (hasUnknown({ ...args, connection: undefined })) return Promise.resolve(args);
    const declared = declaredEnvironment(args);
    return Promise.resolve({ ...args, ...encodeEnvironment(declared), ...membersOf(args, declared.members) });
  },

  parts(args, purpose) {
    if (purpose === "removal" && args.onRemove !== "drop") return [];
    const whole = [parts.actions, parts.roles, parts.mappings, parts.groups, parts.roleActions(), parts.groupRoles()];
    return [...whole, ...Object.keys(args.members ?? {}).map((group) => parts.members(group))];
  },

  observe: (snapshot, args) => ({ ...args, ...observed(snapshot, args) }),
  delta: ({ model, args, run }) => environmentDelta(model, declaredEnvironment(args), run),

  // An environment is there before any program: one that leaves the program stays as it is.
  remove: (snapshot, args, _how, run) =>
    args.onRemove === "drop" ? environmentRemoval(snapshot, declaredEnvironment(args), run) : NO_DELTA,

  summary: tallyLines,
  outcome: (run) => ({ summary: summaryOf(run) }),

  assume(snapshot, args) {
    const { actions, roles, groups, mappings, roleActions, groupRoles, members } = declaredEnvironment(args);
    for (const [name, description] of actions) snapshot.actions.set(name, { id: undefined, name, description });
    for (const [name, description] of roles) snapshot.roles.set(name, { name, description });
    for (const [name, description] of groups) snapshot.groups.set(name, { name, description });
    for (const [key, mapping] of mappings) {
      snapshot.mappings.set(key, { id: undefined, ...mapping, description: mapping.description });
    }
    for (const [role, entries] of roleActions) snapshot.roleActions.set(role, new Set(entries));
    for (const [group, entries] of groupRoles) snapshot.groupRoles.set(group, new Set(entries));
    for (const [group, entries] of members) snapshot.members.set(group, new Set(entries));
  },
});

function objects({
  actions,
  roles,
  groups,
  mappings,
}: Pick<DeclaredEnvironment, "actions" | "roles" | "groups" | "mappings">): string[] {
  return [
    ...[...actions.keys()].map((name) => `action:${name}`),
    ...[...roles.keys()].map((name) => `role:${name}`),
    ...[...groups.keys()].map((name) => `group:${name}`),
    ...[...mappings.values()].map(mappingThing),
  ];
}

function membersOf(
  args: EnvironmentArguments,
  members: ReadonlyMap<string, readonly string[]>,
): Pick<EnvironmentArguments, "members"> {
  if (args.members === undefined) return {};
  return { members: Object.fromEntries([...members].map(([group, cpfs]) => [group, encodeNames(cpfs)])) };
}

/** The lists as they are live, in the form in which they are declared. */
function observed(snapshot: Snapshot, args: EnvironmentArguments): Partial<EnvironmentArguments> {
  const { ignored, members } = declaredEnvironment(args);
  const kept = <T>(live: ReadonlyMap<string, T>): [string, T][] => [...live].filter(([name]) => !ignored(name));
  const entries = (sets: Map<string, Set<string>>, owner: string): string[] =>
    listed(sets, owner).filter((entry) => !ignored(entry));
  const roles = kept(snapshot.roles).filter(([name]) => name !== SUPERADMIN);
  const groups = kept(snapshot.groups);
  const mappings = kept(snapshot.mappings).filter(([, { action }]) => !ignored(action));
  const lists = encodeEnvironment({
    actions: new Map(kept(snapshot.actions).map(([name, { description = "" }]) => [name, description])),
    roles: new Map(roles.map(([name, { description }]) => [name, description])),
    groups: new Map(groups.map(([name, { description }]) => [name, description])),
    mappings: new Map(
      mappings.map(([key, { method, path, action, description }]): [string, DeclaredMapping] => [
        key,
        { method, path, action, description: descriptionOf(description) },
      ]),
    ),
    roleActions: new Map(roles.map(([name]) => [name, entries(snapshot.roleActions, name)])),
    groupRoles: new Map(groups.map(([name]) => [name, entries(snapshot.groupRoles, name)])),
    members: new Map(),
  });
  const live = [...members.keys()].filter((group) => snapshot.groups.has(group));
  const observedMembers = new Map(live.map((group) => [group, entries(snapshot.members, group)]));
  return { ...lists, ...membersOf(args, observedMembers) };
}
