import type { Platform } from "../../sandbox/civis/index.js";

/** How much there is to keep. */
export interface CompanySize {
  readonly users: number;
  readonly groups: number;
  readonly memberships: number;
}

/** The name of a user, in Platform and in the database. */
export function userName(index: number): string {
  return `user_${index}`;
}

/** A Platform in which everybody is in as many groups. */
export function platformOfSize({ users, groups, memberships }: CompanySize): Platform {
  const each = memberships / groups;
  return {
    users: Array.from({ length: users }, (_, index) => ({
      id: index + 1,
      username: userName(index),
      name: `Person ${index}`,
      email: `${userName(index)}@larkspur.example`,
      active: true,
    })),
    groups: Array.from({ length: groups }, (_, group) => ({
      id: group + 1,
      name: `Group ${group}`,
      members: Array.from({ length: each }, (_none, place) => ((group * each + place) % users) + 1),
    })),
    databases: [],
    credentials: [],
  };
}

/** The crosswalk of all groups, as a file has it. */
export function crosswalkOf({ groups }: CompanySize): string {
  const entries = Array.from({ length: groups }, (_, group) => ({
    platform_group_name: `Group ${group}`,
    redshift_group_name: `group_${group}`,
  }));
  return JSON.stringify(entries);
}

/** Changes 1 % of the memberships: in a tenth of the groups, as many leave as come. Gives how many groups change. */
export function changeSome(platform: Platform, { users, groups, memberships }: CompanySize): number {
  const changed = groups / 10;
  const each = memberships / 100 / changed / 2;
  for (const group of platform.groups.slice(0, changed)) {
    const last = group.members.at(-1) ?? 0;
    const come = Array.from({ length: each }, (_, place) => ((last + place) % users) + 1);
    group.members = [...group.members.slice(each), ...come];
  }
  return changed;
}
