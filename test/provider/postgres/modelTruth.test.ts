import assert from "node:assert/strict";
import fc from "fast-check";
import type { Acl } from "../../../provider/postgres/acl.js";
import type { Catalog } from "../../../provider/postgres/catalog.js";
import type { Change } from "../../../provider/postgres/changes.js";
import { defaultsOf, kindAndSchema, nameOf } from "../../../provider/postgres/databaseCatalog.js";
import type { ObjectKind } from "../../../provider/postgres/objectKinds.js";
import { PARAMETERS as PARAMETERS_PART, insideOf } from "../../../provider/postgres/parts.js";
import type { Target } from "../../../provider/postgres/privilegeChanges.js";
import { openSession } from "../../../provider/postgres/session.js";
import { POSTGRES_VERSIONS } from "../../postgres/server.js";
import { connectionTo } from "../../postgres/shared.js";
import { Scene } from "./scene.js";

/** Objects of each kind, as a catalog names them, and privileges on them. */
const TARGETS: readonly [Omit<Target, "database">, readonly string[]][] = [
  [{ kind: "schema", names: ["s"] }, ["USAGE", "CREATE"]],
  [{ kind: "table", schema: "s", names: ["a", "b"] }, ["SELECT", "INSERT", "UPDATE"]],
  [{ kind: "table", schema: "s", names: ["a"] }, ["SELECT"]],
  [{ kind: "table", schema: "s", names: ["a", "b"], whole: true }, ["INSERT"]],
  [{ kind: "column", schema: "s", names: [nameOf("a", "x"), nameOf("b", "x")] }, ["SELECT", "UPDATE"]],
  [{ kind: "sequence", schema: "s", names: ["q"] }, ["USAGE"]],
  [{ kind: "function", schema: "s", names: [nameOf("f", "integer")] }, ["EXECUTE"]],
  [{ kind: "type", schema: "s", names: ["t"] }, ["USAGE"]],
  [{ kind: "language", names: ["plpgsql"] }, ["USAGE"]],
  [{ kind: "foreign data wrapper", names: ["w"] }, ["USAGE"]],
  [{ kind: "foreign server", names: ["e", "f"] }, ["USAGE"]],
  [{ kind: "tablespace", names: ["pg_default"] }, ["CREATE"]],
];

/** What PostgreSQL has from version 15 on. */
const PARAMETERS: typeof TARGETS = [[{ kind: "parameter", names: ["work_mem", "my.own"] }, ["SET", "ALTER SYSTEM"]]];

const OBJECTS = `CREATE SCHEMA s; CREATE TABLE s.a (x int); CREATE TABLE s.b (x int); CREATE SEQUENCE s.q;
  CREATE FUNCTION s.f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TYPE s.t AS ENUM ('x');
  CREATE FOREIGN DATA WRAPPER w; CREATE SERVER e FOREIGN DATA WRAPPER w; CREATE SERVER f FOREIGN DATA WRAPPER w`;

/** What is known, in a form in which it can be compared: without the order of items, and without what says nothing. */
function facts(catalog: Catalog, database: string, roles: readonly string[]): unknown {
  const items = (acl: Acl): unknown =>
    [...acl]
      .flatMap(([grantee, of]) =>
        of.map((item) => JSON.stringify([grantee, item.privilege, item.grantor, item.grantable])),
      )
      .sort();
  const inside = catalog.inside.get(database);
  const objects = [...(inside?.objects ?? [])].flatMap(([place, of]) =>
    [...of].map(([name, { owner, acl }]) => [place, name, owner, items(acl)] as const),
  );
  // Other tests give and take on what all databases share at the same time.
  const shared = [...catalog.shared].flatMap(([kind, of]) =>
    [...of].flatMap(([name, { acl }]) =>
      roles.map((role) => [kind, name, role, items(new Map([[role, acl.get(role) ?? []]]))]),
    ),
  );
  const owners = [...catalog.roles.keys()].filter((role) => role.startsWith("unit_")).sort();
  const defaults = owners.flatMap((owner) =>
    (["table", "function", "type", "schema"] as ObjectKind[]).flatMap((kind) =>
      ["", "s"].map((schema) =>
        inside === undefined ? [] : [owner, kind, schema, items(defaultsOf(catalog, inside, owner, schema, kind))],
      ),
    ),
  );
  const { acl, owner } = catalog.databases.get(database) ?? { acl: new Map() as Acl, owner: "" };
  const settings = [...catalog.settings].flatMap(([role, of]) =>
    [...of].flatMap(([place, set]) => [...set].map((entry) => JSON.stringify([role, place, ...entry]))),
  );
  return {
    database: [owner, items(acl)],
    schemas: [...(inside?.schemas.values() ?? [])]
      .map((schema) => [schema.name, schema.owner, schema.comment, items(schema.acl)])
      .sort(),
    // A column on which nobody has anything is as good as none.
    objects: objects
      .filter(([place, , , of]) => kindAndSchema(place)[0] !== "column" || (of as unknown[]).length > 0)
      .sort(),
    shared: shared.filter(([, , , of]) => (of as unknown[]).length > 0).sort(),
    defaults,
    settings: settings.sort(),
  };
}

/** A schema whose owner lets others into each that it makes. */
function schemaOfDefaults(database: string, owner: string, other: string): Change[] {
  const target = { database, owner, schema: "", on: "schema" } as const;
  return [
    { kind: "grantDefault", target, privileges: ["CREATE"], grantees: [other] },
    { kind: "createSchema", database, name: "later", owner },
  ];
}

for (const version of POSTGRES_VERSIONS) {
  describe(`what a session knows after its own changes on PostgreSQL ${String(version)}`, () => {
    let scene: Scene;
    before(async () => {
      scene = await Scene.on(version);
    });
    afterEach(() => scene.clear());

    /** Random changes to a database, by these roles. */
    function changes(database: string, roles: readonly string[]): fc.Arbitrary<Change[]> {
      const role = fc.constantFrom(...roles);
      const grantees = fc.subarray([...roles, "public"], { minLength: 1 });
      const privileged = fc
        .constantFrom(...TARGETS, ...(version < 15 ? [] : PARAMETERS))
        .chain(([target, privileges]) =>
          fc.record({
            kind: fc.constantFrom("grant" as const, "grant" as const, "revoke" as const),
            target: fc.constant({ ...target, database }),
            privileges: fc.subarray([...privileges], { minLength: 1 }),
            grantees,
            option: fc.boolean(),
          }),
        );
      const given = privileged.map(({ option, ...change }): Change => {
        const to = option ? change.grantees.filter((name) => name !== "public") : change.grantees;
        return { ...change, grantees: to.length === 0 ? roles.slice(0, 1) : to, ...(option ? { option } : {}) };
      });
      const onDatabase = grantees.map((to): Change => ({
        kind: "grant",
        target: { database, kind: "database", names: [database] },
        privileges: ["CONNECT"],
        grantees: to,
      }));
      const defaults = fc
        .record({
          kind: fc.constantFrom("grantDefault" as const, "revokeDefault" as const),
          owner: role,
          schema: fc.constantFrom("", "s"),
          on: fc.constantFrom("table" as const, "function" as const, "type" as const, "schema" as const),
          grantees,
        })
        .map(({ kind, owner, schema, on, grantees: to }): Change => {
          const privileges = on === "table" ? ["SELECT"] : on === "function" ? ["EXECUTE"] : ["USAGE"];
          // There are no schemas in schemas.
          const place = on === "schema" ? "" : schema;
          return { kind, target: { database, owner, schema: place, on }, privileges, grantees: to };
        });
      const owning = fc.oneof(
        fc
          .tuple(fc.constantFrom("later", "last"), role)
          .map(([name, owner]): Change => ({ kind: "createSchema", database, name, owner })),
        role.map((owner): Change => ({ kind: "ownSchema", database, name: "s", owner })),
        role.map((owner): Change => ({ kind: "ownDatabase", name: database, owner })),
        fc.tuple(role, role).map(([from, to]): Change => ({ kind: "reassignOwned", database, role: from, to })),
        fc
          .constantFrom("x", "it's", null)
          .map((comment): Change => ({ kind: "commentSchema", database, name: "s", comment })),
        fc
          .tuple(role, fc.constantFrom("", database), fc.constantFrom("1MB", "2MB", null))
          .map(([of, place, value]): Change => ({
            kind: "setParameter",
            role: of,
            database: place,
            name: "work_mem",
            value,
          })),
      );
      const any = fc.oneof({ weight: 5, arbitrary: given }, onDatabase, { weight: 2, arbitrary: defaults }, owning);
      return fc.array(any, { minLength: 4, maxLength: 14 });
    }

    it("is what a fresh look tells", async function () {
      this.timeout(120_000);
      let runs = 0;
      const session = openSession(connectionTo(scene.server));
      const one = scene.n("one");
      const two = scene.n("two");
      await fc.assert(
        fc.asyncProperty(changes("db", [one, two]), async (sequence) => {
          runs += 1;
          const database = scene.n(`db${String(runs)}`);
          await scene.sql(`CREATE ROLE ${one}; CREATE ROLE ${two}`);
          await scene.sql(`CREATE DATABASE ${database}`);
          await scene.inside(`db${String(runs)}`, OBJECTS);
          session.forget();
          try {
            await session.model([insideOf(database), PARAMETERS_PART]);
            const named = JSON.parse(JSON.stringify(sequence).replaceAll('"db"', JSON.stringify(database))) as Change[];
            // What the server refuses, such as taking a right to give on that was used, changes nothing in either.
            for (const change of named) await session.run([change]).catch(() => undefined);
            const known = facts(await session.model([insideOf(database), PARAMETERS_PART]), database, [one, two]);
            session.forget();
            assert.deepEqual(
              known,
              facts(await session.model([insideOf(database), PARAMETERS_PART]), database, [one, two]),
            );
          } finally {
            await session.run([{ kind: "dropDatabase", name: database, endSessions: true }]);
            await scene.clear();
          }
        }),
        { numRuns: 12, examples: [[schemaOfDefaults("db", one, two)]] },
      );
    });
  });
}
