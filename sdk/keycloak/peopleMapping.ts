import type { DirectoryPerson } from "../glean/directory.js";
import { expectKeys, type KeysOf } from "../core/knownKeys.js";
import type { StructuredLocation } from "../glean/fields.js";
import type { Person } from "./getPeople.js";

/**
 * Where a field comes from: the name of an attribute, or a pattern for paths of groups (it begins with a slash: `*`
 * stands for one level, `**` for any; the value is the name of the group). Of several the first counts that gives a
 * value; an empty list leaves the field out.
 */
export type Names = string | readonly string[];

/** Which attributes and groups of Keycloak become which fields. What is left out stays as in `standardNames`. */
export interface PeopleNames {
  /** The organisational unit. */
  readonly department?: Names;
  /** The unit above departments. */
  readonly businessUnit?: Names;
  /** The job title. */
  readonly title?: Names;
  /** The manager: an e-mail address, a user name, an id of Keycloak, or the name in the LDAP that feeds Keycloak. */
  readonly manager?: Names;
  /** The phone number. */
  readonly phoneNumber?: Names;
  /** The first day: `2027-01-31`, the same with a time, or `20270131000000Z` as LDAP has it. */
  readonly startDate?: Names;
  /** The nickname. */
  readonly preferredName?: Names;
  /** She/her, he/his, or another. */
  readonly pronoun?: Names;
  /** Address of a picture. */
  readonly photoUrl?: Names;
  /** Office, city, country and the rest of where somebody is. */
  readonly location?: { readonly [F in keyof StructuredLocation]?: Names };
  /** The groups that are teams: patterns for their paths, and no attributes. */
  readonly teams?: Names;
}

/** What becomes of somebody: a person of a `glean.Directory`, with a manager who may be named otherwise. */
export type MappedPerson = DirectoryPerson & {
  /** The manager, by e-mail address, user name, id of Keycloak or LDAP name; the address is looked up. */
  readonly manager?: string;
};

/** Tells what could not be taken of somebody, for a warning: a kind of trouble, and the value. */
export type Trouble = (what: string, value?: string) => void;

/** Makes of somebody in Keycloak a person of the directory; undefined leaves somebody out. */
export type PeopleMapping = (person: Person, trouble: Trouble) => MappedPerson | undefined;

/** The names that are looked at where nothing else is said. */
export const standardNames = {
  department: ["department"],
  businessUnit: ["businessUnit", "division"],
  title: ["title", "jobTitle"],
  manager: ["manager", "managerEmail"],
  phoneNumber: ["phoneNumber", "phone", "telephoneNumber", "mobile"],
  startDate: ["startDate", "hireDate"],
  preferredName: ["preferredName", "nickname"],
  pronoun: ["pronouns", "pronoun"],
  photoUrl: ["picture", "photoUrl"],
  location: {
    deskLocation: ["desk", "roomNumber"],
    timezone: ["timezone", "zoneinfo"],
    address: ["office", "physicalDeliveryOfficeName", "location"],
    city: ["city", "locality", "l"],
    state: ["state", "st"],
    region: ["region"],
    zipCode: ["zipCode", "postalCode", "postal_code"],
    country: ["country", "co"],
    countryCode: ["countryCode", "c"],
  },
  teams: ["/**"],
} as const satisfies Required<PeopleNames>;

const NAMES = keysOf(standardNames);
const PLACES = keysOf(standardNames.location);

function keysOf<T extends object>(all: T): KeysOf<T> {
  return Object.fromEntries(Object.keys(all).map((key) => [key, true])) as KeysOf<T>;
}

/** Ends the program where names are given for a field that there is not: the field that was meant would keep its own. */
function expectNames(what: string, names: PeopleNames): void {
  expectKeys(what, "the names", names, NAMES);
  if (names.location !== undefined) expectKeys(what, "location", names.location, PLACES);
}

/**
 * The mapping that a `keycloak.KeycloakPeople` has by default, or the same with other names. A mapping of one's own can
 * begin with it.
 *
 * @param names Which attributes and groups are looked at, where they are others than `standardNames`.
 *
 * @example
 * const standard = keycloak.mapPeople({ title: "position", department: ["department", "/departments/*"] });
 * const mapping: keycloak.PeopleMapping = (person, trouble) => ({
 *   ...standard(person, trouble),
 *   type: person.groups.includes("/contractors") ? "CONTRACTOR" : "FULL_TIME",
 * });
 */
export function mapPeople(names: PeopleNames = {}): (person: Person, trouble: Trouble) => MappedPerson {
  return mappingOf("keycloak.mapPeople", names);
}

/** `mapPeople` for names that are given to something else: `what` begins the error for one that there is not. */
export function mappingOf(what: string, names: PeopleNames): (person: Person, trouble: Trouble) => MappedPerson {
  expectNames(what, names);
  const { location, teams, ...rest } = { ...standardNames, ...names };
  const readers = Object.entries(rest).map(([field, from]) => [field, readerOf(from)] as const);
  const places = Object.entries({ ...standardNames.location, ...location }).map(
    ([field, from]) => [field, readerOf(from)] as const,
  );
  const isTeam = matcherOf(listOf(teams));
  return (person, trouble) => {
    const take = (all: typeof readers): Record<string, string> =>
      Object.fromEntries(
        all.flatMap(([field, read]) => {
          const given = read(person);
          const value = given === undefined ? undefined : fitted(field, given, trouble);
          return value === undefined ? [] : [[field, value]];
        }),
      );
    const structuredLocation = take(places);
    const inTeams = person.groups.filter(isTeam).map((path) => ({ teamId: path, name: nameOf(path) }));
    return {
      source: person.id,
      label: person.username,
      ...(person.email === undefined ? {} : { email: person.email }),
      ...(person.firstName === undefined ? {} : { firstName: person.firstName }),
      ...(person.lastName === undefined ? {} : { lastName: person.lastName }),
      ...take(readers),
      ...(Object.keys(structuredLocation).length === 0 ? {} : { structuredLocation }),
      ...(inTeams.length === 0 ? {} : { teams: inTeams }),
    };
  };
}

function listOf(names: Names): readonly string[] {
  return typeof names === "string" ? [names] : names;
}

/** The last name of a path. */
function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Whether one of some patterns matches: all but `*` and `**` stands for itself, as names of groups hold anything. */
function matcherOf(patterns: readonly string[]): (path: string) => boolean {
  const all = patterns.map((pattern) => {
    const text = pattern
      .replaceAll(/[\\^$.|?+()[\]{}]/g, "\\$&")
      .replaceAll(/\*+/g, (stars) => (stars === "*" ? "[^/]*" : ".*"));
    return new RegExp(`^${text}$`, "s");
  });
  return (path) => all.some((each) => each.test(path));
}

/** What gives a field's value, out of attributes and groups; undefined for none. */
function readerOf(names: Names): (person: Person) => string | undefined {
  const sources = listOf(names).map((name) => {
    if (!name.startsWith("/")) {
      return ({ attributes }: Person): string | undefined => attributes[name]?.find((value) => value.trim() !== "");
    }
    const matches = matcherOf([name]);
    return ({ groups }: Person): string | undefined => {
      const path = groups.find(matches);
      return path === undefined ? undefined : nameOf(path);
    };
  });
  return (person) => {
    for (const source of sources) {
      const value = source(person)?.trim();
      if (value !== undefined && value !== "") return value;
    }
    return undefined;
  };
}

/** A value as the directory takes it: one that it would refuse would keep the whole person out. */
function fitted(field: string, value: string, trouble: Trouble): string | undefined {
  const fits = FITTING[field];
  const made = fits === undefined ? value : fits(value);
  if (made === undefined) trouble(`${field} is not what it should be, and is left out`, value);
  return made;
}

const FITTING: Readonly<Record<string, (value: string) => string | undefined>> = {
  startDate: dayOf,
  photoUrl: (value) => (/^https?:\/\//.test(value) && URL.canParse(value) ? value : undefined),
  countryCode: (value) => (/^[A-Za-z]{2,3}$/.test(value) ? value : undefined),
};

/** `2027-01-31`, with or without a time, or LDAP's `20270131000000Z`. */
function dayOf(value: string): string | undefined {
  const [, year, month, day] = /^(\d{4})-?(\d{2})-?(\d{2})(?:$|[T ]|\d{4,6}(?:\.\d+)?Z$)/.exec(value) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const text = `${year}-${month}-${day}`;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text) ? text : undefined;
}
