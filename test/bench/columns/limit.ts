import { Client, escapeIdentifier } from "pg";
import type { Address, Column, Contestant, Phase } from "../contestant.js";
import { differences, type Workload } from "../workload.js";

/** Names in one GRANT. */
const NAMES = 100;

/**
 * The limit: what a bare client needs for the same changes in one transaction and one round trip, with the statements
 * that a person would write: several names in a GRANT, a DROP for each role.
 */
export const limit: Column = {
  name: "limit",
  title: "limit: bare pg client",
  real: true,
  large: true,
  absent: () => undefined,
  version: () => undefined,
  open: ({ address }) => Promise.resolve(new Limit(address)),
};

const READ = `SELECT g.rolname AS group, u.rolname AS member FROM pg_auth_members m
                JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles u ON u.oid = m.member`;

class Limit implements Contestant {
  private before: Workload = { users: [], groups: {} };
  private wanted: Workload = { users: [], groups: {} };

  constructor(private readonly address: Address) {}

  declare(workload: Workload): void {
    this.before = this.wanted;
    this.wanted = workload;
  }

  async act(phase: Phase): Promise<void> {
    const client = new Client({ ...this.address, database: "postgres", ssl: false });
    await client.connect();
    try {
      await client.query(this.sql(phase));
    } finally {
      await client.end();
    }
  }

  private sql(phase: Phase): string {
    if (phase === "preview" || phase === "refresh") return READ;
    if (phase === "create") return transaction([...roles(this.wanted), ...grants(this.wanted)]);
    if (phase === "change") return transaction(changes(this.before, this.wanted));
    const names = [...this.wanted.users, ...Object.keys(this.wanted.groups)];
    return transaction(names.map((name) => `DROP ROLE ${escapeIdentifier(name)};`));
  }

  stateBytes(): undefined {
    return undefined;
  }

  peakMemory(): undefined {
    return undefined;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function transaction(statements: readonly string[]): string {
  return ["BEGIN;", ...statements, "COMMIT;"].join("\n");
}

function roles({ users, groups }: Workload): string[] {
  return [
    ...users.map((name) => `CREATE ROLE ${escapeIdentifier(name)} LOGIN;`),
    ...Object.keys(groups).map((name) => `CREATE ROLE ${escapeIdentifier(name)};`),
  ];
}

function grants({ groups }: Workload): string[] {
  return Object.entries(groups).flatMap(([group, members]) => memberships("GRANT", group, members));
}

function changes(from: Workload, to: Workload): string[] {
  return differences(from, to).flatMap(({ group, leave, come }) => [
    ...memberships("REVOKE", group, leave),
    ...memberships("GRANT", group, come),
  ]);
}

function memberships(verb: "GRANT" | "REVOKE", group: string, members: readonly string[]): string[] {
  const word = verb === "GRANT" ? "TO" : "FROM";
  return Array.from({ length: Math.ceil(members.length / NAMES) }, (_, index) => {
    const names = members.slice(index * NAMES, (index + 1) * NAMES).map((name) => escapeIdentifier(name));
    return `${verb} ${escapeIdentifier(group)} ${word} ${names.join(", ")};`;
  });
}
