import type { GroupRepresentation } from "../../sandbox/keycloak/representation.js";

/** A realm to read. */
export interface RealmSize {
  readonly users: number;
  readonly groups: number;
}

/** How many groups everybody is in. */
export const GROUPS_IN_A_USER = 3;
/** Users, groups or members in one page. */
export const PAGE = 500;
/** The client of the realm that reads. */
export const CLIENT = "reader";
/** Its secret. */
export const SECRET = "only-for-the-bench";

/** Groups within groups: up to ten in each, three levels deep. */
export function nested(count: number): { groups: GroupRepresentation[]; paths: string[]; parents: number } {
  const paths: string[] = [];
  let parents = 0;
  const within = (above: string, level: number): GroupRepresentation[] => {
    const groups: GroupRepresentation[] = [];
    for (let index = 0; index < 10 && paths.length < count; index += 1) {
      const name = `group-${index}`;
      paths.push(`${above}/${name}`);
      const subGroups = level < 3 ? within(`${above}/${name}`, level + 1) : [];
      if (subGroups.length > 0) parents += 1;
      groups.push({ name, subGroups });
    }
    return groups;
  };
  return { groups: within("", 1), paths, parents };
}
