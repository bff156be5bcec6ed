import { decodeLines, encodeLines, type Entry } from "../../core/lines.js";
import { unfitSetting } from "../../core/settingValues.js";
import type { Adapted } from "../../core/system.js";
import { UNKNOWN, hasUnknown } from "../../core/unknown.js";
import { declaredNames, refusedNames } from "../declaredNames.js";
import { lacking, lackingInList, type Lacking } from "../lacking.js";
import { adaptAccessObjects } from "./accessObjects.js";
import { asFarAsThere } from "./fileWords.js";
import type { Given } from "./folding.js";
import { folded, refusedGroupName, refusedName, refusedObjectName, refusedRoleName } from "./names.js";
import { adaptDatabase, adaptDefaultPrivileges, adaptGrant, adaptSchema } from "./objectArguments.js";
import { FORMS, isStored, refusedPassword, storedForm, verifies, type Form } from "./passwords.js";

type Properties = Readonly<Record<string, unknown>>;
type Failure = Adapted["failures"][number];
/** Resources whose name is not one of a user, group or role. */
const OBJECTS_BY_NAME = new Set(["postgres.Database", "postgres.Schema"]);

/** Takes the arguments of one resource, and gives what they are in Redshift. */
type Adapt = (given: Given) => Promise<Adapted>;

const COMMENT: Lacking = { comment: "Amazon Redshift has no comments on users, groups and roles; leave it out" };
const OBJECTS: Lacking = {
  reassignTo:
    "Amazon Redshift has no REASSIGN OWNED: give away what is owned (ALTER TABLE ... OWNER TO) and take back what is held before the drop",
};
const USER: Lacking = {
  ...COMMENT,
  ...OBJECTS,
  settings: "Roster does not look after the parameters of Amazon Redshift's users; set them with ALTER USER ... SET",
  databaseSettings: "Amazon Redshift has no parameters for a user in one database",
  login:
    "every user of Amazon Redshift may log in. Leave login out; without a password argument the user has none (PASSWORD DISABLE)",
  createrole:
    "Amazon Redshift has no CREATEROLE; superuser: true may create users, and so may a role with GRANT CREATE USER",
  inherit: "Amazon Redshift has no NOINHERIT: members always have the rights of their groups",
  replication: "Amazon Redshift has no REPLICATION; leave it out",
  bypassrls: "Amazon Redshift has no BYPASSRLS; a role has it with GRANT IGNORE RLS",
};
const MEMBER: Lacking = {
  inherit: "Amazon Redshift has no INHERIT option; members always have the rights of their groups",
  set: "Amazon Redshift has no SET ROLE, and no SET option; leave it out",
};

const NO_PASSWORD = "needs a password: Amazon Redshift has no superusers without one";

/** The resources that Redshift has, and what it makes of their arguments. */
const RESOURCES: Readonly<Record<string, Adapt>> = {
  "postgres.User": async ({ args, old, connection }) => {
    const failures = [
      ...lacking(args, USER),
      ...refusedEnd(args["validUntil"]).map((reason) => ({ property: "validUntil", reason })),
    ];
    const password = storedOf(args, old, formOf(connection));
    if ("reason" in password) failures.push({ property: "password", reason: password.reason });
    failures.push(...renamedWithMd5(args, old));
    return Promise.resolve({
      args: { ...args, ...("stored" in password ? { password: password.stored } : {}) },
      failures,
    });
  },

  "postgres.Group": async (given) => {
    const { args } = given;
    const fold = await folder(given, [args["name"]]);
    return {
      args: { ...args, name: fold("name", args["name"]) },
      failures: [...lacking(args, { ...COMMENT, ...OBJECTS }), ...newNames(args)],
    };
  },

  "postgres.GroupMembership": async (given) => {
    const { args } = given;
    const fold = await folder(given, [args["group"]]);
    return { args: { ...args, group: fold("group", args["group"]) }, failures: lacking(args, MEMBER) };
  },

  "postgres.GroupMembers": async (given) => {
    const { args } = given;
    const fold = await folder(given, [args["group"]]);
    return {
      args: { ...args, group: fold("group", args["group"]) },
      failures: lackingInList(args, "members", MEMBER),
    };
  },

  "postgres.Database": adaptDatabase,
  "postgres.Schema": adaptSchema,
  "postgres.Grant": adaptGrant,
  "postgres.Privileges": adaptGrant,
  "postgres.DefaultPrivileges": adaptDefaultPrivileges,
  "postgres.Access": async (whole) => {
    const given = whole.args["fromFile"] === true ? { ...whole, args: asFarAsThere(whole.args) } : whole;
    const { args, failures } = await adaptAccess(given);
    const adapted = await adaptAccessObjects({ ...given, args });
    return { args: adapted.args, failures: [...failures, ...adapted.failures] };
  },
  "postgres.MemberLists": adaptAccess,
};

/** The arguments of a resource as Redshift takes them, and what it refuses. */
export async function adaptToRedshift(given: Given): Promise<Adapted> {
  const { token, args } = given;
  const adapt = RESOURCES[token];
  if (adapt === undefined) {
    const known = Object.keys(RESOURCES).join(", ");
    const reason = `Amazon Redshift has no ${token} here; what there is for it: ${known}. Give the resource a connection to PostgreSQL`;
    return { args, failures: [{ property: "", reason }] };
  }
  const refused = OBJECTS_BY_NAME.has(token) ? refusedObjectName : refusedName;
  const names = refusedNames(declaredNames(token, args), refused);
  if (names.length > 0) return { args, failures: names };
  return adapt(given);
}

/** Folds names, unless the cluster says that case counts; it is asked only where there is a capital letter. */
async function folder(
  { look, old }: Given,
  names: readonly unknown[],
): Promise<(property: string, name: unknown) => unknown> {
  const capitals = names.some((name) => typeof name === "string" && name !== UNKNOWN && folded(name) !== name);
  const server = capitals ? (await look())?.server : undefined;
  return (property, name) => {
    if (typeof name !== "string" || name === UNKNOWN || server?.caseSensitive) return name;
    // Where the cluster cannot be asked, what it said the last time stands in the state.
    const before = old?.[property];
    if (server === undefined && typeof before === "string" && folded(before) === folded(name)) return before;
    return folded(name);
  };
}

/** Why a name that is to be given is refused. What exists may be called so. */
function newNames(args: Properties): Failure[] {
  const { name, as, existing } = args;
  if (typeof name !== "string" || existing === "adopt") return [];
  const reason = as === "role" ? refusedRoleName(name) : refusedGroupName(name);
  return reason === undefined ? [] : [{ property: "name", reason }];
}

/** The end of a password as Redshift keeps it: whole seconds, in a type that ends in January 2038. */
function refusedEnd(until: unknown): string[] {
  if (typeof until !== "string" || until === UNKNOWN) return [];
  const date = new Date(until);
  if (date > new Date("2038-01-19T03:14:00Z"))
    return ["Amazon Redshift keeps this date in a type that ends in January 2038; leave it out for no end"];
  return date.getUTCMilliseconds() === 0 ? [] : ["Amazon Redshift keeps whole seconds"];
}

function formOf(connection: Given["connection"]): Form {
  const { value } = connection.settings.passwordForm;
  const form = FORMS.find((known) => known === value);
  if (form === undefined) throw unfitSetting(connection, "passwordForm", FORMS.join(" or "));
  return form;
}

/** The password as the server stores it; what the state has stays where it was made of the same password. */
function storedOf(
  args: Properties,
  old: Properties | undefined,
  form: Form,
): { stored: string } | { reason: string } | object {
  const { name, password, superuser } = args;
  if (password === undefined && superuser === true) return { reason: NO_PASSWORD };
  if (typeof password !== "string" || password === UNKNOWN || typeof name !== "string" || name === UNKNOWN) return {};
  return passwordFor(name, password, old?.["password"], form);
}

function passwordFor(
  user: string,
  password: string,
  kept: unknown,
  form: Form,
): { stored: string } | { reason: string } {
  const reason = refusedPassword(password);
  if (reason !== undefined) return { reason };
  if (isStored(password)) return { stored: password };
  const same = typeof kept === "string" && isStored(kept) && verifies(password, user, kept);
  return { stored: same ? kept : storedForm(form, password, user) };
}

/** The name is part of an md5 password: under another name it opens nothing. */
function renamedWithMd5(args: Properties, old: Properties | undefined): Failure[] {
  const kept = old?.["password"];
  if (typeof kept !== "string" || !kept.startsWith("md5") || old?.["name"] === args["name"]) return [];
  if (args["password"] === undefined || args["passwordVersion"] !== old?.["passwordVersion"]) return [];
  const reason = "has to change with the name: a password in the form md5 holds the user's name";
  return [{ property: "passwordVersion", reason }];
}

async function adaptAccess(given: Given): Promise<Adapted> {
  const { args, old, connection } = given;
  const { groups, members, users } = args;
  const failures = [
    ...lackingInList(args, "users", USER),
    ...lackingInList(args, "groups", { ...COMMENT, ...OBJECTS }),
    ...lackingInList(args, "members", MEMBER),
    ...entriesOf(users).flatMap(({ name, attributes }) =>
      refusedEnd(attributes?.["validUntil"]).map((reason) => ({
        property: "users",
        reason: `${JSON.stringify(name)}: ${reason}`,
      })),
    ),
  ];
  const passwords = passwordsOf(args, old, formOf(connection));
  failures.push(...passwords.failures, ...superusersWithout(args));
  const known = hasUnknown(members) ? {} : ((members ?? {}) as Readonly<Record<string, string>>);
  const fold = await folder(given, [...entriesOf(groups).map(({ name }) => name), ...Object.keys(known)]);
  const name = (text: string): string => String(fold("", text));
  const lists = Object.entries(known).map(([group, list]) => [name(group), list] as const);
  const twice = lists.map(([group]) => group).filter((group, index, all) => all.indexOf(group) !== index);
  failures.push(
    ...twice.map((group) => ({
      property: "members",
      reason: `${JSON.stringify(group)} is there twice: upper and lower case are the same here`,
    })),
  );
  const changed = {
    ...(typeof groups === "string" && groups !== UNKNOWN
      ? { groups: encodeFolded(entriesOf(groups), name, failures) }
      : {}),
    ...(members === undefined || hasUnknown(members) ? {} : { members: Object.fromEntries(lists) }),
    ...(passwords.stored === undefined ? {} : { passwords: passwords.stored }),
  };
  return { args: { ...args, ...changed }, failures };
}

/** Superusers who are given no password, which Redshift does not have. */
function superusersWithout({ users, passwords }: Properties): Failure[] {
  if (hasUnknown(passwords)) return [];
  const given = new Set(Object.keys(passwords ?? {}));
  const bare = entriesOf(users).filter(
    ({ name, attributes }) => attributes?.["superuser"] === true && !given.has(name),
  );
  return bare.map(({ name }) => ({ property: "users", reason: `${JSON.stringify(name)} ${NO_PASSWORD}` }));
}

function entriesOf(text: unknown): Entry[] {
  return typeof text === "string" && text !== UNKNOWN ? decodeLines(text) : [];
}

function encodeFolded(entries: readonly Entry[], name: (text: string) => string, failures: Failure[]): string {
  try {
    return encodeLines(entries.map((entry) => ({ ...entry, name: name(entry.name) })));
  } catch (error) {
    failures.push({ property: "groups", reason: (error as Error).message });
    return "";
  }
}

/** The passwords of an Access as the server stores them. */
function passwordsOf(
  { passwords }: Properties,
  old: Properties | undefined,
  form: Form,
): { stored?: Record<string, string>; failures: Failure[] } {
  if (passwords === undefined || hasUnknown(passwords)) return { failures: [] };
  const failures: Failure[] = [];
  const kept = (old?.["passwords"] ?? {}) as Readonly<Record<string, string>>;
  const stored = Object.entries(passwords as Readonly<Record<string, string>>).map(([user, password]) => {
    const made = passwordFor(user, password, kept[user], form);
    if ("stored" in made) return [user, made.stored] as const;
    failures.push({ property: "passwords", reason: `that of ${JSON.stringify(user)} ${made.reason}` });
    return [user, password] as const;
  });
  return { stored: Object.fromEntries(stored), failures };
}
