import {
  OPEN_PROFILE,
  serviceClient,
  type GroupRepresentation,
  type RealmRepresentation,
  type UserRepresentation,
} from "./representation.js";

/*
 * A company as a realm, made up by number, for what goes from Keycloak into a directory: the same number is always the
 * same person. Some lack something, or have something that no directory takes.
 */

/** The clients of the realm: one that may read, and one that lacks a role. */
export const EXPORTER = "people-exporter";
export const HALF_EXPORTER = "half-exporter";
/** Their secret. */
export const SECRET = "only-for-the-company";

const FIRST = ["Ana", "Rui", "Mei", "Chidi", "Ingrid", "Tomas", "Yuki", "Fatima", "Lars", "Noor", "Aoife", "Zoe"];
const LAST = ["Lima", "Reis", "Chen", "Okafor", "Berg", "Novak", "Tanaka", "Haddad", "Nilsson", "Khan", "Byrne"];
const DEPARTMENTS = ["Engineering", "Sales", "Data", "Finance", "Support"];
const CITIES = ["Porto", "Berlin", "Kyoto", "Lagos", "Cork"];
const TEAMS = 8;

/** What is wrong with one in so many. They are primes, so that not always the same have everything. */
export const FLAWS = { noEmail: 97, noDepartment: 83, badDate: 89, strangeManager: 79, disabled: 53 } as const;

/** Whether somebody has a flaw; never the first few, so that small companies are whole. */
export function has(flaw: keyof typeof FLAWS, number: number): boolean {
  return number % FLAWS[flaw] === FLAWS[flaw] - 1;
}

/** The user name of a number. */
export function usernameOf(number: number): string {
  const name = `${FIRST[number % FIRST.length] ?? ""}.${LAST[number % LAST.length] ?? ""}`;
  return `${name.toLowerCase()}.${String(number)}`;
}

/** Somebody of the company. */
export function employee(number: number): UserRepresentation {
  const department = DEPARTMENTS[number % DEPARTMENTS.length] ?? "";
  // A third is in a department by a group, and not by an attribute.
  const byGroup = number % 3 === 2;
  const username = usernameOf(number);
  const someDepartment = !has("noDepartment", number);
  return {
    username,
    ...(has("noEmail", number) ? {} : { email: `${username}@example.com` }),
    firstName: FIRST[number % FIRST.length] ?? "",
    lastName: LAST[number % LAST.length] ?? "",
    enabled: !has("disabled", number),
    attributes: {
      ...(someDepartment && !byGroup ? { department: [department] } : {}),
      title: [`Specialist ${String(number % 31)}`],
      manager: [has("strangeManager", number) ? "somebody.else" : usernameOf(Math.floor(number / 10))],
      phone: [`+351 21 ${String(1_000_000 + number)}`],
      startDate: [has("badDate", number) ? "31/01/2019" : `20${String(10 + (number % 15))}-03-15`],
      city: [CITIES[number % CITIES.length] ?? ""],
      countryCode: ["PT"],
    },
    groups: [
      ...(someDepartment && byGroup ? [`/departments/${department}`] : []),
      `/teams/team-${String(number % TEAMS)}`,
      "/everybody",
    ],
  };
}

const within = (name: string, names: readonly string[]): GroupRepresentation => ({
  name,
  subGroups: names.map((each) => ({ name: each })),
});

/** A realm with so many people, and the clients that read it. */
export function companyRealm(people: number): RealmRepresentation {
  const roles = ["view-users", "view-realm", "query-groups", "query-users"];
  const accounts = [
    serviceClient(EXPORTER, SECRET, roles),
    serviceClient(HALF_EXPORTER, SECRET, ["query-users", "query-groups", "view-realm"]),
  ];
  return {
    realm: "company",
    enabled: true,
    clients: accounts.map(({ client }) => client),
    groups: [
      within("departments", DEPARTMENTS),
      within(
        "teams",
        Array.from({ length: TEAMS }, (_none, index) => `team-${String(index)}`),
      ),
      { name: "everybody" },
    ],
    users: [...Array.from({ length: people }, (_none, index) => employee(index)), ...accounts.map(({ user }) => user)],
    components: OPEN_PROFILE,
  };
}
