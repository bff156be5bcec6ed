import assert from "node:assert/strict";
import { blankCatalog } from "../../../provider/postgres/catalog.js";
import { writerOf } from "../../../provider/postgres/dialect.js";
import { postgresDialect } from "../../../provider/postgres/postgresDialect.js";

describe("a writer of statements", () => {
  const writer = writerOf(postgresDialect, blankCatalog());

  it("shows a statement without a secret as it is sent", () => {
    const sql = "CREATE ROLE ana LOGIN;";
    const change = { kind: "createRole", name: "ana", attributes: { login: true } } as const;
    assert.deepEqual(writer.written(change), [{ sql, shown: sql }]);
    assert.deepEqual(writer.shown(change), [sql]);
  });

  it("shows a variable where it sends a secret", () => {
    const change = { kind: "alterRole", name: "ana", attributes: {}, password: "it's hers" } as const;
    const shown = "ALTER ROLE ana PASSWORD :'ana_password';";
    assert.deepEqual(writer.written(change), [{ sql: "ALTER ROLE ana PASSWORD 'it''s hers';", shown }]);
    assert.deepEqual(writer.shown(change), [shown]);
  });
});
