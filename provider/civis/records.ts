import * as z from "zod";

/*
 * What Civis Platform answers, as far as it is used. Names are those of its API (civis_api_spec.json of the Python
 * client); what it sends besides passes and is left out. The specification calls many fields required texts that
 * really arrive as null.
 */

const text = z
  .string()
  .nullish()
  .transform((given) => given ?? undefined);
const yes = z
  .boolean()
  .nullish()
  .transform((given) => given ?? false);

/** A member in a list of groups: without e-mail, and without a word on whether the account is active. */
const listedMember = z.object({ id: z.int(), username: z.string().min(1), name: text });

const groupFields = {
  id: z.int(),
  name: z.string().min(1),
  slug: text,
  organizationName: text,
  /** The active ones; the specification says so of this field alone. */
  memberCount: z.int(),
  totalMemberCount: z.int(),
};

/** An entry of `GET /groups/`. */
export const groupSummary = z.object({ ...groupFields, members: z.array(listedMember) });

/** `GET /groups/{id}`: the same with what a list leaves out about members. */
export const groupDetail = z.object({
  ...groupFields,
  members: z.array(listedMember.extend({ email: text, active: z.boolean() })),
});

const child = z.object({ id: z.int(), name: z.string() });

/** `GET /groups/{id}/child_groups`: the groups that a group has permissions on. */
export const childGroups = z.object({
  manageable: z.array(child),
  writeable: z.array(child),
  readable: z.array(child),
});

/** An entry of `GET /users/`. The user name is called `user` here and `username` everywhere else. */
export const userSummary = z.object({
  id: z.int(),
  user: z.string().min(1),
  name: text,
  email: text,
  active: z.boolean(),
  suspended: yes,
});

/** A group as `GET /groups/` sends it. */
export type GroupSummary = z.output<typeof groupSummary>;
/** A group as `GET /groups/{id}` sends it. */
export type GroupDetail = z.output<typeof groupDetail>;
/** The groups that a group has permissions on. */
export type ChildGroups = z.output<typeof childGroups>;
/** A user as `GET /users/` sends it. */
export type UserSummary = z.output<typeof userSummary>;
