import * as pulumi from "@pulumi/pulumi";
import type { Channel } from "../../provider/databricks/ledger/notices.js";
import type { Reviewing } from "../../provider/databricks/ledger/reviewNotices.js";
import { placeText } from "../core/place.js";
import { typeOf } from "../core/resource.js";
import { Access, type AccessArgs } from "./access.js";
import { connectionInput } from "./connection.js";
import type { DeclaredAccess } from "./dataProduct/declared.js";
import { inactiveConsumers } from "./dataProduct/inactive.js";
import { ledgerRequests } from "./dataProduct/ledgerRequests.js";
import { channelsOf } from "./dataProduct/notifications.js";
import type { ProductFolder } from "./dataProduct/readProduct.js";
import { reviewDue } from "./dataProduct/reviewPeriod.js";
import type { Consumer } from "./dataProduct/types.js";
import { LedgerDone } from "./ledgerDone.js";
import { LedgerIntents } from "./ledgerIntents.js";
import { LedgerOutbox } from "./ledgerOutbox.js";
import { LedgerTables } from "./ledgerTables.js";
import { LedgerViews } from "./ledgerViews.js";
import { ProductAccess } from "./productAccess.js";

/** What a product gives, and to whom. */
export interface ProductGrants {
  /** The product. */
  readonly folder: ProductFolder;
  /** Its requests as they were judged. */
  readonly consumers: readonly Consumer[];
  /** What they give. */
  readonly declared: DeclaredAccess;
  /** Of the one `databricks.Access` that gives it. */
  readonly access: AccessArgs;
  /** The time of the run. */
  readonly now: Date;
  /** Nothing is written or given before this. */
  readonly checked: Promise<void>;
}

/**
 * Declares what gives access to a product, and where it has a ledger what writes that down: what is about to change
 * before it does, and what has changed after.
 *
 * @param parent The component.
 * @param name The component's name in the program.
 * @param product What it gives.
 */
export function declareGrants(parent: pulumi.Resource, name: string, product: ProductGrants): void {
  const { ledger } = product.folder.product;
  // A product that gets a ledger, or loses it, keeps what it has given: it is the same resource.
  if (ledger === undefined) {
    new Access(name, product.access, { parent, aliases: [{ type: typeOf("databricks.ProductAccess") }] });
    return;
  }
  const shared = {
    ledger: `${ledger.catalog}.${ledger.schema}`,
    product: product.folder.product.name,
    connection: connectionInput(product.access.connection),
  };
  const tables = new LedgerTables(name, shared, { parent });
  if (ledger.views) {
    const inactiveDays = product.folder.product.policy.inactive_days;
    new LedgerViews(name, { ...shared, inactiveDays }, { parent, dependsOn: [tables] });
  }
  const { notifications } = product.folder.product;
  const channels = notifications.length === 0 ? undefined : channelsOf(notifications);
  const inputs = { ...shared, ...grantingInputs(product), channels };
  const intents = new LedgerIntents(name, inputs, { parent, dependsOn: [tables] });
  const access = new ProductAccess(name, product.access, {
    parent,
    dependsOn: [intents],
    aliases: [{ type: typeOf("databricks.Access") }],
  });
  const reviewing = channels === undefined ? {} : reviewingOf(parent, product, channels);
  const { leftover } = access;
  // After the intents too: where the ledger goes and the grants stay, both are deleted, in this order all the same.
  const done = new LedgerDone(name, { ...inputs, ...reviewing, leftover }, { parent, dependsOn: [intents, access] });
  if (channels !== undefined) {
    new LedgerOutbox(name, { ...shared, channels, told: done.told, leftover }, { parent, dependsOn: [done] });
  }
}

/** Whom reviews tell of something. A file that cannot be read is a warning: neither grants nor ends wait for it. */
function reviewingOf(
  parent: pulumi.Resource,
  { folder, consumers, now }: ProductGrants,
  channels: readonly Channel[],
): Reviewing {
  const review = reviewDue(folder.product, consumers, now);
  if (!channels.some(({ events }) => events?.includes("inactive") ?? true)) return { review };
  const { inactive, problems } = inactiveConsumers(folder, consumers, now);
  for (const { message, ...place } of problems) {
    void pulumi.log.warn(`${placeText(place)}: ${message}. Nobody is told of who is inactive by this file`, parent);
  }
  return { review, inactive: inactive.length === 0 ? undefined : inactive };
}

function grantingInputs({ folder, consumers, declared, access, checked }: ProductGrants): pulumi.Inputs {
  const requests = ledgerRequests(folder.product, folder.folder, consumers);
  const handed = checked.then(async () => {
    // Loaded here: a program without a ledger does not wait for it.
    const { handOver } = await import("../../provider/databricks/handover.js");
    return handOver(requests);
  });
  return {
    digest: handed.then(({ digest }) => digest),
    __handover: handed,
    securables: Object.keys(declared.grants).sort(),
    shared: Object.keys(declared.additional).sort(),
    ignore: access.ignore,
  };
}
