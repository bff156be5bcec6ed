// A data product of Databricks: products/customer-360 says what it is, and the files in requests/ who may read it.
// Run `npm run example:data-product` to see it at work on a sandbox.
import { databricks } from "pulumi-roster";

const product = new databricks.DataProduct("customer-360", {
  folder: "products/customer-360",
  // The workflows export the reviews of pull requests to here; in no commit, where anybody could write them.
  reviews: "reviews",
});

export const granted = product.granted; // who has access now
export const requests = product.consumers.apply((all) =>
  all.map(({ requestId, status, evidence, reason }) => `${requestId} is ${status} (${evidence}): ${reason}`),
);
