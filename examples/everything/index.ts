// Who has access to what in all of a company's systems, in one stack.
// Run `npm run example:everything` to see it at work on sandboxes of the five and a real PostgreSQL.
import { civis, databricks, heimdall, keycloak, postgres } from "pulumi-roster";
import { DatabaseInstance } from "./instance";

// A database of this program's own: its address and password are outputs of another resource.
const { host, port, user, password } = new DatabaseInstance("orders");

new postgres.Access("orders", {
  users: ["ana", "rui", { name: "orders_app", connectionLimit: 20 }],
  groups: { analysts: ["ana"], engineers: { members: ["rui"], comment: "May write" } },
  ignore: ["svc_*"],
  connection: { name: "orders", host, port, user, password, sslmode: "disable" },
});

// Groups of the warehouse (Amazon Redshift) follow those of Civis Platform.
new civis.GroupSync("warehouse", {
  crosswalk: [
    { platformGroup: "Data Analysts", databaseGroup: "data_analysts" },
    { platformGroup: "Data Engineers", databaseGroup: "data_engineers" },
  ],
  connection: "warehouse",
});

// Production's rules for endpoints are those of staging.
new heimdall.EnvironmentMirror("production", { source: "staging", target: "production" });

// Who is enabled in Keycloak is in Glean.
const people = new keycloak.KeycloakPeople("company", { department: "Unassigned", shards: 1 });

// Who may read the lake.
const readers = ["analysts", { name: "ana@larkspur.example", until: "2099-12-31" }];
new databricks.Access("sales", {
  grants: { "table main.sales.orders": { SELECT: readers }, "table main.sales.returns": { SELECT: ["analysts"] } },
  additional: { "catalog main": { USE_CATALOG: readers }, "schema main.sales": { USE_SCHEMA: readers } },
});

export const notInGlean = people.skipped;
