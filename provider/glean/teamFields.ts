import * as z from "zod";
import { additionalField, datasourceProfile, day, email, link, list, text, word } from "./fields.js";

/** The fields of a team, as the arguments of `glean.Team` and the records of a `glean.Directory` have them. */
export const teamShape = {
  teamId: z.string().min(1, "must not be empty"),
  name: z.string().min(1, "must not be empty"),
  members: z.array(
    z.strictObject({
      email: email(),
      relationship: word(["MEMBER", "MANAGER", "LEAD", "POINT_OF_CONTACT", "OTHER"], "MEMBER"),
      joinDate: day(),
    }),
    "must be a list",
  ),
  description: text(),
  businessUnit: text(),
  department: text(),
  photoUrl: link(),
  externalLink: link(),
  emails: list(
    z.strictObject({
      email: email(),
      type: z
        .enum(["PRIMARY", "SECONDARY", "ONCALL", "OTHER"], "must be PRIMARY, SECONDARY, ONCALL or OTHER")
        .default("OTHER"),
    }),
  ),
  datasourceProfiles: list(datasourceProfile),
  additionalFields: list(additionalField),
};

/** A team's record. Parsing gives its canonical form. */
export const teamSchema = z.strictObject(teamShape);

/** A team's record in canonical form. */
export type TeamRecord = z.output<typeof teamSchema>;

/** A team as Glean's API has it. */
export function teamOf({ teamId, members, ...rest }: TeamRecord): Readonly<Record<string, unknown>> {
  return {
    ...rest,
    id: teamId,
    members: members.map(({ joinDate, ...member }) => ({
      ...member,
      ...(joinDate === undefined ? {} : { join_date: joinDate }),
    })),
  };
}
