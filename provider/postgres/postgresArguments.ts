import type { Adaptation, Adapted } from "../core/system.js";
import type { Catalog } from "./catalog.js";
import { declaredNames, refusedNames } from "./declaredNames.js";
import { lacking, lackingInList, type Lacking } from "./lacking.js";
import { refusedName } from "./names.js";
import type { PostgresSettings } from "./settings.js";

const ONLY_REDSHIFT: Lacking = {
  syslogAccess: "is Amazon Redshift's; in PostgreSQL make the user a member of pg_read_all_stats",
  sessionTimeout: "is Amazon Redshift's; PostgreSQL has the setting idle_session_timeout",
};
const ROLES: Lacking = { as: "is for Amazon Redshift, where roles are something else than groups; leave it out" };

/** What PostgreSQL does not have of the arguments that some dialect has. */
export function adaptToPostgres({ token, args }: Adaptation<Catalog, PostgresSettings>): Promise<Adapted> {
  const failures = [
    ...refusedNames(declaredNames(token, args), (name) => (name.startsWith("pg_") ? undefined : refusedName(name))),
    ...lacking(args, { ...ONLY_REDSHIFT, ...ROLES }),
    ...lackingInList(args, "users", ONLY_REDSHIFT),
    ...lackingInList(args, "groups", ROLES),
  ];
  return Promise.resolve({ args, failures });
}
