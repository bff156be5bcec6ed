export type { Connection, ConnectionSettings } from "./connection.js";
export type { CrosswalkEntry } from "./crosswalk.js";
export { getGroups, type GetGroupsOptions, type Group, type GroupList, type Member } from "./getGroups.js";
export { GroupSync, byEmail, byUsername, type GroupSyncArgs } from "./groupSync.js";
export { getPeople, type GetPeopleOptions, type Person } from "./getPeople.js";
export { KeycloakPeople, type KeycloakPeopleArgs } from "./keycloakPeople.js";
export {
  mapPeople,
  standardNames,
  type MappedPerson,
  type Names,
  type PeopleMapping,
  type PeopleNames,
  type Trouble,
} from "./peopleMapping.js";
export { getUsers, type GetUsersOptions, type Reading, type User } from "./getUsers.js";
