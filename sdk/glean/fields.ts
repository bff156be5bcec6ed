/** Where somebody is. What is left out is unknown. */
export interface StructuredLocation {
  /** Number of the desk. */
  readonly deskLocation?: string;
  /** Time zone, such as UTC or PST. */
  readonly timezone?: string;
  /** Address or name of the office. */
  readonly address?: string;
  /** City. */
  readonly city?: string;
  /** Code of the state. */
  readonly state?: string;
  /** Region, such as NORAM or APAC. */
  readonly region?: string;
  /** Postal code. */
  readonly zipCode?: string;
  /** Name of the country. */
  readonly country?: string;
  /** ISO 3166 code of the country, two or three letters: PT, PRT. */
  readonly countryCode?: string;
}

/** A team that somebody is in. */
export interface PersonTeam {
  /** The team's id, as `glean.Team` has it. */
  readonly teamId?: string;
  /** The team's name. */
  readonly name?: string;
  /** A page about the team inside the company. */
  readonly url?: string;
}

/** A relationship to somebody else, in one direction. */
export interface Relationship {
  /** What somebody is to the other. */
  readonly name: "CHIEF_OF_STAFF" | "EXECUTIVE_ASSISTANT";
  /** E-mail address of the other. */
  readonly email: string;
}

/** A profile in a social network. */
export interface SocialNetwork {
  /** `twitter` or `linkedin`. */
  readonly name?: string;
  /** Name of the profile, for people. */
  readonly profileName?: string;
  /** Address of the profile. */
  readonly profileUrl?: string;
}

/** A profile in another system that Glean knows. */
export interface DatasourceProfile {
  /** The data source, such as `github`. */
  readonly datasource: string;
  /** The name there. */
  readonly handle: string;
  /** Address of the profile. */
  readonly url?: string;
  /** Link into the data source's own application, such as `slack://...`. */
  readonly nativeAppUrl?: string;
  /** Whether somebody added it by hand in Glean. Glean keeps this for itself; it is here because the API has it. */
  readonly isUserGenerated?: boolean;
}

/** A field of one's own. */
export interface AdditionalField {
  /** Lower-case letters only (a to z): Glean takes no digits, spaces, hyphens or underscores. */
  readonly key: string;
  /** Texts, or links with a text. */
  readonly value: readonly (string | { readonly anchor: string; readonly hyperlink: string })[];
}

/**
 * A person's record, as Glean's Indexing API takes it (EmployeeInfoDefinition). Sending it replaces the whole record:
 * a field that is left out is then empty.
 */
export interface PersonFields {
  /** The e-mail address, which tells people apart. Sent in lower case. */
  readonly email: string;
  /** The organisational unit, such as `Engineering`. Glean requires it. */
  readonly department: string;
  /** First name; not empty. */
  readonly firstName?: string;
  /** Last name; not empty. */
  readonly lastName?: string;
  /** Preferred name or nickname. */
  readonly preferredName?: string;
  /** Other names. */
  readonly alsoKnownAs?: readonly string[];
  /** Job title. */
  readonly title?: string;
  /** The unit above departments, in companies with several businesses. */
  readonly businessUnit?: string;
  /** The manager's e-mail address. */
  readonly managerEmail?: string;
  /** An identifier of your own (the API's `id`), only to find managers by `managerId`. */
  readonly employeeId?: string;
  /** The manager's `employeeId`. */
  readonly managerId?: string;
  /** Default "FULL_TIME". */
  readonly type?: "FULL_TIME" | "CONTRACTOR" | "NON_EMPLOYEE";
  /** Default "CURRENT". */
  readonly status?: "CURRENT" | "FUTURE" | "EX";
  /** First day: `2027-01-31`. */
  readonly startDate?: string;
  /** Last day of somebody who has left: `2027-01-31`. */
  readonly endDate?: string;
  /** Phone number. */
  readonly phoneNumber?: string;
  /**
   * Name of a city or an office.
   * @deprecated Glean removes it on 2026-10-15: give `structuredLocation`.
   */
  readonly location?: string;
  /** Country, city, office and desk. */
  readonly structuredLocation?: StructuredLocation;
  /** A few sentences. */
  readonly bio?: string;
  /** She/her, he/his, or another. */
  readonly pronoun?: string;
  /** Address of a picture. */
  readonly photoUrl?: string;
  /** Address of a profile page inside the company. */
  readonly profileUrl?: string;
  /** The teams. */
  readonly teams?: readonly PersonTeam[];
  /** Relationships to others. */
  readonly relationships?: readonly Relationship[];
  /** Social networks. */
  readonly socialNetworks?: readonly SocialNetwork[];
  /** Profiles in other systems. */
  readonly datasourceProfiles?: readonly DatasourceProfile[];
  /** Fields of your own. */
  readonly additionalFields?: readonly AdditionalField[];
}

/** Somebody in a team. */
export interface TeamMember {
  /** E-mail address. Sent in lower case. */
  readonly email: string;
  /** Default "MEMBER". */
  readonly relationship?: "MEMBER" | "MANAGER" | "LEAD" | "POINT_OF_CONTACT" | "OTHER";
  /** First day in the team: `2027-01-31`. */
  readonly joinDate?: string;
}

/** An e-mail address of a team. */
export interface TeamEmail {
  /** The address. Sent in lower case. */
  readonly email: string;
  /** Default "OTHER". */
  readonly type?: "PRIMARY" | "SECONDARY" | "ONCALL" | "OTHER";
}

/** A team's record, as Glean's Indexing API takes it (TeamInfoDefinition). Sending it replaces the whole record. */
export interface TeamFields {
  /** The identifier (the API's `id`), which tells teams apart. */
  readonly teamId: string;
  /** The name. */
  readonly name: string;
  /** Everybody in the team; may be empty. */
  readonly members: readonly TeamMember[];
  /** What the team does. */
  readonly description?: string;
  /** The unit above departments. */
  readonly businessUnit?: string;
  /** The organisational unit. */
  readonly department?: string;
  /** Address of a picture. */
  readonly photoUrl?: string;
  /** A page about the team: results in Glean lead there. */
  readonly externalLink?: string;
  /** The team's own addresses. */
  readonly emails?: readonly TeamEmail[];
  /** Profiles in other systems. */
  readonly datasourceProfiles?: readonly DatasourceProfile[];
  /** Fields of your own. */
  readonly additionalFields?: readonly AdditionalField[];
}
