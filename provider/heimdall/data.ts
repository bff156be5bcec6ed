import * as z from "zod";
import { matcher } from "../core/names.js";
import { cpf, description, mappingArguments, nameArgument } from "./arguments.js";
import { SUPERADMIN, listed, mappingKey, type Snapshot } from "./snapshot.js";
import type { EnvironmentData } from "./types.js";

export type { ActionData, EnvironmentData, GroupData, MappingData, RoleData } from "./types.js";

const name = nameArgument();

/**
 * An environment as a file, a program and `getEnvironment` have it. All four lists are needed: one that is missing is
 * not one that is empty.
 */
export const environmentData = z.strictObject({
  actions: z.array(z.strictObject({ name, description })),
  roles: z.array(z.strictObject({ name, description, actions: z.array(name).optional() })),
  mappings: z.array(z.strictObject(mappingArguments)),
  groups: z.array(
    z.strictObject({ name, description, roles: z.array(name).optional(), members: z.array(cpf).optional() }),
  ),
});

/** What of an environment is taken into data. */
export interface Selection {
  /** Whether groups have their members. */
  readonly members: boolean;
  /** Patterns of names that are left out. */
  readonly ignore?: readonly string[] | undefined;
}

/** What was read of an environment, as data, sorted; `superadmin` is the service's own and no role of it. */
export function dataOf(snapshot: Snapshot, { members, ignore = [] }: Selection): EnvironmentData {
  const ignored = ignoredBy(ignore);
  const kept = (names: Iterable<string>): string[] => [...names].filter((each) => !ignored(each)).sort();
  return {
    actions: kept(snapshot.actions.keys()).map((each) => ({
      name: each,
      description: snapshot.actions.get(each)?.description ?? "",
    })),
    roles: kept(snapshot.roles.keys())
      .filter((each) => each !== SUPERADMIN)
      .map((each) => ({
        name: each,
        description: snapshot.roles.get(each)?.description ?? "",
        actions: kept(listed(snapshot.roleActions, each)),
      })),
    mappings: [...snapshot.mappings.values()]
      .filter((each) => !ignored(mappingKey(each)) && !ignored(each.action))
      .sort((a, b) => (mappingKey(a) < mappingKey(b) ? -1 : 1))
      .map(({ method, path, action, description: said }) => ({
        method,
        path,
        action,
        ...(said === undefined || said === "" ? {} : { description: said }),
      })),
    groups: kept(snapshot.groups.keys()).map((each) => ({
      name: each,
      description: snapshot.groups.get(each)?.description ?? "",
      roles: kept(listed(snapshot.groupRoles, each)),
      ...(members ? { members: kept(listed(snapshot.members, each)) } : {}),
    })),
  };
}

/** Whether a name is left alone: of an action, a role or a group, a CPF, or a mapping as `GET /path`. */
export function ignoredBy(patterns: readonly string[] | undefined): (name: string) => boolean {
  return matcher(patterns ?? []);
}
