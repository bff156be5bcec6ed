import * as z from "zod";
import { additionalField, datasourceProfile, day, email, link, list, text, word } from "./fields.js";

/** An object that says nothing is left out. */
function orNone<T extends object>(given: T): T | undefined {
  return Object.values(given).every((value) => value === undefined) ? undefined : given;
}

const countryCode = z
  .string()
  .regex(/^[A-Za-z]{2,3}$/, "must be an ISO 3166 code of two or three letters, such as PT or PRT")
  .optional();

/** The fields of a person, as the arguments of `glean.Person` and the records of a `glean.Directory` have them. */
export const personShape = {
  email: email(),
  department: z.string().min(1, "must not be empty"),
  firstName: text(),
  lastName: text(),
  preferredName: text(),
  alsoKnownAs: list(z.string().min(1, "must not be empty")),
  title: text(),
  businessUnit: text(),
  managerEmail: email().optional(),
  employeeId: text(),
  managerId: text(),
  type: word(["FULL_TIME", "CONTRACTOR", "NON_EMPLOYEE"], "FULL_TIME"),
  status: word(["CURRENT", "FUTURE", "EX"], "CURRENT"),
  startDate: day(),
  endDate: day(),
  phoneNumber: text(),
  location: text(),
  structuredLocation: z
    .strictObject({
      deskLocation: text(),
      timezone: text(),
      address: text(),
      city: text(),
      state: text(),
      region: text(),
      zipCode: text(),
      country: text(),
      countryCode,
    })
    .transform(orNone)
    .optional(),
  bio: text(),
  pronoun: text(),
  photoUrl: link(),
  profileUrl: link(),
  teams: list(z.strictObject({ teamId: text(), name: text(), url: link() })),
  relationships: list(
    z.strictObject({
      name: z.enum(["CHIEF_OF_STAFF", "EXECUTIVE_ASSISTANT"], "must be CHIEF_OF_STAFF or EXECUTIVE_ASSISTANT"),
      email: email(),
    }),
  ),
  socialNetworks: list(z.strictObject({ name: text(), profileName: text(), profileUrl: link() })),
  datasourceProfiles: list(datasourceProfile),
  additionalFields: list(additionalField),
};

/** A person's record. Parsing gives its canonical form. */
export const personSchema = z.strictObject(personShape);

/** A person's record in canonical form. */
export type PersonRecord = z.output<typeof personSchema>;

/** A person as Glean's API has it. */
export function employeeOf({ employeeId, teams, ...rest }: PersonRecord): Readonly<Record<string, unknown>> {
  return {
    ...rest,
    ...(employeeId === undefined ? {} : { id: employeeId }),
    ...(teams === undefined ? {} : { teams: teams.map(({ teamId, ...team }) => ({ id: teamId, ...team })) }),
  };
}
