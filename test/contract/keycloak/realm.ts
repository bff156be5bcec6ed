import {
  OPEN_PROFILE,
  serviceClient,
  type GroupRepresentation,
  type RealmRepresentation,
  type UserRepresentation,
} from "../../sandbox/keycloak/representation.js";

/** How many people the realm has. */
export const PEOPLE = 2500;
/** The roles that reading is said to take. */
export const ROLES = ["view-users", "view-realm", "query-groups", "query-users"] as const;

/** The secret of a client. */
export function secretOf(clientId: string): string {
  return `secret-of-${clientId}`;
}

/** More groups in a group than Keycloak gives where it is asked for no number. */
const SITES = 24;

/** Names that are hard to sort, to quote or to put into a path. */
const UNUSUAL = ["zoë o'neil", "ünïcode", "大空", "a/b/../c", "per%cent", 'quo"te', "plus+tag", "comma,semi;colon"];

function user(index: number): UserRepresentation {
  const number = String(index).padStart(4, "0");
  const username = UNUSUAL[index] ?? `person-${number}`;
  const groups = [
    "/everybody",
    ...(index % 2 === 0 ? ["/data"] : []),
    ...(index % 3 === 0 ? ["/data/analysts"] : []),
    ...(index % 7 === 0 ? ["/data/analysts/junior"] : []),
    `/sites/site-${String(index % SITES).padStart(2, "0")}`,
  ];
  return {
    username,
    ...(index % 50 === 1 ? {} : { email: emailOf(index) }),
    firstName: `Given ${number}`,
    lastName: index === 3 ? "Ñandú 🦤" : `Family ${number}`,
    enabled: index % 25 !== 2,
    attributes: { department: [index % 2 === 0 ? "Data" : "Sales"], phone: [`+351 ${number}`, `+55 ${number}`] },
    // Who is in no group at all is a person too.
    groups: index === PEOPLE - 1 ? [] : groups,
  };
}

/** Two people in a hundred share an address with another one, in another spelling. */
function emailOf(index: number): string {
  return index % 100 === 10
    ? `PERSON-${String(index - 1).padStart(4, "0")}@Example.com`
    : `person-${String(index).padStart(4, "0")}@example.com`;
}

const sites = Array.from({ length: SITES }, (_none, index): GroupRepresentation => ({
  name: `site-${String(index).padStart(2, "0")}`,
}));

const groups: GroupRepresentation[] = [
  {
    name: "data",
    attributes: { owner: ["ana"], cost: ["1", "2"] },
    subGroups: [{ name: "analysts", attributes: { level: ["2"] }, subGroups: [{ name: "junior" }] }, { name: "Größe" }],
  },
  { name: "everybody" },
  { name: "empty" },
  { name: "robots" },
  { name: "sites", subGroups: sites },
  ...Array.from({ length: 12 }, (_none, index) => ({ name: `team-${String(index).padStart(2, "0")}` })),
];

/** Clients: `reader` may read, `no-<role>` lacks one role, `only-<role>` has but one. */
const accounts = [
  serviceClient("reader", secretOf("reader"), ROLES),
  serviceClient("lightweight", secretOf("lightweight"), ROLES, {
    "client.use.lightweight.access.token.enabled": "true",
  }),
  serviceClient("lightweight-blind", secretOf("lightweight-blind"), ["query-users", "query-groups"], {
    "client.use.lightweight.access.token.enabled": "true",
  }),
  serviceClient("hasty", secretOf("hasty"), ROLES, { "access.token.lifespan": "2" }),
  ...ROLES.map((role) =>
    serviceClient(
      `no-${role}`,
      secretOf(`no-${role}`),
      ROLES.filter((each) => each !== role),
    ),
  ),
  ...ROLES.map((role) => serviceClient(`only-${role}`, secretOf(`only-${role}`), [role])),
  serviceClient("powerless", secretOf("powerless"), []),
];

/** The realm of the contract suite. */
export const REALM: RealmRepresentation = {
  realm: "company",
  enabled: true,
  duplicateEmailsAllowed: true,
  loginWithEmailAllowed: false,
  groups,
  clients: [
    ...accounts.map(({ client }) => client),
    { clientId: "accountless", secret: secretOf("accountless"), publicClient: false, serviceAccountsEnabled: false },
    { clientId: "public", publicClient: true, serviceAccountsEnabled: false },
    { clientId: "off", secret: secretOf("off"), enabled: false, publicClient: false, serviceAccountsEnabled: true },
  ],
  users: [
    ...Array.from({ length: PEOPLE }, (_none, index) => user(index)),
    ...accounts.map(({ user: account }) =>
      account.serviceAccountClientId === "reader" ? { ...account, groups: ["/robots"] } : account,
    ),
  ],
  components: OPEN_PROFILE,
};
