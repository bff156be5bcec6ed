import type { Resource } from "../core/resource.js";
import { Action } from "./action.js";
import { Environment } from "./environment.js";
import { Group } from "./group.js";
import { GroupMember } from "./groupMember.js";
import { GroupRole } from "./groupRole.js";
import { Mapping } from "./mapping.js";
import { Role } from "./role.js";
import { RoleAction } from "./roleAction.js";

/** The resources of Heimdall by class name: what a token `heimdall.<name>` stands for. */
export const resources: Readonly<Record<string, Resource>> = {
  Action,
  Role,
  RoleAction,
  Mapping,
  Group,
  GroupRole,
  GroupMember,
  Environment,
};
