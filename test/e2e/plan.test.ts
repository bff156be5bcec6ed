import assert from "node:assert/strict";
import { clientOf } from "../postgres/client.js";
import type { PostgresServer } from "../postgres/server.js";
import { catalogue, type Catalogue } from "./catalogue.js";
import { group, members, membership, user, type Declaration } from "./declare.js";
import { onEachEngine, scene } from "./scene.js";
import { plans, type Workspace } from "./workspace.js";

const MANY = Array.from({ length: 130 }, (_, index) => `m${String(index).padStart(3, "0")}`);

const before: Declaration[] = [
  ...MANY.map((name) => ({ name })).map(({ name }) => user(name)),
  group("wide"),
  members("wide", MANY.slice(0, 120), {}, { dependsOn: MANY }),
];

const after: Declaration[] = [
  ...MANY.map((name, index) =>
    user(name, index % 50 === 0 ? { comment: `number ${String(index)}`, createdb: true } : {}),
  ),
  user("New One", {
    password: "a password of hers",
    validUntil: "2031-01-01T10:00:00+02:00",
    comment: "it's\nnew \\ here",
  }),
  group("wide", { comment: "everybody" }),
  group("other"),
  members("wide", [...MANY.slice(4), "New One"], {}, { dependsOn: [...MANY, "New One"] }),
  membership("other", "New One"),
];

/** Pastes the statements of a plan into psql, as it were, and tells what the server is then. Nothing of it stays. */
async function byHand(db: PostgresServer, statements: readonly string[]): Promise<Catalogue> {
  const client = clientOf(db);
  await client.connect();
  try {
    await client.query("BEGIN");
    // What a person gives with \set.
    for (const statement of statements) await client.query(statement.replaceAll(/:'\w+'/g, "'a password of hers'"));
    const rows = async <Row extends object>(sql: string): Promise<Row[]> => (await client.query<Row>(sql)).rows;
    return await catalogue({ query: rows });
  } finally {
    await client.end();
  }
}

/** Verifiers are salted: what counts is who has one. */
function comparable({ roles, memberships }: Catalogue): unknown {
  const hidden = Object.entries(roles).map(([name, role]) => [name, { ...role, verifier: role.verifier !== null }]);
  return { roles: Object.fromEntries(hidden) as unknown, memberships };
}

async function statementsOf(workspace: Workspace): Promise<string[]> {
  return Object.values(plans(await workspace.preview(after))).flat();
}

onEachEngine("the plan of a preview", (engine) => {
  it("does by hand exactly what up does", () =>
    scene({ engine }, async (workspace, db) => {
      await workspace.up(before);
      const statements = await statementsOf(workspace);
      assert.ok(!statements.join("\n").includes("a password of hers"), "a plan holds no password");
      const pasted = await byHand(db, statements);
      assert.notDeepEqual(comparable(pasted), comparable(await catalogue(db)), "the plan was rolled back");
      await workspace.up();
      assert.deepEqual(comparable(await catalogue(db)), comparable(pasted));
      await db.query("SELECT 1", { user: "New One", password: "a password of hers" });
    }));
});
