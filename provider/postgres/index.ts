import type { Resource } from "../core/resource.js";
import { Access } from "./access.js";
import { Database } from "./database.js";
import { DefaultPrivileges } from "./defaultPrivileges.js";
import { Grant } from "./grant.js";
import { Group } from "./group.js";
import { GroupMembers } from "./groupMembers.js";
import { GroupMembership } from "./groupMembership.js";
import { MemberLists } from "./memberLists.js";
import { Privileges } from "./privileges.js";
import { Schema } from "./schema.js";
import { User } from "./user.js";

/** The resources of PostgreSQL by class name: what a token `postgres.<name>` stands for. */
export const resources: Readonly<Record<string, Resource>> = {
  Access,
  Database,
  DefaultPrivileges,
  Grant,
  Group,
  GroupMembers,
  GroupMembership,
  MemberLists,
  Privileges,
  Schema,
  User,
};
