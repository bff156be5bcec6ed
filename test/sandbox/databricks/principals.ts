import type { Answer, Call } from "../server.js";
import { Refused, type Metastore, type Principal } from "./metastore.js";

/*
 * Who there is, with SCIM: users, groups and service principals of the workspace, and who asks.
 */

const KINDS = ["Users", "Groups", "ServicePrincipals"] as const;
type Kind = (typeof KINDS)[number];

/** What SCIM calls a principal: a group has members, a service principal a number in place of an address. */
function kindOf({ name, members }: Principal): Kind {
  if (members !== undefined) return "Groups";
  return /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(name) ? "ServicePrincipals" : "Users";
}

/** The attribute by which a kind is looked up. */
const NAMED_BY: Readonly<Record<Kind, string>> = {
  Users: "userName",
  Groups: "displayName",
  ServicePrincipals: "applicationId",
};

/** Answers a request on principals; `path` is what follows `/api/2.0/preview/scim/v2/`. */
export function answerPrincipals(metastore: Metastore, call: Call, path: string, caller: string): Answer {
  if (call.method !== "GET") throw new Refused(405, "METHOD_NOT_ALLOWED", `${call.method} is not supported`);
  if (path === "Me") return { status: 200, body: meOf(metastore, caller) };
  const kind = KINDS.find((each) => each === path);
  if (kind === undefined) throw new Refused(404, "ENDPOINT_NOT_FOUND", `No API found for 'GET ${call.path}'`);
  const wanted = filterOf(call.query.get("filter"), NAMED_BY[kind]);
  const all = metastore
    .everybody()
    .filter((principal) => kindOf(principal) === kind)
    .filter(({ name }) => wanted === undefined || name.toLowerCase() === wanted.toLowerCase());
  // Pages begin with 1.
  const start = Number(call.query.get("startIndex") ?? "1");
  const page = all.slice(start - 1, start - 1 + Number(call.query.get("count") ?? "100"));
  return {
    status: 200,
    body: {
      totalResults: all.length,
      startIndex: start,
      itemsPerPage: page.length,
      Resources: page.map(({ name, id }) => ({ id: String(id), [NAMED_BY[kind]]: name, displayName: name })),
    },
  };
}

/** Who asks, with the groups that they are in. */
export function meOf(metastore: Metastore, caller: string): unknown {
  const { name, id } = metastore.principal(caller);
  const groups = metastore.groupsOf(caller).map((group) => ({ display: group.name, value: String(group.id) }));
  return { id: String(id), userName: name, active: true, emails: [{ value: name, primary: true }], groups };
}

function filterOf(filter: string | null, attribute: string): string | undefined {
  if (filter === null) return undefined;
  const [, name, value] = /^(\w+) eq "((?:[^"\\]|\\.)*)"$/.exec(filter) ?? [];
  if (name === attribute && value !== undefined) return value.replace(/\\(.)/g, "$1");
  throw new Refused(400, "INVALID_PARAMETER_VALUE", `the filter ${filter} is not supported`);
}
