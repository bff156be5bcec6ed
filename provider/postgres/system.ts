import type { Session, System } from "../core/system.js";
import { blankCatalog, copyCatalog, type Catalog } from "./catalog.js";
import { applyTo, type Change } from "./changes.js";
import { writerOf } from "./dialect.js";
import { dialectOf } from "./dialects.js";
import { comment } from "./quote.js";
import { openSession } from "./session.js";
import { connections, type PostgresSettings } from "./settings.js";

/** PostgreSQL as the core sees it. */
export const postgres: System<Catalog, Change, PostgresSettings> = {
  title: "PostgreSQL",
  connections,
  open: (connection): Session<Catalog, Change> => openSession(connection),
  render(catalog, changes, connection) {
    const { shown } = writerOf(dialectOf(connection), catalog);
    return changes.flatMap(shown);
  },
  async adapt(adaptation) {
    const { adapt } = dialectOf(adaptation.connection);
    return adapt === undefined ? { args: adaptation.args, failures: [] } : adapt(adaptation);
  },
  applyTo,
  copy: copyCatalog,
  blank: blankCatalog,
  identity: ({ server }) => server?.startedAt,
  comment,
};
