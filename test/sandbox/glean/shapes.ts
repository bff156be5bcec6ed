/*
 * The shapes of what the Indexing API takes, from Glean's documentation of it; contract.test.ts holds them against the
 * vendor's own file where that is at hand.
 */

/** What a value has to be. */
export type Shape =
  | {
      readonly kind: "text";
      readonly format?: "date" | "uri" | "email";
      readonly filled?: true;
      readonly words?: readonly string[];
    }
  | { readonly kind: "truth" }
  | { readonly kind: "whole" }
  | { readonly kind: "list"; readonly of: Shape }
  | {
      readonly kind: "object";
      readonly name: string;
      readonly required: readonly string[];
      readonly of: Readonly<Record<string, Shape>>;
    }
  | { readonly kind: "textOrLink" };

const text: Shape = { kind: "text" };
const filled: Shape = { kind: "text", filled: true };
const date: Shape = { kind: "text", format: "date" };
const uri: Shape = { kind: "text", format: "uri" };
const mail: Shape = { kind: "text", format: "email" };
const truth: Shape = { kind: "truth" };
const whole: Shape = { kind: "whole" };
const words = (...of: readonly string[]): Shape => ({ kind: "text", words: of });
const list = (of: Shape): Shape => ({ kind: "list", of });
const object = (name: string, required: readonly string[], of: Readonly<Record<string, Shape>>): Shape => ({
  kind: "object",
  name,
  required,
  of,
});

const additionalFields = list(
  object("AdditionalFieldDefinition", [], { key: text, value: list({ kind: "textOrLink" }) }),
);
const datasourceProfiles = list(
  object("DatasourceProfile", ["datasource", "handle"], {
    datasource: text,
    handle: text,
    url: text,
    nativeAppUrl: text,
    isUserGenerated: truth,
  }),
);

const employee = object("EmployeeInfoDefinition", ["department", "email"], {
  additionalFields,
  alsoKnownAs: list(text),
  bio: text,
  businessUnit: text,
  datasourceProfiles,
  department: filled,
  email: filled,
  endDate: date,
  firstName: filled,
  id: text,
  lastName: filled,
  location: text,
  managerEmail: text,
  managerId: text,
  phoneNumber: text,
  photoUrl: uri,
  preferredName: text,
  profileUrl: text,
  pronoun: text,
  relationships: list(
    object("EntityRelationship", ["name", "email"], {
      email: text,
      name: words("CHIEF_OF_STAFF", "EXECUTIVE_ASSISTANT"),
    }),
  ),
  socialNetworks: list(object("SocialNetworkDefinition", [], { name: text, profileName: text, profileUrl: text })),
  startDate: date,
  status: words("CURRENT", "FUTURE", "EX"),
  structuredLocation: object("StructuredLocation", [], {
    address: text,
    city: text,
    country: text,
    countryCode: text,
    deskLocation: text,
    region: text,
    state: text,
    timezone: text,
    zipCode: text,
  }),
  teams: list(object("EmployeeTeamInfo", [], { id: text, name: text, url: uri })),
  title: text,
  type: words("FULL_TIME", "CONTRACTOR", "NON_EMPLOYEE"),
});

const team = object("TeamInfoDefinition", ["id", "members", "name"], {
  additionalFields,
  businessUnit: text,
  datasourceProfiles,
  department: text,
  description: text,
  emails: list(
    object("TeamEmail", ["email", "type"], { email: mail, type: words("PRIMARY", "SECONDARY", "ONCALL", "OTHER") }),
  ),
  externalLink: uri,
  id: filled,
  members: list(
    object("TeamMember", ["email"], {
      email: mail,
      join_date: date,
      relationship: words("MEMBER", "MANAGER", "LEAD", "POINT_OF_CONTACT", "OTHER"),
    }),
  ),
  name: filled,
  photoUrl: uri,
});

const upload = { uploadId: filled, isFirstPage: truth, isLastPage: truth, forceRestartUpload: truth };

/** The body of each request, by the last part of its path. */
export const BODIES: Readonly<Record<string, Shape>> = {
  indexemployee: object("IndexEmployeeRequest", ["employee"], { employee, version: whole }),
  deleteemployee: object("DeleteEmployeeRequest", ["employeeEmail"], { employeeEmail: filled, version: whole }),
  indexteam: object("IndexTeamRequest", ["team"], { team, version: whole }),
  deleteteam: object("DeleteTeamRequest", ["id"], { id: filled }),
  bulkindexemployees: object("BulkIndexEmployeesRequest", ["uploadId", "employees"], {
    ...upload,
    employees: list(employee),
    disableStaleDataDeletionCheck: truth,
  }),
  bulkindexteams: object("BulkIndexTeamsRequest", ["uploadId", "teams"], { ...upload, teams: list(team) }),
  getdatasourceconfig: object("GetDatasourceConfigRequest", ["datasource"], { datasource: filled }),
};

/** What is wrong with a value; undefined for nothing. */
export function wrongWith(value: unknown, shape: Shape, where = "body"): string | undefined {
  switch (shape.kind) {
    case "text":
      return wrongText(value, shape, where);
    case "truth":
      return typeof value === "boolean" ? undefined : `${where} must be a boolean`;
    case "whole":
      return Number.isSafeInteger(value) ? undefined : `${where} must be an integer`;
    case "textOrLink":
      return isTextOrLink(value) ? undefined : `${where} must be a string or a hypertext field`;
    case "list":
      if (!Array.isArray(value)) return `${where} must be an array`;
      return firstOf(value.map((inner, index) => () => wrongWith(inner, shape.of, `${where}[${String(index)}]`)));
    case "object":
      return wrongObject(value, shape, where);
  }
}

function wrongText(value: unknown, shape: Extract<Shape, { kind: "text" }>, where: string): string | undefined {
  if (typeof value !== "string") return `${where} must be a string`;
  if (shape.filled && value.trim() === "") return `${where} must not be empty`;
  if (shape.words?.includes(value) === false) return `${where} must be one of ${shape.words.join(", ")}`;
  if (shape.format === "date" && !/^\d{4}-\d\d-\d\d$/.test(value)) return `${where} must be a date`;
  if (shape.format === "uri" && !URL.canParse(value)) return `${where} must be a URI`;
  if (shape.format === "email" && !/^[^@\s]+@[^@\s]+$/.test(value)) return `${where} must be an email`;
  return undefined;
}

function wrongObject(value: unknown, shape: Extract<Shape, { kind: "object" }>, where: string): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return `${where} must be an object`;
  const given = value as Record<string, unknown>;
  const missing = shape.required.find((name) => given[name] === undefined);
  if (missing !== undefined) return `${where}.${missing} is required`;
  const strange = Object.keys(given).find((name) => !Object.hasOwn(shape.of, name));
  if (strange !== undefined) return `${where}.${strange} is not a known field`;
  if (shape.name === "AdditionalFieldDefinition" && !/^[a-z]+$/.test(String(given["key"]))) {
    return `${where}.key must be all lowercase alphabetic characters`;
  }
  return firstOf(
    Object.entries(given).map(([name, inner]) => () => {
      const of = shape.of[name];
      return of === undefined ? undefined : wrongWith(inner, of, `${where}.${name}`);
    }),
  );
}

function isTextOrLink(value: unknown): boolean {
  if (typeof value === "string") return true;
  return typeof value === "object" && value !== null && "anchor" in value && "hyperlink" in value;
}

function firstOf(checks: readonly (() => string | undefined)[]): string | undefined {
  for (const check of checks) {
    const wrong = check();
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}
