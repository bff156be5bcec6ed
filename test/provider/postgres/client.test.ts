import assert from "node:assert/strict";
import { connect, type Client } from "../../../provider/postgres/client.js";
import { POSTGRES_VERSIONS, type PostgresServer } from "../../postgres/server.js";
import { connectionTo, freshName, sharedPostgres } from "../../postgres/shared.js";

for (const version of POSTGRES_VERSIONS) {
  describe(`client: PostgreSQL ${String(version)}`, () => {
    let server: PostgresServer;
    let client: Client;
    beforeEach(async () => {
      server = await sharedPostgres(version);
      client = await connect(connectionTo(server));
    });

    const exists = async (role: string): Promise<boolean> =>
      (await server.query("SELECT 1 FROM pg_roles WHERE rolname = $1", { values: [role] })).length === 1;

    it("runs a script as one transaction, and says which statement was refused", async () => {
      const role = freshName("ana");
      const outcome = await client.run([`CREATE ROLE ${role};`, "DROP ROLE nobody_is_called_this;", "SELECT 1;"]);
      assert.equal(outcome.completed, 1);
      assert.match(outcome.error?.message ?? "", /"nobody_is_called_this" does not exist/);
      assert.equal(await exists(role), false);
    });

    it("can be used again after a refusal", async () => {
      const role = freshName("rui");
      await client.run(["DROP ROLE nobody_is_called_this;"]);
      assert.deepEqual(await client.run([`CREATE ROLE ${role};`]), { completed: 1, error: undefined, warnings: [] });
      assert.equal((await client.readCatalog()).roles.has(role), true);
      assert.equal(client.broken, false);
    });
  });
}
