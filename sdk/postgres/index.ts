export { Access, type AccessArgs, type AccessGroupArgs, type AccessUserArgs } from "./access.js";
export type {
  AccessDatabaseArgs,
  AccessDefaultPrivilegesArgs,
  AccessGrantArgs,
  AccessObjectsArgs,
  AccessSchemaArgs,
  GranteeArgs,
} from "./accessObjects.js";
export { AccessFile, type AccessFileArgs } from "./accessFile.js";
export type { Connection, ConnectionSettings } from "./connection.js";
export { Database, type DatabaseArgs } from "./database.js";
export { DefaultPrivileges, type DefaultPrivilegesArgs } from "./defaultPrivileges.js";
export { Grant, type GrantArgs } from "./grant.js";
export type { GrantObjectKind, GrantTarget } from "./grantArgs.js";
export { Group, type GroupArgs } from "./group.js";
export { GroupMembers, type GroupMembersArgs } from "./groupMembers.js";
export { GroupMembership, type GroupMembershipArgs } from "./groupMembership.js";
export type { MemberArgs, MembersInput } from "./member.js";
export { MemberLists, type MemberListArgs, type MemberListsArgs } from "./memberLists.js";
export { Privileges, type PrivilegesArgs } from "./privileges.js";
export { Schema, type SchemaArgs } from "./schema.js";
export { User, type SettingInput, type UserArgs } from "./user.js";
