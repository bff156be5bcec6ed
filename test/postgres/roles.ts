/** A role as the server tells it, apart from its name. */
export interface LiveRole {
  readonly login: boolean;
  readonly superuser: boolean;
  readonly createdb: boolean;
  readonly createrole: boolean;
  readonly inherit: boolean;
  readonly replication: boolean;
  readonly bypassrls: boolean;
  readonly connectionLimit: number;
  readonly validUntil: string | null;
  readonly comment: string | null;
  /** Salted, so only good to tell whether it changed. */
  readonly verifier: string | null;
}

/** What tests see of a server is read in its own words, and not in those of the code under test: its roles, with `name`. */
export const ROLES = `
  SELECT rolname AS name, rolcanlogin AS login, rolsuper AS superuser, rolcreatedb AS createdb,
         rolcreaterole AS createrole, rolinherit AS inherit, rolreplication AS replication, rolbypassrls AS bypassrls,
         rolconnlimit AS "connectionLimit", to_char(rolvaliduntil AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "validUntil",
         shobj_description(oid, 'pg_authid') AS comment, rolpassword AS verifier
    FROM pg_authid WHERE rolname !~ '^pg_'`;

/** A role of which nothing was said, apart from whether it may log in. */
export const STANDARD_ROLE: Omit<LiveRole, "login" | "verifier"> = {
  superuser: false,
  createdb: false,
  createrole: false,
  inherit: true,
  replication: false,
  bypassrls: false,
  connectionLimit: -1,
  validUntil: null,
  comment: null,
};
