export { Action, type ActionArgs } from "./action.js";
export type { Connection, ConnectionSettings } from "./connection.js";
export { Group, type GroupArgs } from "./group.js";
export { GroupMember, type GroupMemberArgs } from "./groupMember.js";
export { GroupRole, type GroupRoleArgs } from "./groupRole.js";
export { Mapping, type MappingArgs, type Method } from "./mapping.js";
export type { NamesInput } from "./names.js";
export { Role, type RoleArgs } from "./role.js";
export { RoleAction, type RoleActionArgs } from "./roleAction.js";
