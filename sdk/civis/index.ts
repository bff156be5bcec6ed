export type { Connection, ConnectionSettings } from "./connection.js";
export {
  getGroups,
  type ChildPermission,
  type GetGroupsOptions,
  type Group,
  type GroupReading,
  type Member,
} from "./getGroups.js";
export { getUsers, type GetUsersOptions, type User } from "./getUsers.js";
