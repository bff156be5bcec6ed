import type { Entry } from "../core/lines.js";
import { encodeEntries, isKnown, readAccess, type AccessArguments, type DeclaredAccess } from "./accessArguments.js";
import { observedObjects } from "./accessObjects.js";
import { DEFAULT_ATTRIBUTES, STANDARD_USER, isOwnAccount, type Catalog } from "./catalog.js";
import { observedList, type MemberList } from "./memberList.js";
import { observedSettings } from "./roleSettings.js";
import { isPlainGroup, isPlainUser } from "./accessRoles.js";
import { differingAttributes } from "./roles.js";

/** What an Access declares, as it is live. */
export function observedAccess(catalog: Catalog, args: AccessArguments): Readonly<Record<string, unknown>> {
  const declared = readAccess(args);
  const observedText = (group: string): string =>
    observedList(catalog, listOf(declared, group), args.ignore === undefined ? args.members?.[group] : undefined);
  const lists = [...declared.lists.keys()].filter((group) => catalog.server === undefined || catalog.roles.has(group));
  return {
    ...args,
    ...observedObjects(catalog, args),
    ...(args.users === undefined
      ? {}
      : { users: observedUsers(catalog, declared, args.ignore === undefined ? args.users : undefined) }),
    ...(args.groups === undefined
      ? {}
      : { groups: observedGroups(catalog, declared, args.ignore === undefined ? args.groups : undefined) }),
    ...(args.members === undefined
      ? {}
      : { members: Object.fromEntries(lists.map((group) => [group, observedText(group)])) }),
  };
}

/** The lists of members that an Access declares. */
export function listsOf(declared: DeclaredAccess): MemberList[] {
  return [...declared.lists.keys()].map((group) => listOf(declared, group));
}

function listOf({ lists, ignored }: DeclaredAccess, group: string): MemberList {
  return { group, declared: lists.get(group) ?? [], ignored };
}

/**
 * The users as they are live, in the form in which they are declared. Where everybody is as declared, which is the rule,
 * that is the text itself.
 */
function observedUsers(catalog: Catalog, { users }: DeclaredAccess, text: string | undefined): string {
  if (text !== undefined && [...users.values()].every((user) => isPlainUser(user, catalog.roles.get(user.name))))
    return text;
  return encodeEntries(
    [...users.values()].flatMap((user): Entry[] => {
      const { name, passwordVersion, reassignTo, onRemove } = user;
      const live = catalog.roles.get(name);
      if (live === undefined) return [];
      if (isPlainUser(user, live)) return [{ name }];
      return [
        {
          name,
          attributes: {
            ...differingAttributes(live, STANDARD_USER),
            comment: live.comment,
            passwordVersion,
            ...observedSettings(catalog, name, user),
            reassignTo,
            onRemove,
          },
        },
      ];
    }),
  );
}

/** The groups as they are live, in the form in which they are declared; that text itself where they are so. */
function observedGroups(catalog: Catalog, { groups }: DeclaredAccess, text: string | undefined): string {
  if (text !== undefined && [...groups.values()].every((group) => isPlainGroup(group, catalog.roles.get(group.name))))
    return text;
  return encodeEntries(
    [...groups.values()].flatMap(({ name, reassignTo, onRemove }) => {
      const live = catalog.roles.get(name);
      return live === undefined
        ? []
        : [
            {
              name,
              attributes: {
                as: live.as,
                ...differingAttributes(live, DEFAULT_ATTRIBUTES),
                comment: live.comment,
                reassignTo,
                onRemove,
              },
            },
          ];
    }),
  );
}

/** The roles of the server that this resource neither declares nor ignores; PostgreSQL's own are left out. */
export function unmanagedRoles(catalog: Catalog, declared: DeclaredAccess): string[] {
  return [...catalog.roles.keys()].filter(
    // Nearly every name is declared, which is asked first.
    (name) =>
      !isKnown(declared, name) && !name.startsWith("pg_") && !isOwnAccount(catalog, name) && !declared.ignored(name),
  );
}
