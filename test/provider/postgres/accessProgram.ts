import { encodeEntries } from "../../../provider/postgres/accessArguments.js";
import { encodeMembers, type Member } from "../../../provider/postgres/members.js";
import type { Properties } from "../../../provider/core/resource.js";

/** A user as a program gives it to an Access. */
export interface UserOf extends Properties {
  readonly password?: string;
}

/** A group as a program gives it to an Access. */
export interface GroupOf {
  readonly members?: readonly (string | Member)[];
  readonly comment?: string;
  readonly onRemove?: "drop" | "keep";
}

/** The arguments of a `postgres.Access`, as programs write them, by name. */
export interface AccessOf {
  readonly users?: Readonly<Record<string, UserOf>>;
  readonly groups?: Readonly<Record<string, GroupOf | readonly (string | Member)[]>>;
  readonly ignore?: readonly string[];
  readonly onRemove?: "disable" | "drop" | "keep";
}

/** The arguments as they reach the provider: lists as texts, passwords apart. */
export function accessArguments({ users, groups, ...rest }: AccessOf, name = "access"): Properties {
  const passwords = Object.entries(users ?? {}).flatMap(([user, { password }]) =>
    password === undefined ? [] : [[user, password] as const],
  );
  const told = Object.entries(groups ?? {}).map(([group, of]): [string, GroupOf] => [
    group,
    Array.isArray(of) ? { members: of as readonly (string | Member)[] } : (of as GroupOf),
  ]);
  const lists = told.flatMap(([group, { members }]) =>
    members === undefined ? [] : [[group, membersText(members)] as const],
  );
  return {
    ...rest,
    name,
    ...(users === undefined
      ? {}
      : {
          users: encodeEntries(
            Object.entries(users).map(([user, { password: _password, ...attributes }]) => ({ name: user, attributes })),
          ),
        }),
    ...(passwords.length === 0 ? {} : { passwords: Object.fromEntries(passwords) }),
    ...(groups === undefined
      ? {}
      : {
          groups: encodeEntries(
            told.map(([group, { members: _members, ...attributes }]) => ({ name: group, attributes })),
          ),
          members: Object.fromEntries(lists),
        }),
  };
}

/** A list of members as it reaches the provider. */
export function membersText(members: readonly (string | Member)[]): string {
  return encodeMembers(members.map((member) => (typeof member === "string" ? { name: member } : member)));
}
