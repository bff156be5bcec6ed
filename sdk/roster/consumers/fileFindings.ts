import type { DocumentProblem } from "../../core/documents.js";
import type { AuditFinding, FindingKind } from "./formats.js";
import type { LoadedProduct } from "./product.js";

/** What is wrong in the files: the run refuses it, or leaves it out with a warning. */
export function findingsOfFiles({ evaluation, folder }: LoadedProduct): AuditFinding[] {
  const { problems, notices, consumers } = evaluation;
  const { violations } = folder.product.policy;
  const warned = violations === "reject" ? notices.filter(({ severity }) => severity === "warning") : [];
  const byFile = new Map(consumers.map((each) => [each.place.file, each]));
  const broken = new Set(consumers.filter(({ status }) => status === "rejected").map(({ place }) => place.file));
  const all: readonly DocumentProblem[] = [...problems, ...warned.filter(({ file }) => broken.has(file))];
  const findings = all.map(({ file, line, message }): AuditFinding => {
    const consumer = byFile.get(file);
    return {
      kind: kindOf(message),
      consumer_id: consumer?.consumerId ?? null,
      request_id: consumer?.requestId ?? null,
      message,
      file,
      line,
    };
  });
  const hollow = consumers.filter(({ status, justification }) => isOpen(status) && isPlaceholder(justification));
  return [
    ...findings,
    ...hollow.map(({ consumerId, requestId, justification, place }): AuditFinding => ({
      kind: "missing_justification",
      consumer_id: consumerId,
      request_id: requestId,
      message: `the justification of ${consumerId} is ${JSON.stringify(justification)}, which says nothing`,
      file: place.file,
      line: place.line,
    })),
  ];
}

function isOpen(status: string): boolean {
  return status === "active" || status === "expiring" || status === "pending";
}

/** Whether a justification is a word that stands in place of one. */
export function isPlaceholder(justification: string): boolean {
  const words = justification.toLowerCase().match(/\p{L}+/gu) ?? [];
  return words.length === 0 || words.every((word) => EMPTY_WORDS.has(word)) || new Set(words.join("")).size < 3;
}

const EMPTY_WORDS = new Set(
  "n a na none no nothing null tbd todo tba test testing needed need access data required please asap business justification reason work wip later see above".split(
    " ",
  ),
);

/** Which kind a problem of a file is, by its message: what is not of a kind of its own is a broken rule. */
function kindOf(message: string): FindingKind {
  if (/justification/i.test(message)) return "missing_justification";
  if (/is proved by|no approval:|cannot be looked up|whole history|dated|history of the files/i.test(message))
    return "missing_evidence";
  if (/approv/i.test(message)) return "missing_approval";
  if (/training|acknowledg|NDA|compliance/.test(message)) return "missing_compliance";
  if (/is more than .* gives/.test(message)) return "beyond_product";
  return "broken_rule";
}
