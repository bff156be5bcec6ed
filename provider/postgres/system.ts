import type { Connection } from "../core/connections.js";
import type { Session, System } from "../core/system.js";
import { blankCatalog, completeCatalog, copyCatalog, type Catalog } from "./catalog.js";
import { applyTo, endsOf, placeOfChange, type Change } from "./changes.js";
import { passwordsThroughCivis } from "./civisPasswords.js";
import { writerOf } from "./dialect.js";
import { dialectOf } from "./dialects.js";
import { comment, connectTo } from "./quote.js";
import { openSession } from "./session.js";
import { connections, type PostgresSettings } from "./settings.js";

/** PostgreSQL as the core sees it. */
export const postgres: System<Catalog, Change, PostgresSettings> = {
  title: "PostgreSQL",
  connections,
  looksAhead: true,
  open: (connection): Session<Catalog, Change> => openSession(connection),
  render,
  async adapt(adaptation) {
    const { adapt } = dialectOf(adaptation.connection);
    const { args, failures } = (await adapt?.(adaptation)) ?? { args: adaptation.args, failures: [] };
    return { args, failures: [...failures, ...(await passwordsThroughCivis(adaptation, args))] };
  },
  applyTo,
  ends: endsOf,
  copy: copyCatalog,
  complete: completeCatalog,
  blank: (connection) => blankCatalog(dialectOf(connection).facts),
  identity: ({ server }) => server?.startedAt,
  comment,
};

/** The statements of changes, with psql's command in front of those that have to run in another database. */
function render(catalog: Catalog, changes: readonly Change[], connection: Connection<PostgresSettings>): string[] {
  const { shown } = writerOf(dialectOf(connection), catalog);
  const home = catalog.server?.database ?? "";
  let current = home;
  const go = (database: string): string[] => {
    // Where nobody knows the connection's own database, there is no way back to it.
    if (database === current || database === "") return [];
    current = database;
    return [connectTo(database)];
  };
  const lines = changes.flatMap((change) => [...go(placeOfChange(change) ?? home), ...shown(change)]);
  return [...lines, ...go(home)];
}
