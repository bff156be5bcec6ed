export type { Connection, ConnectionSettings } from "./connection.js";
export {
  getGroups,
  type ChildPermission,
  type GetGroupsOptions,
  type Group,
  type GroupReading,
  type Member,
} from "./getGroups.js";
export type { CrosswalkEntry } from "./crosswalk.js";
export { GroupSync, byEmail, byUsername, type GroupSyncArgs } from "./groupSync.js";
export { getUsers, type GetUsersOptions, type User } from "./getUsers.js";
