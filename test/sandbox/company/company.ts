// The systems of a company, as sandboxes on this machine, and a real PostgreSQL.
import { startPostgres, type PostgresServer } from "../../postgres/server.js";
import { API_KEY, platformOf, startCivis, type CivisSandbox } from "../civis/index.js";
import { startDatabricks, type DatabricksSandbox } from "../databricks/index.js";
import { startGlean, type Glean } from "../glean/index.js";
import { startHeimdall, type Contents, type HeimdallSandbox } from "../heimdall/heimdall.js";
import { startKeycloakSandbox, type KeycloakSandbox } from "../keycloak/index.js";
import { serviceClient, type RealmRepresentation } from "../keycloak/representation.js";
import { startRedshift, type Redshift } from "../redshift/index.js";

const SECRET = "sesame-of-the-reader";
const ANA = "ana@larkspur.example";

const STAGING: Contents = {
  actions: { "orders:read": "Read orders", "orders:write": "Change orders" },
  roles: { clerk: { description: "Clerks", actions: ["orders:read", "orders:write"] } },
  mappings: { "GET /orders": { action: "orders:read" }, "PUT /orders": { action: "orders:write" } },
  groups: { counter: { description: "The counter", roles: ["clerk"] } },
};

/** All of the systems. */
export class Company {
  private constructor(
    readonly orders: PostgresServer,
    readonly warehouse: Redshift,
    readonly civis: CivisSandbox,
    readonly staging: HeimdallSandbox,
    readonly production: HeimdallSandbox,
    readonly realm: KeycloakSandbox,
    readonly glean: Glean,
    readonly lake: DatabricksSandbox,
  ) {}

  static async start(): Promise<Company> {
    const [orders, warehouse] = await Promise.all([startPostgres({ version: 18 }), startWarehouse()]);
    return new Company(
      orders,
      warehouse,
      await startCivis(platformOf({ "Data Analysts": ["ana"], "Data Engineers": ["rui"] })),
      await startHeimdall(STAGING),
      await startHeimdall(),
      await startKeycloakSandbox([REALM]),
      await startGlean({ limits: undefined }),
      await startLake(),
    );
  }

  /** What the program and the commands find in their environment. */
  environment(): NodeJS.ProcessEnv {
    const { orders, warehouse, civis, staging, production, realm, glean, lake } = this;
    return {
      ...withoutOthers(),
      ORDERS_HOST: orders.host,
      ORDERS_PORT: String(orders.port),
      ORDERS_USER: orders.user,
      ORDERS_PASSWORD: orders.password,
      ROSTER_WAREHOUSE_DIALECT: "redshift",
      ROSTER_WAREHOUSE_HOST: warehouse.host,
      ROSTER_WAREHOUSE_PORT: String(warehouse.port),
      ROSTER_WAREHOUSE_USER: warehouse.user,
      ROSTER_WAREHOUSE_PASSWORD: warehouse.password,
      ROSTER_WAREHOUSE_DATABASE: "postgres",
      CIVIS_API_ENDPOINT: civis.url,
      CIVIS_API_KEY: API_KEY,
      ROSTER_STAGING_URL: staging.url,
      ROSTER_STAGING_TOKEN: staging.token,
      ROSTER_PRODUCTION_URL: production.url,
      ROSTER_PRODUCTION_TOKEN: production.token,
      KEYCLOAK_BASE_URL: realm.url,
      KEYCLOAK_REALM: REALM.realm,
      KEYCLOAK_CLIENT_ID: "reader",
      KEYCLOAK_CLIENT_SECRET: SECRET,
      ...glean.env,
      GLEAN_CLIENT_TOKEN: glean.clientToken,
      DATABRICKS_HOST: lake.url,
      DATABRICKS_TOKEN: lake.token,
    };
  }

  async stop(): Promise<void> {
    const { orders, warehouse, civis, staging, production, realm, glean, lake } = this;
    const sandboxes = [civis, staging, production, realm, glean, lake].map((each) => each.close());
    await Promise.allSettled([...sandboxes, orders.stop(), warehouse.stop()]);
  }
}

const { client, user } = serviceClient("reader", SECRET, ["view-users", "view-realm", "query-groups", "query-users"]);

const REALM: RealmRepresentation = {
  realm: "larkspur",
  enabled: true,
  clients: [client],
  groups: [{ name: "departments", subGroups: [{ name: "Data" }, { name: "Sales" }] }],
  users: [
    user,
    { username: "ana", email: ANA, firstName: "Ana", lastName: "Lima", enabled: true, groups: ["/departments/Data"] },
    { username: "rui", email: "rui@larkspur.example", firstName: "Rui", lastName: "Reis", enabled: true },
    { username: "kiosk", firstName: "Kiosk", lastName: "Lobby", enabled: true },
  ],
};

async function startWarehouse(): Promise<Redshift> {
  const warehouse = await startRedshift();
  for (const name of ["ana", "rui"]) await warehouse.query(`CREATE USER ${name} PASSWORD 'Larkspur1';`);
  return warehouse;
}

async function startLake(): Promise<DatabricksSandbox> {
  const lake = await startDatabricks();
  lake.metastore.create("table main.sales.orders", "table main.sales.returns");
  lake.metastore.addPrincipal("analysts", ANA, "mallory@larkspur.example");
  return lake;
}

/** Connections of whoever runs this are not for the sandboxes. */
function withoutOthers(): NodeJS.ProcessEnv {
  const theirs = /^(PG|ROSTER_|CIVIS_|HEIMDALL_|KEYCLOAK_|GLEAN_|DATABRICKS_|DRY_RUN|MAX_USERS)/;
  const names = Object.keys(process.env).filter((name) => theirs.test(name) && name !== "ROSTER_ENGINE");
  return Object.fromEntries(names.map((name) => [name, undefined]));
}
