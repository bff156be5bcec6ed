import type { DocumentProblem, Place } from "../../core/place.js";

/*
 * Types that programs see: of their own, so that a program's compiler reads no types of the libraries used here.
 */

/** What a request confirms: true, false, or the day on which it was done (ISO 8601 in UTC). */
export interface Compliance {
  /** The training, or its day. */
  readonly training_completed?: boolean | string | undefined;
  /** The policy was read and is accepted. */
  readonly policy_acknowledged?: boolean | string | undefined;
  /** The agreement not to disclose is signed. */
  readonly nda_signed?: boolean | string | undefined;
}

/** The two who have to approve. */
export type ApproverRole = "manager" | "data_owner";

/**
 * How well an approval is proved. `commit`: a commit in the approver's name, which Git itself does not verify;
 * `review`: a review that GitHub or GitLab tells of; `signed_commit`: a commit whose signature is the approver's, which
 * anybody can verify at any time; `none`: a name that somebody wrote, which is no approval.
 */
export type EvidenceLevel = "none" | "commit" | "review" | "signed_commit";

/** A privilege on a table or schema of a product. */
export interface Permission {
  /** As Unity Catalog names it: `SELECT`, `USE_SCHEMA`. */
  readonly privilege: string;
  /** What it is on: `table main.sales.customers`. */
  readonly securable: string;
}

/**
 * Where a request is in its life. `pending`: not approved by both yet, or not begun; `active`; `expiring`: active, and
 * ends within `expires_within_days`; `expired`; `revoked`; `rejected`: turned down, or against the rules.
 */
export type ConsumerStatus = "pending" | "active" | "expiring" | "expired" | "revoked" | "rejected";

/** An approval, and what proves it. */
export interface Approval {
  /** As what. */
  readonly role: ApproverRole;
  /** Whom the file names: a person, or a team. */
  readonly approver: string;
  /** Who it was, by the evidence. */
  readonly person: string | undefined;
  /** How well that is proved; `none` for a name alone. */
  readonly level: EvidenceLevel;
  /** When. ISO 8601 in UTC. */
  readonly at: string | undefined;
  /** The commit or the review. */
  readonly reference: string | undefined;
  /** The condition in words. */
  readonly note: string | undefined;
}

/** The end of access before its time. */
export interface Withdrawal {
  /** Why. */
  readonly reason: string;
  /** By whom; undefined where neither the file nor Git tells. */
  readonly by: string | undefined;
  /** When. ISO 8601 in UTC. */
  readonly at: string | undefined;
  /** The commit. */
  readonly commit: string | undefined;
}

/** A request as it stands: who, what, why, for how long, on whose word. */
export interface Consumer {
  /** The request's id. */
  readonly requestId: string;
  /** Where the request stands. */
  readonly place: Place;
  /** The principal that Databricks knows: an address, the name of a group, the application id of a service principal. */
  readonly consumerId: string;
  /** The consumer's name. */
  readonly name: string;
  /** What kind of principal it is. */
  readonly type: "person" | "group" | "service_principal";
  /** Who asks and answers for it. */
  readonly requester: string;
  /** Their unit. */
  readonly businessUnit: string | undefined;
  /** Their role. */
  readonly role: string | undefined;
  /** Where the request is in its life. */
  readonly status: ConsumerStatus;
  /** Why it is there, in a sentence. */
  readonly reason: string;
  /** Why access is needed. */
  readonly justification: string;
  /** For what. */
  readonly useCases: readonly string[];
  /** What was asked for, as far as it could be read. */
  readonly requested: readonly Permission[];
  /** What of that is given, or was, or would be: without what approvers excluded and what was taken back. */
  readonly permissions: readonly Permission[];
  /** The approvals that the file names. */
  readonly approvals: readonly Approval[];
  /** How well the less well proved of them is proved. */
  readonly evidence: EvidenceLevel;
  /** What is confirmed: true, false, or the day. */
  readonly compliance: Compliance;
  /** When it was asked for. */
  readonly requestedOn: string | undefined;
  /** From when on access is given; undefined while nobody approved. */
  readonly grantedFrom: string | undefined;
  /** When it ends; undefined while that is not known. */
  readonly expires: string | undefined;
  /** The request that this one prolongs. */
  readonly renews: string | undefined;
  /** The request that prolongs this one. */
  readonly renewedBy: string | undefined;
  /** Who took it back or turned it down. */
  readonly withdrawal: Withdrawal | undefined;
}

/** Something to know that is no mistake, at a place. */
export interface Notice extends DocumentProblem {
  /** `warning` for what somebody should act on: access that ends soon, or was left out. */
  readonly severity: "warning" | "info";
}

/** A product's requests as they stand. */
export interface Evaluation {
  /** Each request, those whose files are gone last. */
  readonly consumers: readonly Consumer[];
  /** What breaks the rules, and ends the run before anything is changed. */
  readonly problems: readonly DocumentProblem[];
  /** What else to know. */
  readonly notices: readonly Notice[];
}

/** Those who have access now: the principals of each permission, with when it ends; of several requests the last end. */
export interface ConsumerGrant {
  /** The principal. */
  readonly principal: string;
  /** As Unity Catalog names it. */
  readonly privilege: string;
  /** What it is on. */
  readonly securable: string;
  /** When it ends. ISO 8601 in UTC. */
  readonly until: string | undefined;
}
