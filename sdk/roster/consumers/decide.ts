import type { Consumer } from "../../databricks/dataProduct/consumer.js";
import { ROLES, roleText } from "../../databricks/dataProduct/approvals.js";
import { withApproval, withRejection, withRevocation } from "../../databricks/dataProduct/editRequest.js";
import { evaluate } from "../../databricks/dataProduct/evaluate.js";
import { isAtLeast } from "../../databricks/dataProduct/evidence.js";
import { peopleOf } from "../../databricks/dataProduct/people.js";
import { permissionText } from "../../databricks/dataProduct/permissions.js";
import type { PlacedRequest } from "../../databricks/dataProduct/readProduct.js";
import { readPermissions } from "../../databricks/dataProduct/readProduct.js";
import { requestFile, type ApproverRole } from "../../databricks/dataProduct/request.js";
import { readDocument } from "../../core/documents.js";
import { commitTo, editHere } from "./commit.js";
import { isPlaceholder } from "./fileFindings.js";
import type { ConsumersEdit } from "./formats.js";
import type { LoadedProduct } from "./product.js";

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
  refuseUnreadable(permissions, product);
  const conditions = { permissions, duration_days: durationDays, until, note };
  const edit = (text: string): string =>
    withApproval(text, { role, by, on: product.now.toISOString().slice(0, 10), conditions });
  const missing = checked(product, request, edit(request.text), role, by);
  const done = write(
    product,
    request,
    edit,
    `Approve ${consumer.requestId} for ${product.folder.product.name} as ${roleText(role)}`,
    by,
    commit,
    "approve",
  );
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
  refuseUnreadable(permissions, product);
  const action = isWaiting(consumer) ? "reject" : permissions === undefined ? "revoke" : "reduce";
  const edit = (text: string): string =>
    action === "reject" ? withRejection(text, { reason, by }) : withRevocation(text, { reason, by, on, permissions });
  readable(request, edit(request.text));
  const word = { reject: "Turn down", revoke: "Revoke", reduce: "Reduce" }[action];
  const done = write(
    product,
    request,
    edit,
    `${word} ${consumer.requestId} of ${product.folder.product.name}: ${reason}`,
    by,
    commit,
    "revoke",
  );
  return { ...told(product, consumer, by), action, role: null, reason, ...done, still_missing: [] };
}

function told(
  { folder }: LoadedProduct,
  { requestId, consumerId, place }: Consumer,
  by: string,
): Pick<ConsumersEdit, "product" | "request_id" | "consumer_id" | "file" | "by"> {
  return { product: folder.product.name, request_id: requestId, consumer_id: consumerId, file: place.file, by };
}

/** Not granted, and not at an end: it waits for somebody. */
function isWaiting({ status, withdrawal }: Consumer): boolean {
  return status === "pending" || (status === "rejected" && withdrawal === undefined);
}

function theOne(
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

function requestOf({ folder }: LoadedProduct, { requestId }: Consumer): PlacedRequest {
  const request = folder.requests.find(({ id }) => id === requestId);
  if (request === undefined) throw new Error(`the file of ${requestId} is gone, so nothing can be written into it`);
  return request;
}

function whoDecides({ user }: LoadedProduct, by: string | undefined): string {
  const who = by ?? user;
  if (who === undefined) throw new Error("nobody knows who you are: set git config user.email, or give --by");
  return who.toLowerCase();
}

/** As whom somebody may approve; where they may as both, they have to say so. */
function roleOf({ folder }: LoadedProduct, by: string, given: ApproverRole | undefined): ApproverRole {
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

function refuseUnreadable(permissions: readonly string[] | undefined, { folder }: LoadedProduct): void {
  const { mistakes } = readPermissions(permissions ?? [], folder.product);
  const [mistake] = mistakes.values();
  if (mistake !== undefined) throw new Error(mistake);
}

function readable(request: PlacedRequest, text: string): PlacedRequest {
  const { data, problems, placeOf } = readDocument(request.file, requestFile, text);
  if (data === undefined) throw new Error(`${request.file}: ${problems[0]?.message ?? "cannot be read"}`);
  return { ...request, text, request: data, placeOf };
}

/**
 * What a request would be once the approval is committed by who gives it; gives the roles that are still missing. Of the
 * other approval it counts what is proved. Throws where the rules would refuse it.
 */
function checked(
  { folder, evidence, now }: LoadedProduct,
  before: PlacedRequest,
  text: string,
  role: ApproverRole,
  by: string,
): ApproverRole[] {
  const { product } = folder;
  const proved = ROLES.filter((each) => {
    if (each === role || before.request.approvals[each] === undefined) return false;
    const found = evidence.approval(before, each).evidence;
    return found !== undefined && isAtLeast(found.level, product.policy.evidence);
  });
  const counted = [role, ...proved];
  const edited = readable(before, text);
  const approvals = Object.fromEntries(
    Object.entries(edited.request.approvals).filter(([each]) => counted.includes(each as ApproverRole)),
  );
  const request: PlacedRequest = { ...edited, request: { ...edited.request, approvals } };
  const own = request.request.consumer_info.email;
  const related = folder.requests.filter((each) => each.id !== before.id && each.request.consumer_info.email === own);
  const { consumers } = evaluate({
    folder: { ...folder, requests: [...related, request], problems: [] },
    now,
    evidence: {
      approval: (asked, of) =>
        asked.id === before.id && of === role
          ? {
              evidence: {
                level: "signed_commit",
                person: peopleOf(product).person(by),
                at: now.toISOString(),
                reference: "this approval",
              },
              reason: "",
            }
          : evidence.approval(asked.id === before.id ? before : asked, of),
      filed: (asked) => evidence.filed(asked.id === before.id ? before : asked),
      decided: (asked, what) => evidence.decided(asked, what),
      deleted: evidence.deleted,
      problems: [],
    },
  });
  const consumer = consumers.find(({ requestId }) => requestId === before.id);
  if (consumer?.status === "rejected")
    throw new Error(`this approval would not count, so nothing was changed:\n${consumer.reason}`);
  return ROLES.filter((each) => !counted.includes(each));
}

function write(
  { folder, user }: LoadedProduct,
  { file, id }: PlacedRequest,
  edit: (text: string) => string,
  message: string,
  by: string,
  commit: string | true | undefined,
  action: string,
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
