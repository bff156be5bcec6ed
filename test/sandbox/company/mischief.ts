// What happens in the company's systems behind the program's back: a change by hand in each, and a thing that nobody manages.
import type { Company } from "./company.js";

const ANA = "ana@larkspur.example";
const MALLORY = "mallory@larkspur.example";

/** Something that somebody does by hand. */
export interface Deed {
  /** Where: a connection, or what people call the system. */
  readonly where: string;
  /** What was done, as one would tell it. */
  readonly told: string;
  /** The name by which a report has to name it. */
  readonly about: string;
  readonly does: (company: Company) => unknown;
}

/** Changes of what the program declares: drift, which an update repairs. */
export const CHANGES: readonly Deed[] = [
  {
    where: "PostgreSQL",
    told: "GRANT engineers TO ana",
    about: "ana",
    does: ({ orders }) => orders.query("GRANT engineers TO ana"),
  },
  {
    where: "the warehouse",
    told: "ALTER GROUP data_analysts ADD USER rui",
    about: "rui",
    does: ({ warehouse }) => warehouse.query("ALTER GROUP data_analysts ADD USER rui;"),
  },
  {
    where: "Heimdall",
    told: "production gets an action of its own, debug:all",
    about: "debug:all",
    does: ({ production }: Company): void => {
      production.store.addAction("debug:all", "Everything");
    },
  },
  {
    where: "Glean",
    told: "Ana Lima is called Ana President",
    about: ANA,
    does: ({ glean }: Company): void => {
      const ana = glean.people.get(ANA)?.record;
      glean.people.set(ANA, { record: { ...ana, lastName: "President" } });
    },
  },
  {
    where: "Databricks",
    told: "GRANT MODIFY ON TABLE main.sales.orders TO mallory",
    about: MALLORY,
    does: ({ lake }: Company): void => {
      lake.metastore.grant("table main.sales.orders", MALLORY, "MODIFY");
    },
  },
];

/** What no program declares: no update touches it, and somebody has to decide. */
export const STRAYS: readonly Deed[] = [
  {
    where: "PostgreSQL",
    told: "CREATE ROLE backdoor LOGIN SUPERUSER",
    about: "backdoor",
    does: ({ orders }) => orders.query("CREATE ROLE backdoor LOGIN SUPERUSER"),
  },
  {
    where: "the warehouse",
    told: "CREATE GROUP shadow WITH USER rui",
    about: "shadow",
    does: ({ warehouse }) => warehouse.query("CREATE GROUP shadow WITH USER rui;"),
  },
  {
    where: "Heimdall",
    told: "somebody joins the group counter; members are not mirrored",
    about: "99988877766",
    does: ({ production }: Company): void => {
      const counter = production.store.groups.find(({ name }) => name === "counter");
      if (counter !== undefined) production.store.join(counter, "99988877766", null);
    },
  },
  {
    where: "Glean",
    told: "somebody is there whom Keycloak does not know",
    about: MALLORY,
    does: ({ glean }: Company): void => {
      const record = { email: MALLORY, department: "None", firstName: "Mallory", lastName: "Stray" };
      glean.people.set(MALLORY, { record });
    },
  },
  {
    where: "Databricks",
    told: "GRANT CREATE SCHEMA ON CATALOG main TO mallory",
    about: "CREATE_SCHEMA",
    does: ({ lake }: Company): void => {
      lake.metastore.grant("catalog main", MALLORY, "CREATE_SCHEMA");
    },
  },
];
