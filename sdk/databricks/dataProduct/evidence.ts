import type { DocumentProblem } from "../../core/documents.js";
import type { EvidenceLevel } from "./product.js";
import type { PlacedRequest } from "./readProduct.js";
import type { AccessRequest, ApproverRole } from "./request.js";

/** What proves an approval. */
export interface Evidence {
  /** How well. */
  readonly level: Exclude<EvidenceLevel, "none">;
  /** Who approved: a person, also where the file names a team. */
  readonly person: string;
  /** When. ISO 8601 in UTC. */
  readonly at: string;
  /** Where it can be looked up: `commit 1a2b3c4d5e6f`, or the address of a review. */
  readonly reference: string;
}

/** What was found for an approval. */
export interface Finding {
  /** The best evidence that there is; undefined for none. */
  readonly evidence: Evidence | undefined;
  /** Why there is no better one, in words that go on from "the approval": "was written by john@example.com (commit ...)". */
  readonly reason: string;
}

/** Who did something in the history of a file, and when. */
export interface Deed {
  /** The address of who did it. */
  readonly by: string;
  /** When. ISO 8601 in UTC. */
  readonly at: string;
  /** The commit; undefined for what is not committed yet. */
  readonly commit: string | undefined;
}

/** A request whose file was deleted: its access is taken back. */
export interface DeletedRequest extends Deed {
  /** The request's id. */
  readonly id: string;
  /** The file that it was in. */
  readonly file: string;
  /** What it said last. */
  readonly request: AccessRequest;
  /** Why, as the commit says. */
  readonly reason: string;
}

/** What is known of the history of a product's requests. */
export interface EvidenceSource {
  /** What proves that somebody approved what the request now says. Only for an approval that the file names. */
  approval(request: PlacedRequest, role: ApproverRole): Finding;
  /** Who wrote the request first. Undefined where that is not known. */
  filed(request: PlacedRequest): Deed | undefined;
  /** Who wrote the revocation or rejection that the file has. */
  decided(request: PlacedRequest, what: "revocation" | "rejection"): Deed | undefined;
  /** Requests whose files are gone. */
  readonly deleted: readonly DeletedRequest[];
  /** The address of who works here, as Git would write it into a commit. */
  readonly user?: string | undefined;
  /** Why the history is no evidence at all, such as a shallow clone. */
  readonly problems: readonly DocumentProblem[];
}

/** Whether a level of evidence is as good as another. */
export function isAtLeast(level: EvidenceLevel, least: EvidenceLevel): boolean {
  return RANK[level] >= RANK[least];
}

const RANK: Readonly<Record<EvidenceLevel, number>> = { none: 0, commit: 1, review: 2, signed_commit: 3 };
