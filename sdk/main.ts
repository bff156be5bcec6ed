import type * as sdk from "./index.js";

/*
 * What a program gets that loads the package: everything of index.ts, which says what there is and has the types, each
 * system loaded when something of it is first asked for.
 *
 * `require`, as an import is either at once or asynchronous; with the path in it, bundlers find what belongs to it.
 */
/* eslint-disable @typescript-eslint/no-require-imports */

type Sdk = typeof sdk;

const systems: { readonly [System in keyof Sdk]: () => Sdk[System] } = {
  civis: () => require("./civis/index.js") as Sdk["civis"],
  databricks: () => require("./databricks/index.js") as Sdk["databricks"],
  glean: () => require("./glean/index.js") as Sdk["glean"],
  heimdall: () => require("./heimdall/index.js") as Sdk["heimdall"],
  keycloak: () => require("./keycloak/index.js") as Sdk["keycloak"],
  postgres: () => require("./postgres/index.js") as Sdk["postgres"],
};

// The names once more, as Node.js looks for them in the text when an ES module imports one.
/** Groups and users of Civis Platform, read-only. */
export let civis: Sdk["civis"];
/** Privileges in Databricks Unity Catalog. */
export let databricks: Sdk["databricks"];
/** People and teams of Glean's directory. */
export let glean: Sdk["glean"];
/** Actions, roles, mappings and groups of Heimdall environments. */
export let heimdall: Sdk["heimdall"];
/** Users, people and groups of a realm of Keycloak, read-only. */
export let keycloak: Sdk["keycloak"];
/** Users, groups and memberships of PostgreSQL servers. */
export let postgres: Sdk["postgres"];

for (const [name, get] of Object.entries(systems)) {
  Object.defineProperty(module.exports, name, { enumerable: true, get });
}
