import type { Adaptation, Adapted } from "../core/system.js";
import type { Catalog } from "./catalog.js";
import { declaredNames, refusedNames } from "./declaredNames.js";
import { lacking, lackingInList, type Lacking } from "./lacking.js";
import { areUsualNames, refusedName } from "./names.js";
import type { PostgresSettings } from "./settings.js";

const ONLY_REDSHIFT: Lacking = {
  syslogAccess: "is Amazon Redshift's; in PostgreSQL make the user a member of pg_read_all_stats",
  sessionTimeout: "is Amazon Redshift's; PostgreSQL has the setting idle_session_timeout",
};
const PROCEDURES = {
  property: "on",
  reason: 'PostgreSQL has one default for functions and procedures: give on: "function"',
};
const ROLES: Lacking = { as: "is for Amazon Redshift, where roles are something else than groups; leave it out" };

/** What PostgreSQL does not have of the arguments that some dialect has. */
export function adaptToPostgres({ token, args }: Adaptation<Catalog, PostgresSettings>): Promise<Adapted> {
  const failures = [
    ...refusedNames(
      declaredNames(token, args).filter(({ lines }) => lines === undefined || !areUsualNames(lines)),
      (name) => (isOfTheServer(token, name) ? undefined : refusedName(name)),
    ),
    ...(token === "postgres.DefaultPrivileges" && args["on"] === "procedure" ? [PROCEDURES] : []),
    ...lacking(args, { ...ONLY_REDSHIFT, ...ROLES }),
    ...lackingInList(args, "users", ONLY_REDSHIFT),
    ...lackingInList(args, "groups", ROLES),
  ];
  return Promise.resolve({ args, failures });
}

/** Names that the server gives itself: `pg_monitor`, and the schema public of every database. */
function isOfTheServer(token: string, name: string): boolean {
  return name.startsWith("pg_") || (token === "postgres.Schema" && name === "public");
}
