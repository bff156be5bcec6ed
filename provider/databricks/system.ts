import type { System } from "../core/system.js";
import { applyTo, type Change } from "./changes.js";
import { blankMetastore, completeMetastore, copyMetastore, type Metastore } from "./metastore.js";
import { comment, shownRequests } from "./requests.js";
import { openSession } from "./session.js";
import { connections, type DatabricksSettings } from "./settings.js";

/** Databricks Unity Catalog, and its open-source server, as the core sees it. */
export const databricks: System<Metastore, Change, DatabricksSettings> = {
  title: "Databricks",
  connections,
  open: (connection) => openSession(connection),
  render: shownRequests,
  applyTo,
  copy: copyMetastore,
  complete: completeMetastore,
  blank: blankMetastore,
  identity: ({ host }) => host,
  comment,
};
