export { Access, type AccessArgs, type AccessGroupArgs, type AccessUserArgs } from "./access.js";
export type { Connection, ConnectionSettings } from "./connection.js";
export { Group, type GroupArgs } from "./group.js";
export { GroupMembers, type GroupMembersArgs } from "./groupMembers.js";
export { GroupMembership, type GroupMembershipArgs } from "./groupMembership.js";
export type { MemberArgs, MembersInput } from "./member.js";
export { MemberLists, type MemberListArgs, type MemberListsArgs } from "./memberLists.js";
export { User, type UserArgs } from "./user.js";
