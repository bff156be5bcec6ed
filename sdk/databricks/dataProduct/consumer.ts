import type { Place } from "../../core/documents.js";
import type { Permission } from "./permissions.js";
import type { EvidenceLevel } from "./product.js";
import { principalOf, type AccessRequest, type ApproverRole } from "./request.js";

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
  readonly compliance: Readonly<AccessRequest["compliance"]>;
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

/** Whether a request in this status has its access. */
export function isGranted({ status }: Pick<Consumer, "status">): boolean {
  return status === "active" || status === "expiring";
}

/** What of a consumer its request says alone. */
export type Identity = Pick<
  Consumer,
  | "consumerId"
  | "name"
  | "type"
  | "requester"
  | "businessUnit"
  | "role"
  | "justification"
  | "useCases"
  | "compliance"
  | "renews"
>;

/** What a request says of its consumer. */
export function identityOf(request: AccessRequest): Identity {
  const { consumer_info: who, access_details: what, compliance, renews } = request;
  return {
    consumerId: principalOf(request),
    name: who.name,
    type: who.group !== undefined ? "group" : who.service_principal !== undefined ? "service_principal" : "person",
    requester: who.email,
    businessUnit: who.business_unit,
    role: who.role,
    justification: what.justification,
    useCases: what.use_cases,
    compliance,
    renews,
  };
}
