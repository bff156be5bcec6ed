/** How much of everything. */
export interface Size {
  readonly users: number;
  readonly groups: number;
  readonly memberships: number;
}

/** Who is in what. */
export interface Workload {
  readonly users: readonly string[];
  /** The members of each group. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
}

/** One in so many memberships is another one in a changed workload. */
const CHANGED_ONE_IN = 100;

/** `200 users, 20 groups, 500 memberships`. */
export function describeSize({ users, groups, memberships }: Size): string {
  return `${users} users, ${groups} groups, ${memberships} memberships`;
}

/** A workload of a size: equally large groups, and everybody in about as many of them. */
export function workload({ users: userCount, groups: groupCount, memberships }: Size): Workload {
  const users = names("user", userCount);
  const perGroup = groupCount === 0 ? memberships : memberships / groupCount;
  if (!Number.isInteger(perGroup) || (perGroup > 0 && perGroup >= userCount)) {
    throw new RangeError(`${memberships} memberships cannot be spread equally over ${groupCount} groups`);
  }
  const groups = names("group", groupCount).map((group, index): [string, string[]] => [
    group,
    Array.from({ length: perGroup }, (_, place) => userAt(users, index * perGroup + place)),
  ]);
  return { users, groups: Object.fromEntries(groups) };
}

/** The same with one in a hundred memberships given to somebody else, over as many groups as that reaches. */
export function changed({ users, groups }: Workload): Workload {
  let seen = 0;
  const after = Object.entries(groups).map(([group, members]): [string, string[]] => {
    const inside = new Set(members);
    const outsiders = users.filter((user) => !inside.has(user)).values();
    const next = members.map((member) => {
      seen += 1;
      return seen % CHANGED_ONE_IN === 0 ? (outsiders.next().value ?? member) : member;
    });
    return [group, next];
  });
  return { users, groups: Object.fromEntries(after) };
}

/** What leaves and what comes from one workload to another, by group. */
export function differences(from: Workload, to: Workload): { group: string; leave: string[]; come: string[] }[] {
  return Object.entries(from.groups)
    .map(([group, before]) => {
      const after = to.groups[group] ?? [];
      const [old, wanted] = [new Set(before), new Set(after)];
      return {
        group,
        leave: before.filter((name) => !wanted.has(name)),
        come: after.filter((name) => !old.has(name)),
      };
    })
    .filter(({ leave, come }) => leave.length + come.length > 0);
}

/** `user_00001` to as many as there are. */
function names(word: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${word}_${String(index + 1).padStart(5, "0")}`);
}

function userAt(users: readonly string[], index: number): string {
  return users[index % users.length] ?? "";
}
