export type {
  ActionData,
  EnvironmentData,
  GroupData,
  Health,
  MappingData,
  RoleData,
} from "../../provider/heimdall/types.js";
export { Action, type ActionArgs } from "./action.js";
export { checkHealth, type CheckHealthOptions } from "./checkHealth.js";
export type { Connection, ConnectionSettings } from "./connection.js";
export { Environment, type EnvironmentArgs, type EnvironmentCount, type EnvironmentSummary } from "./environment.js";
export { EnvironmentMirror, type EnvironmentMirrorArgs } from "./environmentMirror.js";
export { getEnvironment, type GetEnvironmentOptions } from "./getEnvironment.js";
export { Group, type GroupArgs } from "./group.js";
export { GroupMember, type GroupMemberArgs } from "./groupMember.js";
export { GroupRole, type GroupRoleArgs } from "./groupRole.js";
export { Mapping, type MappingArgs, type Method } from "./mapping.js";
export type { NamesInput } from "./names.js";
export { readEnvironment } from "./readEnvironment.js";
export { Role, type RoleArgs } from "./role.js";
export { RoleAction, type RoleActionArgs } from "./roleAction.js";
export type { SourceConnection, SourceConnectionSettings } from "./sourceConnection.js";
