import type { Session, System } from "../core/system.js";
import { blankCatalog, copyCatalog, type Catalog } from "./catalog.js";
import { applyTo, type Change } from "./changes.js";
import { comment } from "./quote.js";
import { openSession } from "./session.js";
import { connections, type PostgresSettings } from "./settings.js";
import { shownStatementsOf } from "./statements.js";

/** PostgreSQL as the core sees it. */
export const postgres: System<Catalog, Change, PostgresSettings> = {
  title: "PostgreSQL",
  connections,
  open: (connection): Session<Catalog, Change> => openSession(connection),
  render: (_catalog, changes) => changes.flatMap(shownStatementsOf),
  applyTo,
  copy: copyCatalog,
  blank: blankCatalog,
  identity: ({ server }) => server?.startedAt,
  comment,
};
