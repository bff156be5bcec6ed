import { readDocument } from "../../core/documents.js";
import { ROLES } from "../../databricks/dataProduct/approvals.js";
import { evaluate } from "../../databricks/dataProduct/evaluate.js";
import { isAtLeast, type EvidenceSource } from "../../databricks/dataProduct/evidence.js";
import { peopleOf } from "../../databricks/dataProduct/people.js";
import type { PlacedRequest } from "../../databricks/dataProduct/readProduct.js";
import { requestFile, type ApproverRole } from "../../databricks/dataProduct/request.js";
import type { LoadedProduct } from "./product.js";

/** A request's file with another text. Throws where that could not be read. */
export function withText(request: PlacedRequest, text: string): PlacedRequest {
  const { data, problems, placeOf } = readDocument(request.file, requestFile, text);
  if (data === undefined) throw new Error(`${request.file}: ${problems[0]?.message ?? "cannot be read"}`);
  return { ...request, text, request: data, placeOf };
}

/** An approval that is about to be written. */
export interface TrialApproval {
  /** The request as it is. */
  readonly before: PlacedRequest;
  /** Its file with the approval. */
  readonly text: string;
  /** As whom it is given. */
  readonly role: ApproverRole;
  /** By whom. */
  readonly by: string;
}

/**
 * What a request would be once the approval is committed by who gives it; gives the roles that are still missing. Of
 * the other approval it counts what is proved. Throws where the rules would refuse it.
 */
export function rolesMissingAfter({ folder, evidence, now }: LoadedProduct, trial: TrialApproval): ApproverRole[] {
  const { before, role } = trial;
  const { product } = folder;
  const proved = ROLES.filter((each) => {
    if (each === role || before.request.approvals[each] === undefined) return false;
    const found = evidence.approval(before, each).evidence;
    return found !== undefined && isAtLeast(found.level, product.policy.evidence);
  });
  const counted = [role, ...proved];
  const edited = withText(before, trial.text);
  const approvals = Object.fromEntries(
    Object.entries(edited.request.approvals).filter(([each]) => counted.includes(each as ApproverRole)),
  );
  const request: PlacedRequest = { ...edited, request: { ...edited.request, approvals } };
  const own = request.request.consumer_info.email;
  const related = folder.requests.filter((each) => each.id !== before.id && each.request.consumer_info.email === own);
  const { consumers } = evaluate({
    folder: { ...folder, requests: [...related, request], problems: [] },
    now,
    evidence: evidenceOnceCommitted(evidence, trial, { person: peopleOf(product).person(trial.by), now }),
  });
  const consumer = consumers.find(({ requestId }) => requestId === before.id);
  // What has ended with its approval gives nothing either.
  if (consumer?.status === "rejected" || consumer?.status === "expired")
    throw new Error(`this approval would not count, so nothing was changed:\n${consumer.reason}`);
  return ROLES.filter((each) => !counted.includes(each));
}

/** What would be proved then; of all else about the request, what is proved for its file as it is. */
function evidenceOnceCommitted(
  evidence: EvidenceSource,
  { before, role }: TrialApproval,
  { person, now }: { readonly person: string; readonly now: Date },
): EvidenceSource {
  const committed = { level: "signed_commit", person, at: now.toISOString(), reference: "this approval" } as const;
  return {
    approval: (asked, of) =>
      asked.id === before.id && of === role
        ? { evidence: committed, reason: "" }
        : evidence.approval(asked.id === before.id ? before : asked, of),
    filed: (asked) => evidence.filed(asked.id === before.id ? before : asked),
    decided: (asked, what) => evidence.decided(asked, what),
    deleted: evidence.deleted,
    problems: [],
  };
}
