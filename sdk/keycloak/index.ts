export type { Connection, ConnectionSettings } from "./connection.js";
export { getGroups, type GetGroupsOptions, type Group, type GroupList, type Member } from "./getGroups.js";
export { getPeople, type GetPeopleOptions, type Person } from "./getPeople.js";
export { getUsers, type GetUsersOptions, type Reading, type User } from "./getUsers.js";
