import { roleText } from "../../databricks/dataProduct/approvals.js";
import type { Consumer } from "../../databricks/dataProduct/consumer.js";
import { withApproval, withRejection, withRevocation } from "../../databricks/dataProduct/editRequest.js";
import { peopleOf } from "../../databricks/dataProduct/people.js";
import { permissionKey, permissionText, type Permission } from "../../databricks/dataProduct/permissions.js";
import { readPermissions, type PlacedRequest } from "../../databricks/dataProduct/readProduct.js";
import type { ApproverRole } from "../../databricks/dataProduct/request.js";
import { isWaiting, requestOf, roleOf, theOne, whoDecides } from "./chosen.js";
import { commitTo, editHere } from "./commit.js";
import { isPlaceholder } from "./fileFindings.js";
import type { ConsumersEdit } from "./formats.js";
import type { LoadedProduct } from "./product.js";
import { rolesMissingAfter, withText } from "./trialApproval.js";

/** What approve and revoke are given. */
export interface Deciding {
  /** The product. */
  readonly product: LoadedProduct;
  /** Which consumer: principal, name or id of a request. */
  readonly consumer: string;
  /** Who decides; Git's user where it is left out. */
  readonly by: string | undefined;
  /** Only these permissions; all where it is left out. */
  readonly permissions: readonly string[] | undefined;
  /** The branch to commit to, true for a name of our choice; the files here where it is left out. */
  readonly commit: string | true | undefined;
}

/** An approval. */
export interface Approving extends Deciding {
  /** As whom; what the product says where it is left out. */
  readonly role: ApproverRole | undefined;
  /** For how long at most. */
  readonly durationDays: number | undefined;
  /** To when at most. */
  readonly until: string | undefined;
  /** On which condition, in words. */
  readonly note: string | undefined;
}

/** The reason that the document's command gives where nobody gave one. */
const NO_LONGER = "Access no longer required";

/** Writes an approval into a request's file, where it would count. Throws, and changes nothing, where it would not. */
export function approve({
  product,
  consumer: wanted,
  role: given,
  durationDays,
  until,
  note,
  ...deciding
}: Approving): ConsumersEdit {
  const consumer = theOne(product, wanted, (each) => isWaiting(each));
  const request = requestOf(product, consumer);
  const by = whoDecides(product, deciding.by);
  const role = roleOf(product, by, given);
  if (isPlaceholder(consumer.justification)) {
    throw new Error(
      `${consumer.requestId} has no justification: it says ${JSON.stringify(consumer.justification)}. Ask ${consumer.requester} to write why the access is needed`,
    );
  }
  const { permissions, commit } = deciding;
  refuseBeyond(consumer.requested, permissions, { product, what: `${consumer.requestId} does not ask for` });
  const conditions = { permissions, duration_days: durationDays, until, note };
  const edit = (text: string): string =>
    withApproval(text, { role, by, on: product.now.toISOString().slice(0, 10), conditions });
  const missing = rolesMissingAfter(product, { before: request, text: edit(request.text), role, by });
  const message = `Approve ${consumer.requestId} for ${product.folder.product.name} as ${roleText(role)}`;
  const done = write(product, request, { edit, message, by, commit, action: "approve" });
  return {
    ...told(product, consumer, by),
    action: "approve",
    role,
    reason: note ?? null,
    ...done,
    still_missing: missing.map(roleText),
  };
}

/** A withdrawal. */
export interface Revoking extends Deciding {
  /** Why. */
  readonly reason: string | undefined;
  /** When access ends; at once where it is left out. */
  readonly on: string | undefined;
}

/** Writes into a request's file that access is taken back; where it was never given, that the request is turned down. */
export function revoke({ product, consumer: wanted, reason = NO_LONGER, on, ...deciding }: Revoking): ConsumersEdit {
  const consumer = theOne(
    product,
    wanted,
    (each) => isWaiting(each) || each.status === "active" || each.status === "expiring",
  );
  const request = requestOf(product, consumer);
  const by = whoDecides(product, deciding.by);
  const { permissions, commit } = deciding;
  refuseBeyond(consumer.permissions, permissions, { product, what: `${consumer.requestId} does not give` });
  const action = isWaiting(consumer) ? "reject" : permissions === undefined ? "revoke" : "reduce";
  const edit = (text: string): string =>
    action === "reject" ? withRejection(text, { reason, by }) : withRevocation(text, { reason, by, on, permissions });
  // Throws where the file could not be read any more.
  withText(request, edit(request.text));
  const word = { reject: "Turn down", revoke: "Revoke", reduce: "Reduce" }[action];
  const message = `${word} ${consumer.requestId} of ${product.folder.product.name}: ${reason}`;
  const done = write(product, request, { edit, message, by, commit, action: "revoke" });
  return { ...told(product, consumer, by), action, role: null, reason, ...done, still_missing: [] };
}

function told(
  { folder }: LoadedProduct,
  { requestId, consumerId, place }: Consumer,
  by: string,
): Pick<ConsumersEdit, "product" | "request_id" | "consumer_id" | "file" | "by"> {
  return { product: folder.product.name, request_id: requestId, consumer_id: consumerId, file: place.file, by };
}

/** An approval of what nobody asked for gives nothing, and so takes nothing who takes back what nobody has. */
function refuseBeyond(
  there: readonly Permission[],
  permissions: readonly string[] = [],
  { product: { folder }, what }: { readonly product: LoadedProduct; readonly what: string },
): void {
  const { permissions: named, mistakes } = readPermissions(permissions, folder.product);
  const [mistake] = mistakes.values();
  if (mistake !== undefined) throw new Error(mistake);
  const keys = new Set(there.map(permissionKey));
  const [beyond] = named.filter((each) => !keys.has(permissionKey(each)));
  if (beyond === undefined) return;
  const all = there.length === 0 ? "nothing" : there.map(permissionText).join("; ");
  throw new Error(`${what} ${permissionText(beyond)}, but ${all}: nothing was changed`);
}

interface Edit {
  readonly edit: (text: string) => string;
  /** The commit's message. */
  readonly message: string;
  readonly by: string;
  readonly commit: string | true | undefined;
  /** What a branch of our choice is named by. */
  readonly action: "approve" | "revoke";
}

/** Edits the file here, or commits the edit to a branch. */
function write(
  { folder, user }: LoadedProduct,
  { file, id }: PlacedRequest,
  { edit, message, by, commit, action }: Edit,
): Pick<ConsumersEdit, "branch" | "commit"> {
  if (commit === undefined) {
    editHere([{ file, edit }]);
    return { branch: null, commit: null };
  }
  const { product } = folder;
  const people = peopleOf(product);
  if (user === undefined || people.person(user) !== people.person(by)) {
    throw new Error(
      `Git would commit this as ${user ?? "nobody"}, and it is the decision of ${by}: what proves it is a commit of their own. Nothing was changed`,
    );
  }
  const branch = commit === true ? `roster/${action}-${id}` : commit;
  return {
    branch,
    commit: commitTo([{ file, edit }], { branch, message, sign: product.policy.evidence === "signed_commit" }),
  };
}
