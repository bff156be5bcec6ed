import * as z from "zod";
import type { User } from "./types.js";

export type { User } from "./types.js";

/*
 * What Keycloak answers, as far as it is used. Names are Keycloak's (UserRepresentation and GroupRepresentation of its
 * Admin REST API); what it sends besides passes and is left out.
 */

/** Keycloak leaves out what is not set; what stands between it and us may write null. */
const text = z.string().nullish();
const attributes = z.record(z.string(), z.array(z.string())).nullish();

/** A user in a page of users or of members. */
export const userRecord = z.object({
  id: z.string().min(1),
  username: z.string().min(1),
  email: text,
  emailVerified: z.boolean().nullish(),
  firstName: text,
  lastName: text,
  enabled: z.boolean(),
  attributes,
  createdTimestamp: z.number().nullish(),
  serviceAccountClientId: text,
});

/** A user as Keycloak sends it. */
export type UserRecord = z.output<typeof userRecord>;

/** A group in a page of groups. */
export interface GroupRecord {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly attributes?: Readonly<Record<string, readonly string[]>> | null | undefined;
  /** How many groups are in it; servers before 23 do not say so, and send the groups themselves. */
  readonly subGroupCount?: number | null | undefined;
  readonly subGroups?: readonly GroupRecord[] | null | undefined;
}

/** The schema of `GroupRecord`. */
export const groupRecord: z.ZodType<GroupRecord> = z.object({
  id: z.string().min(1),
  name: z.string().min(1),
  path: z.string().min(1),
  attributes,
  subGroupCount: z.number().nullish(),
  get subGroups() {
    return z.array(groupRecord).nullish();
  },
});

/** Keycloak gives the accounts of clients these names, and lists of users say nothing else about them. */
export const SERVICE_ACCOUNT = "service-account-";

/** A user as programs see it. */
export function userOf(record: UserRecord): User {
  const { id, username, email, firstName, lastName, enabled, createdTimestamp } = record;
  return {
    id,
    username,
    ...(email ? { email } : {}),
    emailVerified: record.emailVerified ?? false,
    ...(firstName ? { firstName } : {}),
    ...(lastName ? { lastName } : {}),
    enabled,
    serviceAccount: Boolean(record.serviceAccountClientId) || username.startsWith(SERVICE_ACCOUNT),
    attributes: record.attributes ?? {},
    ...(typeof createdTimestamp === "number" ? { createdAt: createdTimestamp } : {}),
  };
}
