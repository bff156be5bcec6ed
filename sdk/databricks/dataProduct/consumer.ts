import { principalOf, type AccessRequest } from "./request.js";
import type { Approval, Consumer, ConsumerStatus, Withdrawal } from "./types.js";

export type { Approval, Consumer, ConsumerStatus, Withdrawal };

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
