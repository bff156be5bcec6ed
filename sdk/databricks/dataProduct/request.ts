import * as z from "zod";
import { day, days, email, entry, list, text, yes } from "../../core/fields.js";
import type { ApproverRole } from "./types.js";

export type { ApproverRole };

/*
 * A request: the form of one file. Who asks, for what, why and for how long; who approved; whether it was taken back.
 */

const consumer = entry("a consumer", {
  name: text("the name of the consumer"),
  email: email("the e-mail address of who asks"),
  group: text("the name of an account group")
    .optional()
    .describe("Access is for this group; email is then who asks and answers for it."),
  service_principal: text("the application id of a service principal")
    .optional()
    .describe("Access is for this service principal; email is then who asks and answers for it."),
  business_unit: text("a business unit").optional(),
  role: text("a role").optional(),
}).refine(({ group, service_principal: app }) => group === undefined || app === undefined, {
  path: ["service_principal"],
  error: "stands beside group: a request is for one consumer, so make two requests",
});

const permissions = list(
  text("a permission, such as SELECT on customers table"),
  "permissions",
  "such as [SELECT on customers table]",
).min(1, { error: "must have one at least, such as [SELECT on customers table]" });

const details = entry("the details of access", {
  justification: text("why the access is needed"),
  use_cases: list(text("a use case"), "use cases").default([]),
  requested_permissions: permissions.describe(
    'In words ("SELECT on customers table") or exactly ("SELECT on table main.sales.customers").',
  ),
  duration_days: days().optional().describe("For how many days from the last approval on. This, or expires."),
  expires: day().optional().describe("When access ends. This, or duration_days."),
  starts: day().optional().describe("Before when nothing is granted. Default: at once."),
  data_sensitivity_acknowledged: yes().describe("The consumer knows how sensitive the data is."),
}).superRefine(({ duration_days: duration, expires, starts }, context) => {
  if ((duration === undefined) === (expires === undefined)) {
    const message =
      duration === undefined
        ? "is missing: for how many days, such as 365 (or expires, a date)"
        : "stands beside expires: keep one of them";
    context.addIssue({ code: "custom", path: ["duration_days"], message });
  }
  if (starts !== undefined && expires !== undefined && Date.parse(expires) <= Date.parse(starts)) {
    context.addIssue({
      code: "custom",
      path: ["expires"],
      message: "is not after starts: nothing would ever be granted",
    });
  }
});

const conditions = entry("conditions of an approval", {
  permissions: permissions.optional().describe("Only these of the requested permissions."),
  duration_days: days().optional().describe("For so many days at most."),
  until: day().optional().describe("No longer than to this date."),
  note: text("a text").optional().describe("A condition in words, which the outputs and the ledger keep."),
});

const approval = z
  .union(
    [
      email("the e-mail address of who approved"),
      entry("an approval", {
        by: email("the e-mail address of who approved"),
        on: day().optional().describe("When. Default: when the commit or the review was made."),
        conditions: conditions.optional(),
      }),
    ],
    { error: "must be the e-mail address of who approved, or an object with it: { by: ana@example.com }" },
  )
  .transform((given): ApprovalEntry => (typeof given === "string" ? { by: given } : given));

/** An approval as the file has it. That alone proves nothing. */
export interface ApprovalEntry {
  /** Who approved: a person's address, or that of a team. */
  readonly by: string;
  /** When, by the file. ISO 8601 in UTC. */
  readonly on?: string | undefined;
  /** To what the approver limits the access. */
  readonly conditions?: z.output<typeof conditions> | undefined;
}

const dated = z.union([yes(), day()], { error: "must be true, false or the day on which it was done" });

const compliance = entry("compliance", {
  training_completed: dated.optional().describe("True, or the day of the training."),
  policy_acknowledged: dated.optional(),
  nda_signed: dated.optional(),
});

const revocation = entry("a revocation", {
  reason: text("why the access is taken back"),
  revoked_by: email("the e-mail address of who takes it back").optional().describe("Default: whose commit it is."),
  revoked_on: day()
    .optional()
    .describe("When. A day to come ends the access then. Default: at once, and when the commit was made."),
  permissions: permissions.optional().describe("Only these are taken back. Default: all."),
});

const rejection = entry("a rejection", {
  reason: text("why the request is not approved"),
  rejected_by: email("the e-mail address of who decided").optional().describe("Default: whose commit it is."),
});

/** The JSON or YAML of a request's file: the form, with what approvers and owners add. */
export const requestFile = entry("a request", {
  $schema: z.string().optional(),
  request_id: text("a name for the request").optional().describe("Default: the file's name without its ending."),
  product_name: text("the name of the product"),
  requested_date: day().optional().describe("When it was asked for. Default: when the file was first committed."),
  renews: text("the id of a request").optional().describe("The earlier request that this one prolongs."),
  consumer_info: consumer,
  access_details: details,
  approvals: entry("approvals", { manager: approval.optional(), data_owner: approval.optional() })
    .default({})
    .describe("Who approved. Counted with evidence alone: the approver's commit, or their review."),
  compliance,
  rejection: rejection.optional().describe("The request is not approved."),
  revocation: revocation.optional().describe("The access is taken back, all or some of it."),
  notes: text("a text").optional().describe("For those who read the file."),
}).describe("A request for access to a data product.");

/** A request as its file says, with defaults. Addresses are in lower case, instants ISO 8601 in UTC. */
export type AccessRequest = z.output<typeof requestFile>;

/** What approvers approve: all that a request asks for. It cannot change after an approval without a new one. */
export function approvedPart(request: AccessRequest): unknown {
  const { request_id: id, product_name: product, renews, consumer_info: who, access_details: what } = request;
  return [id, product, renews, who, what, request.compliance];
}

/** The id of a request's consumer, as Databricks knows the principal. */
export function principalOf({
  consumer_info: { email: address, group, service_principal: app },
}: AccessRequest): string {
  return group ?? app ?? address;
}
