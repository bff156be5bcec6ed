import pg from "pg";
import type { PostgresServer } from "../../postgres/server.js";
import { INSTALL, SYSTEM_ROLES } from "./catalogue.js";
import { Refusal, refusals } from "./errors.js";
import { identityOf, roleNameOf, type Kind } from "./identities.js";
import { identifier } from "./reader.js";

/** What PostgreSQL gave for a statement: columns, and values as text. */
export interface Answer {
  readonly fields: readonly pg.FieldDef[];
  readonly rows: readonly (string | null)[][];
}

/** Somebody, as the gate's own view tells it. */
export interface Identity {
  readonly oid: number;
  readonly kind: Kind;
  readonly name: string;
  readonly superuser: boolean;
  readonly notes: Readonly<Record<string, unknown>>;
}

/** Sent at the start of each session: literals read backslashes as Redshift reads them. */
const SETTINGS = "SET standard_conforming_strings = off; SET escape_string_warning = off; SET datestyle = 'ISO'";

/** The connection to PostgreSQL behind one session of the gate. */
export class Backend {
  /** Who has logged in; undefined for the superuser of the server behind. */
  login: string | undefined;
  /** As whom statements run. */
  authorization: string | undefined;
  private running: string | undefined;

  private constructor(
    private readonly client: pg.Client,
    readonly database: string,
  ) {}

  /** Connects to a database; throws a Refusal where there is none of that name. */
  static async open(server: PostgresServer, database: string): Promise<Backend> {
    const { host, port, user, password } = server;
    const client = new pg.Client({ host, port, user, password, database, ssl: false });
    client.on("error", () => undefined);
    try {
      await client.connect();
      await client.query(SETTINGS);
      await install(client);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw refusalOf(error);
    }
    return new Backend(client, database);
  }

  onNotice(listen: (notice: { code?: string | undefined; message?: string | undefined }) => void): void {
    this.client.on("notice", listen);
  }

  /** `I` outside of a transaction, `T` in one, `E` in one that failed. */
  get status(): "I" | "T" | "E" {
    return (this.client as unknown as { getTransactionStatus(): "I" | "T" | "E" | null }).getTransactionStatus() ?? "I";
  }

  /** Runs SQL with the rights of whoever is logged in. */
  async run(sql: string): Promise<Answer> {
    await this.become(this.authorization);
    return this.ask(sql);
  }

  /** Runs SQL with all rights: what the gate itself wants to know, and what Redshift has other rights for. */
  async administer(sql: string): Promise<void> {
    await this.become(undefined);
    await this.ask(sql);
  }

  /** Rows for the gate's own questions, as JavaScript has them. */
  async rows<Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    await this.become(undefined);
    try {
      return (await this.client.query<Row>(sql, [...values])).rows;
    } catch (error) {
      throw refusalOf(error);
    }
  }

  /** Those of these names that exist, by name. */
  async identities(kind: Kind, names: readonly string[]): Promise<Map<string, Identity>> {
    const roles = new Map(names.map((name) => [roleNameOf(kind, name), name]));
    const rows = await this.rows<Omit<Identity, "kind" | "name"> & { role: string }>(
      `SELECT oid::int4, rolname AS role, rolsuper AS superuser,
              coalesce(pg_catalog.shobj_description(oid, 'pg_authid')::jsonb, '{}') AS notes
         FROM pg_catalog.pg_roles WHERE rolname = ANY ($1::name[])`,
      [[...roles.keys()]],
    );
    return new Map(
      rows.map(({ role, ...row }) => {
        const name = roles.get(role) ?? role;
        return [name, { ...row, kind, name }];
      }),
    );
  }

  /** Somebody who has to exist. */
  async identity(kind: Kind, name: string): Promise<Identity> {
    return (await this.identities(kind, [name])).get(name) ?? missing(kind, name);
  }

  /** That all of these exist. */
  async require(kind: Kind, names: readonly string[]): Promise<void> {
    const found = await this.identities(kind, names);
    for (const name of names) if (!found.has(name)) missing(kind, name);
  }

  /** Keeps something of somebody that PostgreSQL has no place for. */
  async note(kind: Kind, name: string, notes: Readonly<Record<string, unknown>>): Promise<void> {
    await this.rows("SELECT redshift_gate.note($1, $2)", [roleNameOf(kind, name), JSON.stringify(notes)]);
  }

  /** That whoever is logged in is a superuser, or has a role with a system permission. */
  async requireRight(permission: string | undefined, what: string): Promise<void> {
    if (this.authorization === undefined) return;
    const [found] = await this.rows<{ allowed: boolean }>(
      `WITH RECURSIVE mine AS (
         SELECT oid, superuser, notes FROM redshift_gate.identities WHERE kind = 'user' AND name = $1
         UNION SELECT i.oid, false, i.notes FROM mine JOIN redshift_gate.members m ON m.member_id = mine.oid
                 JOIN redshift_gate.identities i ON i.oid = m.group_id)
       SELECT bool_or(superuser OR coalesce(notes -> 'permissions' ? $2, false)) AS allowed FROM mine`,
      [this.authorization, permission ?? ""],
    );
    if (!found?.allowed) throw refusals.denied(what);
  }

  /** That whoever has logged in is a superuser, whomever statements run as by now. */
  async requireLogin(): Promise<void> {
    if (this.login === undefined) return;
    if (!(await this.identity("user", this.login)).superuser) throw refusals.denied("session authorization");
  }

  /** After the end of a transaction nobody knows as whom statements run behind. */
  async settle(): Promise<void> {
    if (this.login === undefined && this.authorization === undefined && this.running === undefined) return;
    await this.client.query("RESET SESSION AUTHORIZATION");
    this.running = undefined;
  }

  /** Makes the transaction that is open one that failed, as an error of the server does. */
  async fail(): Promise<void> {
    if (this.status === "T") await this.client.query("SELECT 1 / 0").catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.client.end().catch(() => undefined);
  }

  private async become(authorization: string | undefined): Promise<void> {
    if (this.running === authorization) return;
    const name = authorization === undefined ? "DEFAULT" : identifier(roleNameOf("user", authorization));
    await this.ask(`SET SESSION AUTHORIZATION ${name}`);
    this.running = authorization;
  }

  private async ask(sql: string): Promise<Answer> {
    try {
      const types = { getTypeParser: () => (value: string) => value };
      const result: unknown = await this.client.query({ text: sql, rowMode: "array", types });
      const last = ([] as pg.QueryArrayResult<(string | null)[]>[]).concat(result as never).at(-1);
      return { fields: last?.fields ?? [], rows: last?.rows ?? [] };
    } catch (error) {
      throw refusalOf(error);
    }
  }
}

/** Sessions that start at once make the views once. */
async function install(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ there: boolean }>(
    "SELECT to_regprocedure('redshift_gate.user_is_member_of(text, text)') IS NOT NULL AS there",
  );
  if (rows[0]?.there) return;
  const roles = SYSTEM_ROLES.map((name) => {
    const role = roleNameOf("role", name);
    return `IF to_regrole('"${role}"') IS NULL THEN CREATE ROLE "${role}"; COMMENT ON ROLE "${role}" IS '${JSON.stringify({ kind: "role", name })}'; END IF;`;
  });
  await client.query(
    `BEGIN; SELECT pg_advisory_xact_lock(7311); ${INSTALL}; DO $$BEGIN ${roles.join(" ")} END$$; COMMIT;`,
  );
}

function missing(kind: Kind, name: string): never {
  throw { user: refusals.userMissing, group: refusals.groupMissing, role: refusals.roleMissing }[kind](name);
}

/** An error of PostgreSQL in the words of Redshift, as far as they are known. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (!(error instanceof pg.DatabaseError)) throw error;
  const { code = "XX000", message, detail } = error;
  const role = /^role "(.*)" (does not exist|already exists)$/s.exec(message);
  if (role !== null) {
    const { kind, name } = identityOf(role[1] ?? "");
    const exists = { user: refusals.userExists, group: refusals.groupExists, role: refusals.roleExists };
    return role[2] === "already exists" ? exists[kind](name) : missingRefusal(kind, name);
  }
  if (/^role ".*" is a member of role ".*"$/s.test(message)) return refusals.roleCycle();
  if (message === "current database cannot be renamed") return new Refusal(code, "current database may not be renamed");
  return new Refusal(
    code,
    message.replace(/"(group|role)\|/g, '"').replace(/for (table|view) /, "for relation "),
    detail,
  );
}

function missingRefusal(kind: Kind, name: string): Refusal {
  try {
    return missing(kind, name);
  } catch (refusal) {
    return refusal as Refusal;
  }
}
