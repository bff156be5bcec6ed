import type { Answer, Call } from "../server.js";
import type { Bearer } from "./login.js";
import { pathOf, type Realm, type RealmGroup, type RealmUser } from "./realm.js";

/*
 * GET of users and groups below /admin/realms/{realm}, as Keycloak 26.4 was seen to answer, and where the contract
 * says something of older versions, as that says.
 */

/** How servers differ. */
export interface Version {
  /** Before 23: /groups gives the whole tree, without counts, and there is no /groups/{id}/children. */
  readonly wholeTree: boolean;
}

const FORBIDDEN: Answer = { status: 403, body: { error: "HTTP 403 Forbidden" } };
const NO_SUCH_PATH: Answer = { status: 404, body: { error: "Unable to find matching target resource method" } };
const NO_SUCH_GROUP: Answer = { status: 404, body: { error: "Could not find group by id" } };

/** Answers what is asked below /admin/realms/{realm}; `path` is the rest. */
export function answerAdmin(call: Call, path: string, { realm, roles }: Bearer, version: Version): Answer {
  // The account that reads may change nothing.
  if (call.method !== "GET") return FORBIDDEN;
  const may = (...any: string[]): boolean => any.some((role) => roles.has(role));
  const sees = may("view-users");
  const page = pageOf(call.query);
  if (page === undefined) return { status: 404, body: { error: "HTTP 404 Not Found" } };
  const full = call.query.get("briefRepresentation") !== "true";
  const [, kind, id = "", list = ""] = path.split("/").map(decodeURIComponent);

  if (kind === "users" && list === "") {
    if (!may("query-users", "view-users")) return FORBIDDEN;
    const found = usersFor(realm, call.query);
    if (id === "count") return { status: 200, body: found.length };
    // Whoever may ask and not see is given nothing, without a word.
    if (id === "") return { status: 200, body: sees ? cut(found, page, 100).map((user) => userBody(user, full)) : [] };
  }
  if (kind === "groups" && list === "" && (id === "" || id === "count")) {
    if (!may("query-groups", "view-users")) return FORBIDDEN;
    if (id === "count") return { status: 200, body: { count: countGroups(realm, call.query) } };
    const top = realm.groupsIn(undefined);
    const shown = page.first === undefined && page.max === undefined ? top : cut(top, page, 100);
    // The other way round than everywhere else: without the parameter groups come without attributes.
    const attributes = call.query.get("briefRepresentation") === "false";
    return { status: 200, body: sees ? shown.map((group) => groupBody(group, attributes, version)) : [] };
  }
  if (kind === "groups" && (list === "members" || (list === "children" && !version.wholeTree))) {
    const group = realm.groups.get(id);
    if (group === undefined) return NO_SUCH_GROUP;
    if (!sees) return FORBIDDEN;
    if (list === "members") {
      const members = cut(realm.membersOf(group), page, 100);
      return { status: 200, body: members.map((user) => userBody(user, full)) };
    }
    const inside = cut(realm.groupsIn(group), page, 10);
    return { status: 200, body: inside.map((each) => groupBody(each, full, version)) };
  }
  return NO_SUCH_PATH;
}

interface Page {
  readonly first: number | undefined;
  readonly max: number | undefined;
}

/** Undefined where a number is none. */
function pageOf(query: URLSearchParams): Page | undefined {
  const [first, max] = ["first", "max"].map((name) => query.get(name));
  const fits = [first, max].every((text) => text === null || text === undefined || /^-?\d+$/.test(text));
  const number = (text: string | null | undefined): number | undefined => (text ? Number(text) : undefined);
  return fits ? { first: number(first), max: number(max) } : undefined;
}

/** A maximum below 0 is none. */
function cut<T>(items: readonly T[], { first = 0, max }: Page, standard: number): readonly T[] {
  const start = Math.max(0, first);
  const most = max ?? standard;
  return items.slice(start, most < 0 ? undefined : start + most);
}

const KNOWN = new Set(["first", "max", "briefRepresentation", "search", "q", "username", "enabled"]);

/** A filter for `enabled` or `username` brings in service accounts, which no other list of users has. */
function usersFor(realm: Realm, query: URLSearchParams): readonly RealmUser[] {
  const strange = [...query.keys()].filter((name) => !KNOWN.has(name));
  if (strange.length > 0) throw new Error(`the sandbox knows no filter ${strange.join(", ")}`);
  const [search, q, username, enabled] = ["search", "q", "username", "enabled"].map((name) => query.get(name));
  if (!search && !q && !username && !enabled) return realm.people.get();
  const from = username || enabled ? realm.everybody.get() : realm.people.get();
  const wanted = q ? attributesOf(q) : [];
  return from.filter(
    (user) =>
      (!search || [user.username, user.email, user.firstName, user.lastName].some((text) => holds(text, search))) &&
      wanted.every(([name, value]) => user.attributes?.[name]?.includes(value) === true) &&
      (!username || holds(user.username, username)) &&
      (!enabled || String(user.enabled) === enabled),
  );
}

function holds(text: string | undefined, part: string): boolean {
  return text?.toLowerCase().includes(part.toLowerCase()) === true;
}

/** `department:Data title:"Team lead"`. */
function attributesOf(q: string): [string, string][] {
  const found = [...q.matchAll(/(?:"((?:[^"\\]|\\.)*)"|([^\s:"]+)):(?:"((?:[^"\\]|\\.)*)"|([^\s:"]+))/g)];
  const plain = (text: string): string => text.replace(/\\(.)/g, "$1");
  return found.map(([, quotedName, name, quotedValue, value]) => [
    plain(quotedName ?? name ?? ""),
    plain(quotedValue ?? value ?? ""),
  ]);
}

function userBody(user: RealmUser, full: boolean): object {
  const { id, username, firstName, lastName, email, enabled, attributes, createdTimestamp } = user;
  const brief = { id, username, firstName, lastName, email, emailVerified: false, enabled };
  if (!full) return brief;
  const rest = { totp: false, disableableCredentialTypes: [], requiredActions: [], notBefore: 0 };
  return { ...brief, attributes, createdTimestamp, ...rest, access: { manage: false } };
}

function countGroups(realm: Realm, query: URLSearchParams): number {
  return query.get("top") === "true" ? realm.groupsIn(undefined).length : realm.groups.size;
}

function groupBody(group: RealmGroup, attributes: boolean, version: Version): object {
  const { id, name, parent, inside } = group;
  return {
    id,
    name,
    path: pathOf(group),
    ...(parent === undefined ? {} : { parentId: parent.id }),
    ...(version.wholeTree
      ? { subGroups: [...inside.values()].map((inner) => groupBody(inner, attributes, version)) }
      : // Filled only where groups are searched for.
        { subGroupCount: inside.size, subGroups: [] }),
    ...(attributes ? { attributes: group.attributes, realmRoles: [], clientRoles: {} } : {}),
    access: { view: true, viewMembers: true, manageMembers: false, manage: false, manageMembership: false },
  };
}
