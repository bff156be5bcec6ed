import { ROLES } from "../../databricks/dataProduct/approvals.js";
import type { Consumer } from "../../databricks/dataProduct/consumer.js";
import { peopleOf } from "../../databricks/dataProduct/people.js";
import type { PlacedRequest } from "../../databricks/dataProduct/readProduct.js";
import type { ApproverRole } from "../../databricks/dataProduct/request.js";
import type { LoadedProduct } from "./product.js";

/** Not granted, and not at an end: it waits for somebody. */
export function isWaiting({ status, withdrawal }: Consumer): boolean {
  return status === "pending" || (status === "rejected" && withdrawal === undefined);
}

/** The request that is meant by a principal, a name or an id: the only one to which that can be done. Throws where it is none, or several. */
export function theOne(
  { evaluation, folder }: LoadedProduct,
  wanted: string,
  fits: (consumer: Consumer) => boolean,
): Consumer {
  const name = wanted.toLowerCase();
  const meant = evaluation.consumers.filter(({ consumerId, requestId, name: own }) =>
    [consumerId, requestId, own].some((each) => each.toLowerCase() === name),
  );
  const [consumer, ...others] = meant.filter(fits);
  if (consumer !== undefined && others.length === 0) return consumer;
  const shown = (consumers: readonly Consumer[]): string =>
    consumers
      .map(({ requestId, status, reason }) => `\n  ${requestId}: ${status}, ${reason.split("\n")[0] ?? ""}`)
      .join("");
  if (consumer !== undefined)
    throw new Error(
      `${wanted} has several requests; name one of them by its id with --consumer:${shown([consumer, ...others])}`,
    );
  if (meant.length > 0) throw new Error(`of ${wanted} there is no request that this could be done to:${shown(meant)}`);
  throw new Error(
    `${folder.product.name} has no request of ${JSON.stringify(wanted)}: roster consumers ${folder.product.name} list shows all`,
  );
}

/** The file of a consumer's request. */
export function requestOf({ folder }: LoadedProduct, { requestId }: Consumer): PlacedRequest {
  const request = folder.requests.find(({ id }) => id === requestId);
  if (request === undefined) throw new Error(`the file of ${requestId} is gone, so nothing can be written into it`);
  return request;
}

/** Who decides; Git's user unless another one is named. */
export function whoDecides({ user }: LoadedProduct, by: string | undefined): string {
  const who = by ?? user;
  if (who === undefined) throw new Error("it is not known who you are: set git config user.email, or give --by");
  return who.toLowerCase();
}

/** As whom somebody may approve; where they may as both, they have to say so. */
export function roleOf({ folder }: LoadedProduct, by: string, given: ApproverRole | undefined): ApproverRole {
  const { product } = folder;
  const people = peopleOf(product);
  const may = (allowed: readonly string[]): boolean =>
    allowed.some(
      (each) => people.person(each) === people.person(by) || people.behind(each).includes(people.person(by)),
    );
  const roles = ROLES.filter((role) =>
    may(role === "manager" ? product.managers.map(({ email }) => email) : product.data_owner),
  );
  if (given !== undefined) return given;
  const [role, other] = roles;
  if (role === undefined) {
    throw new Error(
      `${by} may not approve for ${product.name}: managers are ${product.managers.map(({ email }) => email).join(", ")}; data owners are ${product.data_owner.join(", ")}`,
    );
  }
  if (other !== undefined) throw new Error(`${by} may approve as manager and as data owner: say which with --as`);
  return role;
}
