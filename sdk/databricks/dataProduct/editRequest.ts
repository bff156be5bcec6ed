import { parse } from "yaml";
import { setInText } from "../../core/editDocument.js";
import type { ApproverRole } from "./request.js";

/*
 * Decisions as they go into a request's file. Nothing else of the file changes: what was approved stays what it was.
 */

/** An approval that is to be written. */
export interface ApprovalEdit {
  /** As what. */
  readonly role: ApproverRole;
  /** Who approves. */
  readonly by: string;
  /** The day, such as 2027-01-10. */
  readonly on: string;
  /** To what the access is limited. */
  readonly conditions: {
    /** Only these permissions. */
    readonly permissions?: readonly string[] | undefined;
    /** For so many days at most. */
    readonly duration_days?: number | undefined;
    /** No longer than to this date. */
    readonly until?: string | undefined;
    /** In words. */
    readonly note?: string | undefined;
  };
}

/**
 * Writes an approval. Evidence is the commit that brings the line, so a line that stands there already, as in a form
 * that the requester filled in, is written anew with its day.
 */
export function withApproval(text: string, { role, by, on, conditions }: ApprovalEdit): string {
  const limits = Object.fromEntries(
    Object.entries(conditions).filter(([, value]: [string, unknown]) => value !== undefined),
  );
  const form = parse(text) as { readonly approvals?: Readonly<Record<string, unknown>> };
  const before = form.approvals?.[role];
  const isPlain = Object.keys(limits).length === 0 && before !== by;
  const entry = isPlain ? by : { by, on, ...(Object.keys(limits).length === 0 ? {} : { conditions: limits }) };
  return setInText(text, ["approvals", role], entry);
}

/** A decision that takes access back, or does not give it. */
export interface WithdrawalEdit {
  /** Why. */
  readonly reason: string;
  /** Who decides. */
  readonly by: string;
  /** When access ends; at once where it is left out. */
  readonly on?: string | undefined;
  /** Only these permissions; all where it is left out. */
  readonly permissions?: readonly string[] | undefined;
}

/** Writes that access is taken back, all of it or some permissions, with those that were taken back before. */
export function withRevocation(text: string, { reason, by, on, permissions }: WithdrawalEdit): string {
  const before = (parse(text) as { revocation?: { permissions?: readonly string[] } }).revocation?.permissions ?? [];
  return setInText(text, ["revocation"], {
    reason,
    revoked_by: by,
    ...(on === undefined ? {} : { revoked_on: on }),
    ...(permissions === undefined ? {} : { permissions: [...new Set([...before, ...permissions])] }),
  });
}

/** Writes that a request is turned down. */
export function withRejection(text: string, { reason, by }: WithdrawalEdit): string {
  return setInText(text, ["rejection"], { reason, rejected_by: by });
}
