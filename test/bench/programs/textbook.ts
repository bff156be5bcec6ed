import * as pulumi from "@pulumi/pulumi";
import { Client, escapeIdentifier, type QueryResultRow } from "pg";
import { declared } from "./declared.js";

/*
 * What somebody writes who follows Pulumi's documentation on dynamic providers, with care: one client for each call,
 * names quoted, and what is gone is no error.
 */

interface Role {
  readonly name: string;
  readonly login: boolean;
}

interface Membership {
  readonly group: string;
  readonly member: string;
}

async function query<Row extends QueryResultRow>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
  const client = new Client();
  await client.connect();
  try {
    return (await client.query<Row>(sql, [...values])).rows;
  } finally {
    await client.end();
  }
}

const roles: pulumi.dynamic.ResourceProvider<Role, Role> = {
  diff: (_id, olds, news) =>
    Promise.resolve({
      changes: olds.name !== news.name || olds.login !== news.login,
      replaces: olds.name === news.name ? [] : ["name"],
    }),
  async create(inputs) {
    await query(`CREATE ROLE ${escapeIdentifier(inputs.name)} ${inputs.login ? "LOGIN" : "NOLOGIN"}`);
    return { id: inputs.name, outs: inputs };
  },
  async read(id) {
    const [row] = await query<{ login: boolean }>("SELECT rolcanlogin AS login FROM pg_roles WHERE rolname = $1", [id]);
    return row === undefined ? {} : { id, props: { name: id, login: row.login } };
  },
  async update(_id, _olds, news) {
    await query(`ALTER ROLE ${escapeIdentifier(news.name)} ${news.login ? "LOGIN" : "NOLOGIN"}`);
    return { outs: news };
  },
  async delete(id) {
    await query(`DROP ROLE IF EXISTS ${escapeIdentifier(id)}`);
  },
};

const memberships: pulumi.dynamic.ResourceProvider<Membership, Membership> = {
  diff: (_id, olds, news) => {
    const replaces = (["group", "member"] as const).filter((name) => olds[name] !== news[name]);
    return Promise.resolve({ changes: replaces.length > 0, replaces });
  },
  async create(inputs) {
    await query(`GRANT ${escapeIdentifier(inputs.group)} TO ${escapeIdentifier(inputs.member)}`);
    return { id: `${inputs.group}/${inputs.member}`, outs: inputs };
  },
  async read(id, props) {
    const rows = await query(
      `SELECT 1 FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles u ON u.oid = m.member
        WHERE g.rolname = $1 AND u.rolname = $2`,
      [props?.group, props?.member],
    );
    return rows.length === 0 || props === undefined ? {} : { id, props };
  },
  async delete(_id, { group, member }) {
    await query(`REVOKE ${escapeIdentifier(group)} FROM ${escapeIdentifier(member)}`);
  },
};

class PostgresRole extends pulumi.dynamic.Resource {
  declare readonly name: pulumi.Output<string>;

  constructor(name: string, args: Role) {
    super(roles, name, args);
  }
}

class PostgresMembership extends pulumi.dynamic.Resource {
  constructor(name: string, args: { group: pulumi.Input<string>; member: pulumi.Input<string> }) {
    super(memberships, name, args);
  }
}

const users = new Map(declared.users.map((name) => [name, new PostgresRole(name, { name, login: true })]));
for (const [name, members] of Object.entries(declared.groups)) {
  const group = new PostgresRole(name, { name, login: false });
  for (const member of members) {
    new PostgresMembership(`${name}/${member}`, { group: group.name, member: users.get(member)?.name ?? member });
  }
}
