import type { Resource } from "../core/resource.js";
import { Access } from "./access.js";
import { Grant } from "./grant.js";
import { Grants } from "./grants.js";
import { LedgerDone } from "./ledgerDone.js";
import { LedgerIntents } from "./ledgerIntents.js";
import { LedgerOutbox } from "./ledgerOutbox.js";
import { LedgerTables } from "./ledgerTables.js";
import { LedgerViews } from "./ledgerViews.js";
import { ProductAccess } from "./productAccess.js";

/** The resources of Databricks by class name: what a token `databricks.<name>` stands for. */
export const resources: Readonly<Record<string, Resource>> = {
  Access,
  Grant,
  Grants,
  LedgerDone,
  LedgerIntents,
  LedgerOutbox,
  LedgerTables,
  LedgerViews,
  ProductAccess,
};
