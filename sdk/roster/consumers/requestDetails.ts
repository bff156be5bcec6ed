import type { Consumer } from "../../databricks/dataProduct/consumer.js";
import { permissionText } from "../../databricks/dataProduct/permissions.js";
import type { LoadedProduct } from "./product.js";

/** What was asked for, as an approver has to see it. */
export function detailsOf(
  { folder }: LoadedProduct,
  { requestId }: { readonly requestId: string },
  consumers: readonly Consumer[],
): string {
  const consumer = consumers.find((each) => each.requestId === requestId);
  const request = folder.requests.find(({ id }) => id === requestId)?.request;
  if (consumer === undefined || request === undefined) return "";
  const { access_details: what, compliance } = request;
  const end = what.expires === undefined ? `${String(what.duration_days)} days` : `until ${what.expires.slice(0, 10)}`;
  return [
    `Request ${requestId}: ${[consumer.name, consumer.consumerId, consumer.businessUnit, consumer.role].filter((each) => each !== undefined).join(", ")}`,
    `  permissions    ${consumer.requested.map(permissionText).join("; ")}`,
    `  for            ${end}`,
    `  justification  ${consumer.justification}`,
    `  use cases      ${consumer.useCases.join("; ")}`,
    `  compliance     ${Object.entries(compliance)
      .map(([item, value]) => `${item}: ${String(value)}`)
      .join(", ")}`,
    "",
  ].join("\n");
}
