import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeNames } from "../../../provider/core/lines.js";
import { itemsOf, type Acl, type AclItem } from "../../../provider/postgres/acl.js";
import { copyCatalog, type Catalog } from "../../../provider/postgres/catalog.js";
import { applyTo, type Change } from "../../../provider/postgres/changes.js";
import { blankDatabase, placeOf } from "../../../provider/postgres/databaseCatalog.js";
import { grantDefinition } from "../../../provider/postgres/grantResource.js";
import { grantSchema, type GrantArguments } from "../../../provider/postgres/grantArguments.js";
import { routineOf } from "../../../provider/postgres/routines.js";
import { modelWith, plainRole, serverFacts } from "./models.js";

const PEOPLE = ["ana", "rui", "boss", "public"];
const TABLES = ["a", "b", "c"];
const OWNER = "owner";

/** Who has what on a table. What an owner granted, or somebody with the right to give it on. */
const acl: fc.Arbitrary<Acl> = fc
  .uniqueArray(
    fc.record({
      grantee: fc.constantFrom(...PEOPLE),
      privilege: fc.constantFrom("SELECT", "INSERT", "UPDATE"),
      grantor: fc.constantFrom(OWNER, "boss"),
      grantable: fc.boolean(),
    }),
    { maxLength: 8, selector: ({ grantee, privilege, grantor }) => JSON.stringify([grantee, privilege, grantor]) },
  )
  .map((entries) => {
    const made = new Map<string, AclItem[]>();
    for (const { grantee, ...item } of entries) {
      // Nobody grants to itself, and PUBLIC gives nothing on.
      if (grantee === item.grantor) continue;
      const given = { ...item, grantable: item.grantable && grantee !== "public" };
      made.set(grantee, [...(made.get(grantee) ?? []), given]);
    }
    return made;
  });

const catalogs: fc.Arbitrary<Catalog> = fc.tuple(acl, acl, acl).map((acls) => {
  const people = [...PEOPLE, OWNER].map((name) => plainRole(name));
  const model = modelWith(...people, plainRole("op", { superuser: true }));
  const catalog: Catalog = { ...model, server: serverFacts({ database: "db" }) };
  const nothing = {
    encoding: "UTF8",
    collate: "C",
    ctype: "C",
    provider: "libc",
    locale: undefined,
    comment: undefined,
  };
  catalog.databases.set("db", {
    ...nothing,
    name: "db",
    owner: OWNER,
    connectionLimit: -1,
    allowConnections: true,
    acl: new Map(),
  });
  const tables = TABLES.map(
    (name, index) => [name, { owner: OWNER, acl: acls[index] ?? new Map<string, never>() }] as const,
  );
  catalog.inside.set("db", {
    ...blankDatabase(),
    assumed: false,
    schemas: new Map([["s", { name: "s", owner: OWNER, comment: undefined, acl: new Map() }]]),
    objects: new Map([[placeOf("table", "s"), new Map(tables)]]),
  });
  return catalog;
});

const args: fc.Arbitrary<GrantArguments> = fc
  .record({
    grantee: fc.constantFrom(...PEOPLE),
    objects: fc.option(fc.subarray(TABLES), { nil: undefined }),
    privileges: fc.oneof(fc.subarray(["SELECT", "INSERT", "UPDATE"], { minLength: 1 }), fc.constant(["ALL"])),
    grantOption: fc.boolean(),
    future: fc.boolean(),
  })
  .map(({ grantee, objects, privileges, grantOption, future }) =>
    grantSchema.parse({
      on: "table",
      schema: "s",
      grantee,
      privileges,
      grantOption: grantOption && grantee !== "public",
      ...(objects === undefined ? { future } : { objects: encodeNames(objects) }),
    }),
  );

const RUN = { maxRemovals: undefined, offline: false, claimed: () => false, now: new Date(0) };

function apply(catalog: Catalog, units: readonly (readonly Change[])[]): void {
  for (const change of units.flat()) applyTo(catalog, change);
}

function everything(catalog: Catalog): unknown {
  const tables = catalog.inside.get("db")?.objects.get(placeOf("table", "s"));
  return [...(tables ?? [])].map(([name, { acl: of }]) => [
    name,
    [...of].map(([grantee, items]) => [grantee, [...items].map((item) => JSON.stringify(item)).sort()]).sort(),
  ]);
}

for (const [token, exact] of [
  ["postgres.Grant", false],
  ["postgres.Privileges", true],
] as const) {
  describe(`the delta of ${token}`, () => {
    const definition = grantDefinition(token, exact);

    it("leads to what is declared, where nobody has passed on what is to go, and then to nothing more", () => {
      fc.assert(
        fc.property(catalogs, args, fc.option(args, { nil: undefined }), (catalog, wanted, before) => {
          const previous = before === undefined ? undefined : { ...before, grantee: wanted.grantee };
          const { units, problems } = definition.delta({ model: catalog, args: wanted, previous, run: RUN });
          apply(catalog, units);
          const again = definition.delta({ model: catalog, args: wanted, previous: wanted, run: RUN });
          assert.deepEqual(again.units, []);
          if (problems.length > 0) return;
          assert.deepEqual(definition.observe(catalog, wanted), wanted);
        }),
        { numRuns: 1000 },
      );
    });

    it("touches nobody else, and no other table", () => {
      fc.assert(
        fc.property(catalogs, args, (catalog, wanted) => {
          const others = (of: Catalog): unknown =>
            [...(of.inside.get("db")?.objects.get(placeOf("table", "s")) ?? [])].map(([name, table]) =>
              PEOPLE.filter((person) => person !== wanted.grantee || wanted.objects?.includes(name) === false).map(
                (person) => itemsOf(table.acl, person),
              ),
            );
          const before = others(copyCatalog(catalog));
          apply(catalog, definition.delta({ model: catalog, args: wanted, previous: undefined, run: RUN }).units);
          assert.deepEqual(others(catalog), before);
        }),
      );
    });

    it("takes back all that it gave, and nothing else, when it leaves", () => {
      fc.assert(
        fc.property(args, (wanted) => {
          const [catalog] = fc.sample(catalogs, { numRuns: 1, seed: 1 });
          assert.ok(catalog);
          const tables = catalog.inside.get("db")?.objects.get(placeOf("table", "s"));
          for (const name of TABLES) tables?.set(name, { owner: OWNER, acl: new Map() });
          const before = everything(catalog);
          apply(catalog, definition.delta({ model: catalog, args: wanted, previous: undefined, run: RUN }).units);
          apply(catalog, definition.remove(catalog, wanted, "drop", RUN).units);
          assert.deepEqual(everything(catalog), before);
        }),
      );
    });

    it("takes before it gives", () => {
      fc.assert(
        fc.property(catalogs, args, args, (catalog, wanted, before) => {
          const previous = { ...before, grantee: wanted.grantee };
          const { units } = definition.delta({ model: catalog, args: wanted, previous, run: RUN });
          const kinds = units.map(([first]) => first?.kind ?? "");
          const given = kinds.findIndex((kind) => kind.startsWith("grant"));
          assert.ok(given < 0 || kinds.slice(given).every((kind) => kind.startsWith("grant")), kinds.join());
        }),
      );
    });

    it("has canonical arguments: parsing them again changes nothing", () => {
      fc.assert(
        fc.property(args, (wanted) => {
          assert.deepEqual(grantSchema.parse(wanted), wanted);
        }),
      );
    });
  });
}

describe("routineOf", () => {
  it("reads names with anything in them, and types as the server lists them", () => {
    assert.deepEqual(routineOf("add(int, Text)"), ["add", "integer, text"]);
    assert.deepEqual(routineOf('odd (name)(app."My Type"[], timestamp with time zone)'), [
      "odd (name)",
      'app."My Type"[], timestamp with time zone',
    ]);
    assert.deepEqual(routineOf("now()"), ["now", ""]);
  });

  it("lets nothing through that could end the list of types", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (name, types) => {
        let read: [string, string];
        try {
          read = routineOf(`${name}(${types})`);
        } catch (error) {
          assert.ok(error instanceof RangeError);
          return;
        }
        assert.doesNotMatch(read[1].replace(/"(?:[^"]|"")*"/g, ""), /[();'\\-]|\/\*/);
      }),
      { numRuns: 2000 },
    );
  });
});
