import type { Answer, Call } from "../server.js";
import { Parameters, notFound, ok, paged } from "./answers.js";
import type { Platform, PlatformGroup, PlatformUser } from "./platform.js";

/*
 * Groups and users as the API shows them. Every field that the specification requires is there; which of them are null
 * is as in its examples.
 */

const WHEN = "2026-04-17T18:21:01.000Z";

/** Answers what is asked about groups and users; undefined for every other path. */
export function answerPeople(platform: Platform, { path, query }: Call): Answer | undefined {
  const [, first = "", second = "", third = ""] = /^\/(groups|users)(?:\/([^/]*))?(?:\/([^/]+))?\/?$/.exec(path) ?? [];
  if (first === "groups" && second === "") return groupList(platform, query);
  if (first === "groups" && third === "") return groupOf(platform, second);
  if (first === "groups" && third === "child_groups") return childrenOf(platform, second);
  if (first === "users" && second === "") return userList(platform, query);
  if (first === "users" && third === "") return userOf(platform, second);
  return undefined;
}

function groupList(platform: Platform, query: URLSearchParams): Answer {
  const parameters = new Parameters(query, [
    "query",
    "permission",
    "include_members",
    "organization_id",
    "user_ids",
    "limit",
    "page_num",
    "order",
    "order_dir",
  ]);
  const page = parameters.page({ standard: 50, most: 1000 });
  const withMembers = parameters.flag("include_members", false);
  if (parameters.refusal !== undefined) return parameters.refusal;
  const sorted = [...platform.groups].sort((one, other) => (one.name < other.name ? -1 : 1));
  return paged(sorted, page, (group) => ({
    ...groupFields(platform, group),
    members: withMembers ? shown(platform, group).map(simpleUser) : [],
  }));
}

function groupOf(platform: Platform, id: string): Answer {
  const group = platform.groups.find((each) => String(each.id) === id);
  if (group === undefined) return notFound();
  return ok({
    ...groupFields(platform, group),
    defaultOtpRequiredForLogin: null,
    roleIds: [],
    defaultTimeZone: null,
    defaultJobsLabel: null,
    defaultNotebooksLabel: null,
    defaultServicesLabel: null,
    members: shown(platform, group).map((user) => ({
      ...simpleUser(user),
      email: user.email,
      primaryGroupId: null,
      active: user.active,
    })),
  });
}

function childrenOf(platform: Platform, id: string): Answer {
  const group = platform.groups.find((each) => String(each.id) === id);
  if (group === undefined) return notFound();
  const named = (ids: readonly number[] = []): unknown[] =>
    ids.flatMap((child) =>
      platform.groups.filter((each) => each.id === child).map(({ id: of, name }) => ({ id: of, name })),
    );
  const { manageable, writeable, readable } = group.children ?? {};
  return ok({ manageable: named(manageable), writeable: named(writeable), readable: named(readable) });
}

function userList(platform: Platform, query: URLSearchParams): Answer {
  const parameters = new Parameters(query, [
    "feature_flag",
    "account_status",
    "query",
    "group_id",
    "group_ids",
    "organization_id",
    "exclude_groups",
    "limit",
    "page_num",
    "order",
    "order_dir",
  ]);
  const page = parameters.page({ standard: 20, most: 10_000 });
  const status = parameters.choice("account_status", ["active", "inactive", "all"]);
  const withoutGroups = parameters.flag("exclude_groups", false);
  if (parameters.refusal !== undefined) return parameters.refusal;
  const asked = platform.users.filter(({ active }) => status === "all" || active === (status === "active"));
  const sorted = asked.sort((one, other) => (one.name < other.name ? -1 : 1));
  return paged(sorted, page, (user) => ({
    ...userFields(user),
    groups: withoutGroups ? [] : groupsOf(platform, user),
    currentSignInAt: null,
  }));
}

function userOf(platform: Platform, id: string): Answer {
  const user = platform.users.find((each) => String(each.id) === id);
  return user === undefined ? notFound() : ok({ ...userFields(user), groups: groupsOf(platform, user) });
}

function groupFields(platform: Platform, { id, name, members, hidden = [] }: PlatformGroup): Record<string, unknown> {
  const users = members.flatMap((member) => platform.users.filter((user) => user.id === member));
  const active = users.filter((user) => user.active).length;
  return {
    id,
    name,
    createdAt: WHEN,
    updatedAt: WHEN,
    description: null,
    slug: name.toLowerCase().replace(/[^a-z0-9]+/g, "_"),
    organizationId: 4,
    organizationName: "Larkspur Logistics",
    memberCount: active,
    totalMemberCount: users.length + hidden.filter((each) => !members.includes(each)).length,
    lastUpdatedById: null,
    createdById: null,
  };
}

function shown(platform: Platform, { members, hidden = [] }: PlatformGroup): PlatformUser[] {
  const seen = new Set(members.filter((member) => !hidden.includes(member)));
  return platform.users.filter(({ id }) => seen.has(id));
}

function simpleUser({ id, name, username }: PlatformUser): Record<string, unknown> {
  return { id, name, username, initials: name.slice(0, 1), online: false };
}

function userFields({ id, username, name, email, active, suspended = false }: PlatformUser): Record<string, unknown> {
  return {
    id,
    user: username,
    name,
    email,
    active,
    primaryGroupId: null,
    createdAt: WHEN,
    updatedAt: WHEN,
    lastSeenAt: null,
    suspended,
    createdById: null,
    lastUpdatedById: null,
  };
}

function groupsOf(platform: Platform, user: PlatformUser): unknown[] {
  return platform.groups
    .filter(({ members }) => members.includes(user.id))
    .map(({ id, name }) => ({ id, name, slug: name, organizationId: 4, organizationName: "Larkspur Logistics" }));
}
