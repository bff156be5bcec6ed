import type { Resource } from "../core/resource.js";
import { Access } from "./access.js";
import { Group } from "./group.js";
import { GroupMembers } from "./groupMembers.js";
import { GroupMembership } from "./groupMembership.js";
import { MemberLists } from "./memberLists.js";
import { User } from "./user.js";

/** The resources of PostgreSQL by class name: what a token `postgres.<name>` stands for. */
export const resources: Readonly<Record<string, Resource>> = {
  Access,
  User,
  Group,
  GroupMembership,
  GroupMembers,
  MemberLists,
};
