import type { DocumentProblem, Place } from "../../core/documents.js";
import { isGranted, type Approval, type Consumer } from "./consumer.js";
import { isAtLeast, type EvidenceSource, type Finding } from "./evidence.js";
import { requestersOf, type People } from "./people.js";
import { dayOf, daysBetween } from "./period.js";
import type { EvidenceLevel, Product } from "./product.js";
import type { PlacedRequest } from "./readProduct.js";
import type { ApprovalEntry, ApproverRole } from "./request.js";

/** The two approvals that a request needs, in the order of messages. */
export const ROLES = ["manager", "data_owner"] as const satisfies readonly ApproverRole[];

/** What approvals are judged by. */
export interface Judging {
  /** The product, with its policy. */
  readonly product: Product;
  /** Who is who. */
  readonly people: People;
  /** What is known of the files' history. */
  readonly evidence: EvidenceSource;
  /** The time of the run. */
  readonly now: Date;
}

/** The approvals of a request. */
export interface Approvals {
  /** Those that the file names. */
  readonly approvals: readonly Approval[];
  /** What is missing: `manager`, `data owner`. */
  readonly missing: readonly ApproverRole[];
  /** How well the less well proved is proved. */
  readonly level: EvidenceLevel;
  /** When the last of both was given; undefined where one is missing or not proved. */
  readonly at: string | undefined;
  /** What is wrong with them. */
  readonly problems: readonly DocumentProblem[];
}

/** Judges the approvals of a request. */
export function judgeApprovals(request: PlacedRequest, judging: Judging): Approvals {
  const problems: DocumentProblem[] = [];
  const approvals: Approval[] = [];
  for (const role of ROLES) {
    const entry = request.request.approvals[role];
    if (entry === undefined) continue;
    const finding = judging.evidence.approval(request, role);
    approvals.push(approvalOf(role, entry, finding));
    for (const message of [...standing(request, role, entry, judging), ...proof(role, entry, finding, judging)]) {
      problems.push({ ...request.placeOf(["approvals", role]), message });
    }
  }
  problems.push(...twoPeople(request, approvals, judging));
  const missing = ROLES.filter((role) => request.request.approvals[role] === undefined);
  const times = approvals.flatMap(({ at }) => at ?? []);
  const complete = missing.length === 0 && times.length === ROLES.length;
  const least = approvals.find(({ level }) => approvals.every((other) => isAtLeast(other.level, level)));
  return {
    approvals,
    missing,
    level: missing.length > 0 ? "none" : (least?.level ?? "none"),
    at: complete ? times.sort((a, b) => Date.parse(a) - Date.parse(b)).at(-1) : undefined,
    problems,
  };
}

function approvalOf(role: ApproverRole, entry: ApprovalEntry, { evidence }: Finding): Approval {
  return {
    role,
    approver: entry.by,
    person: evidence?.person,
    level: evidence?.level ?? "none",
    at: evidence?.at,
    reference: evidence?.reference,
    note: entry.conditions?.note,
  };
}

/** A role in words. */
export function roleText(role: ApproverRole): string {
  return role === "manager" ? "manager" : "data owner";
}

/** Whether somebody may approve in a role at all, and not their own request. */
function standing(request: PlacedRequest, role: ApproverRole, { by }: ApprovalEntry, judging: Judging): string[] {
  const { people, evidence } = judging;
  const allowed = approversFor(role, request, judging);
  const isAllowed = allowed.some(
    (each) => people.person(each) === people.person(by) || people.behind(each).includes(people.person(by)),
  );
  const behind = people.behind(by);
  const asking = requestersOf(request.request, people, evidence.filed(request)?.by);
  const own = behind.length > 0 && behind.every((each) => asking.includes(each));
  return [
    ...(isAllowed ? [] : [notAllowed(role, by, allowed, judging)]),
    ...(own
      ? [`${by} approves their own request, which nobody may: somebody else has to (${allowed.join(", ")})`]
      : []),
  ];
}

function notAllowed(role: ApproverRole, by: string, allowed: readonly string[], { product }: Judging): string {
  const whom = allowed.length === 0 ? "nobody may, by its product.yaml" : `these may: ${allowed.join(", ")}`;
  return `${by} may not approve as ${roleText(role)} of ${product.name}: ${whom}`;
}

function approversFor(role: ApproverRole, { request }: PlacedRequest, { product }: Judging): string[] {
  if (role === "data_owner") return product.data_owner;
  const unit = request.consumer_info.business_unit;
  return product.managers
    .filter(({ business_units: units }) => units === undefined || (unit !== undefined && units.includes(unit)))
    .map((manager) => manager.email);
}

/** Whether an approval is proved well enough, and by whom it says. */
function proof(role: ApproverRole, entry: ApprovalEntry, { evidence, reason }: Finding, judging: Judging): string[] {
  const { product, now } = judging;
  const who = `the approval of ${entry.by} as ${roleText(role)}`;
  const { evidence: least } = product.policy;
  if (evidence === undefined) return [`${who} ${reason}. A name in the file is no approval: ${remedy(least)}`];
  const future = [entry.on, evidence.at].find((at) => at !== undefined && Date.parse(at) > now.getTime() + HOUR);
  if (future !== undefined) return [`${who} is of ${dayOf(future)}, which is to come: nobody can have approved yet`];
  if (entry.on !== undefined && Math.abs(daysBetween(evidence.at, entry.on)) > 1) {
    const told = `${evidence.reference} is of ${dayOf(evidence.at)}`;
    return [`${who} is dated ${dayOf(entry.on)}, and ${told}: take out "on", or give the day on which it was approved`];
  }
  if (isAtLeast(evidence.level, least)) return [];
  return [
    `${who} is proved by a ${levelText(evidence.level)} alone (${evidence.reference}), and it ${reason}. ${product.name} wants a ${levelText(least)}: ${remedy(least)}`,
  ];
}

/** Clocks differ; more than this is no matter of clocks. */
const HOUR = 60 * 60 * 1000;

/** A level of evidence in words. */
export function levelText(level: EvidenceLevel): string {
  return level === "none" ? "name" : level === "signed_commit" ? "signed commit" : level;
}

function remedy(least: EvidenceLevel): string {
  if (least === "signed_commit") return "the approver has to write this line in a commit that they sign themselves";
  if (least === "review")
    return "the approver has to approve the pull request with this line in it, and the review has to be exported; or to sign a commit with this line";
  return "the approver has to commit this line themselves, or to approve the pull request with it";
}

/** Data owner and manager are two people. */
function twoPeople(request: PlacedRequest, approvals: readonly Approval[], { people }: Judging): DocumentProblem[] {
  const [manager, owner] = ROLES.map((role) => approvals.find((each) => each.role === role));
  if (manager === undefined || owner === undefined) return [];
  const [first, second] = [manager, owner].map(({ person, approver }) => person ?? people.person(approver));
  if (first === undefined || first !== second) return [];
  const message = `${first} approved as manager and as data owner: these have to be two people`;
  return [{ ...request.placeOf(["approvals", "data_owner"]), message }];
}

/**
 * Who approves does not run the grant: the approvals of access that is given by somebody who runs this.
 *
 * @param placeOf The place of an approval in the file of its request.
 * @param runner By which addresses the one who runs this is known.
 */
export function runByApprover(
  consumers: readonly Consumer[],
  placeOf: (requestId: string, role: ApproverRole) => Place,
  runner: readonly string[],
  { product, people }: Pick<Judging, "product" | "people">,
): DocumentProblem[] {
  if (!product.policy.separate_granting) return [];
  const persons = new Set(runner.map((address) => people.person(address)));
  return consumers.filter(isGranted).flatMap(({ requestId, approvals }) =>
    approvals
      .filter(({ person }) => person !== undefined && persons.has(person))
      .map(({ role, person = "" }) => ({
        ...placeOf(requestId, role),
        message: `${person} approved this as ${roleText(role)}, and runs it too: let somebody else run it, or the pipeline's service principal`,
      })),
  );
}
