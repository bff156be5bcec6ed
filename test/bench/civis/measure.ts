import { writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { Sandbox, type Engine } from "../../engine/index.js";
import { startPostgres, type PostgresServer } from "../../postgres/server.js";
import { API_KEY, startCivis } from "../../sandbox/civis/index.js";
import { startRedshift } from "../../sandbox/redshift/index.js";
import type { Address } from "../contestant.js";
import { makeProject } from "../project.js";
import { countingProxy } from "../proxy.js";
import { seconds, table } from "../table.js";
import type { Target } from "../targets.js";
import { changeSome, crosswalkOf, platformOfSize, userName, type CompanySize } from "./company.js";

/** The gate that stands for Redshift takes a third of a second for each ALTER GROUP where there are 5,000 users. */
const SIZES: Readonly<Record<Dialect, CompanySize>> = {
  postgres: { users: 5000, groups: 300, memberships: 30_000 },
  redshift: { users: 500, groups: 30, memberships: 3000 },
};

const PHASES = ["create", "preview", "change"] as const;
type Phase = (typeof PHASES)[number];

const TITLES: Readonly<Record<Phase, string>> = {
  create: "create",
  preview: "preview, nothing to do",
  change: "1 % changed",
};

const COMMANDS: Readonly<Record<Phase, readonly string[]>> = {
  create: ["up", "--yes", "--skip-preview"],
  preview: ["preview", "--expect-no-changes"],
  change: ["up", "--yes", "--skip-preview"],
};

/** What one command took. */
export interface Sync {
  readonly dialect: Dialect;
  readonly phase: Phase;
  readonly seconds: number;
  /** Requests to Platform. */
  readonly requests: number;
  /** Statements that change groups and who is in them, by their first words. */
  readonly statements: Readonly<Record<string, number>>;
  /** Groups that change in this phase. */
  readonly groups: number;
}

type Dialect = "postgres" | "redshift";

/** A database that counts the statements which it is sent. */
interface Database {
  readonly env: Readonly<Record<string, string>>;
  take(): Record<string, number>;
  stop(): Promise<void>;
}

/** Keeps groups as Civis Platform says, on each dialect. */
export async function measureCivis(engine: Engine, report: (text: string) => void): Promise<Sync[]> {
  const found: Sync[] = [];
  for (const dialect of ["postgres", "redshift"] as const) {
    const database = await (dialect === "postgres" ? openPostgres() : openRedshift());
    try {
      found.push(...(await measureOn(engine, dialect, database, report)));
    } finally {
      await database.stop();
    }
  }
  return found;
}

async function measureOn(
  engine: Engine,
  dialect: Dialect,
  database: Database,
  report: (text: string) => void,
): Promise<Sync[]> {
  const size = SIZES[dialect];
  const platform = platformOfSize(size);
  const civis = await startCivis(platform);
  const folder = await makeProject("civis", "roster");
  writeFileSync(path.join(folder, "crosswalk.json"), crosswalkOf(size));
  const env = { ...database.env, CIVIS_API_ENDPOINT: civis.url, CIVIS_API_KEY: API_KEY, NO_COLOR: "1" };
  const sandbox = new Sandbox({ engine, cwd: folder, stack: "dev", env });
  const found: Sync[] = [];
  try {
    await sandbox.open();
    for (const phase of PHASES) {
      const groups = phase === "create" ? size.groups : phase === "preview" ? 0 : changeSome(platform, size);
      civis.reset();
      database.take();
      const begun = performance.now();
      await sandbox.run([...COMMANDS[phase]]);
      const passed = (performance.now() - begun) / 1000;
      report(`groups of Civis Platform, ${dialect}, ${TITLES[phase]}: ${passed.toFixed(2)} s`);
      const sent = { requests: civis.calls.length, statements: database.take() };
      found.push({ dialect, phase, seconds: passed, groups, ...sent });
    }
  } finally {
    await sandbox.close();
    await civis.close();
    await rm(folder, { recursive: true, force: true });
  }
  return found;
}

function environment(dialect: Dialect, { host, port, user, password }: Address): Record<string, string> {
  return {
    ROSTER_WAREHOUSE_DIALECT: dialect,
    ROSTER_WAREHOUSE_HOST: host,
    ROSTER_WAREHOUSE_PORT: String(port),
    ROSTER_WAREHOUSE_USER: user,
    ROSTER_WAREHOUSE_PASSWORD: password,
    ROSTER_WAREHOUSE_DATABASE: "postgres",
  };
}

const COUNTED = /^(CREATE ROLE|DROP ROLE|GRANT ROLE|REVOKE ROLE)$/;

async function openPostgres(): Promise<Database> {
  const server = await startPostgres({ version: 18 });
  await makeUsers(server);
  const proxy = await countingProxy(server);
  const { user, password } = server;
  return {
    env: environment("postgres", { host: proxy.host, port: proxy.port, user, password }),
    take: () => Object.fromEntries(Object.entries(proxy.take().commands).filter(([command]) => COUNTED.test(command))),
    stop: async () => {
      await proxy.close();
      await server.stop();
    },
  };
}

async function openRedshift(): Promise<Database> {
  const warehouse = await startRedshift();
  const users = Array.from({ length: SIZES.redshift.users }, (_, index) => userName(index));
  await warehouse.query(users.map((name) => `CREATE USER ${name} PASSWORD DISABLE;`).join("\n"));
  let looked = 0;
  return {
    env: environment("redshift", warehouse),
    take() {
      const counts: Record<string, number> = {};
      for (const { statement } of warehouse.seen.slice(looked)) {
        const [, words] = /^(CREATE GROUP|DROP GROUP|ALTER GROUP \S+ (?:ADD|DROP))\b/.exec(statement) ?? [];
        const kind = words?.replace(/ \S+ (?=ADD|DROP)/, " ");
        if (kind !== undefined) counts[kind] = (counts[kind] ?? 0) + 1;
      }
      looked = warehouse.seen.length;
      return counts;
    },
    stop: () => warehouse.stop(),
  };
}

async function makeUsers(server: PostgresServer): Promise<void> {
  const last = SIZES.postgres.users - 1;
  await server.query(
    `DO $$ BEGIN FOR n IN 0..${last} LOOP EXECUTE format('CREATE ROLE user_%s LOGIN', n); END LOOP; END $$`,
  );
}

/** Everything that was measured as a table. */
export function civisTable(syncs: readonly Sync[]): string {
  return table(
    ["groups of Civis Platform", "seconds", "requests", "statements"],
    syncs.map(({ dialect, phase, seconds: passed, requests, statements }) => [
      `${dialect}, ${described(SIZES[dialect])}, ${TITLES[phase]}`,
      seconds(passed),
      String(requests),
      Object.entries(statements)
        .map(([kind, count]) => `${kind} ${count}`)
        .join(", ") || "none",
    ]),
  );
}

function described({ users, groups, memberships }: CompanySize): string {
  return `${groups} groups, ${users.toLocaleString("en")} users, ${memberships.toLocaleString("en")} memberships`;
}

/** One list of groups and one of users, and at most one statement to take and one to give for each group that changes. */
export function civisTargets(syncs: readonly Sync[]): Target[] {
  return syncs.flatMap(({ dialect, phase, requests, statements, groups }): Target[] => {
    const what = `Civis Platform, ${dialect}, ${TITLES[phase]}`;
    const memberships = Object.entries(statements)
      .filter(([kind]) => !/^(CREATE|DROP) /.test(kind))
      .map(([, count]) => count);
    const most = Math.max(0, ...memberships);
    return [
      {
        what: `${what}: requests`,
        reached: String(requests),
        wanted: "2, the least that there are",
        met: requests <= 2,
      },
      {
        what: `${what}: statements of a kind for memberships`,
        reached: String(most),
        wanted: `at most ${groups}: one for each group that changes`,
        met: most <= groups,
      },
    ];
  });
}
