import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { PRIVILEGES, OPEN_SOURCE_PRIVILEGES } from "../../../provider/databricks/privileges.js";
import { OPEN_SOURCE_TYPES, SECURABLE_TYPES } from "../../../provider/databricks/securables.js";
import { REPOSITORY } from "../../repository.js";
import { describeUnless } from "../../skip.js";
import { parse } from "yaml";
import { startDatabricks, type DatabricksSandbox } from "./index.js";
import { deviations, type Description } from "./specification.js";
import { SYSTEM_TABLES } from "./systemTables.js";

const CONTRACTS = path.join(REPOSITORY, "..", "shared", "contracts");
const ABSENT = existsSync(path.join(CONTRACTS, "databricks"))
  ? undefined
  : "the specifications of Databricks are not beside this repository";

describeUnless(ABSENT, "the contract of Unity Catalog", () => {
  const read = (file: string): string => readFileSync(path.join(CONTRACTS, file), "utf8");

  it("knows the privileges and types that we know", () => {
    const { schemas } = (JSON.parse(read("databricks/databricks-sdk-derived.openapi.json")) as Description).components;
    const known = new Set(schemas["Privilege"]?.enum);
    // In Databricks' documentation, and not yet in the SDK from which the specification was derived.
    known.add("EXTERNAL_USE_LOCATION");
    assert.deepEqual([...PRIVILEGES].sort(), [...known].sort());
    const types = (schemas["SecurableType"]?.enum ?? []).map((type) => type.toLowerCase());
    assert.deepEqual([...SECURABLE_TYPES], [...types, "registered_model"].sort());
  });

  it("of the open-source server knows the privileges and types that we say it has", () => {
    const { schemas } = (parse(read("unitycatalog/all.yaml")) as Description).components;
    const privileges = (schemas["Privilege"]?.enum ?? []).map((privilege) => privilege.replaceAll(" ", "_"));
    assert.deepEqual([...OPEN_SOURCE_PRIVILEGES].sort(), privileges.sort());
    assert.deepEqual([...OPEN_SOURCE_TYPES].sort(), [...(schemas["SecurableType"]?.enum ?? [])].sort());
  });

  it("has the columns of our system tables", () => {
    const tables = JSON.parse(read("databricks/system-tables.columns.json")) as Record<
      string,
      { readonly columns?: Readonly<Record<string, string>> }
    >;
    for (const [name, { columns }] of Object.entries(tables)) {
      if (columns === undefined) continue;
      const table = name.replace("system.", "");
      const [, body = ""] =
        new RegExp(`CREATE TABLE \\{system\\}\\.${table} \\(([\\s\\S]*?)\\n\\);`).exec(SYSTEM_TABLES) ?? [];
      assert.deepEqual(columnsIn(body), Object.keys(columns), name);
    }
  });
});

/** Asks a sandbox, and gives what of request and answer is not as a description says. */
async function asked(
  sandbox: DatabricksSandbox,
  description: Description,
  [method, path, body]: readonly [method: string, path: string, body?: unknown],
  prefix?: string,
): Promise<string[]> {
  sandbox.reset();
  const response = await fetch(`${sandbox.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${sandbox.token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json();
  assert.equal(response.status, 200, JSON.stringify(answer));
  const [call] = sandbox.calls;
  assert.ok(call);
  return deviations(description, call, answer, prefix);
}

describeUnless(ABSENT, "the sandbox of Databricks", () => {
  const ORDERS = "/permissions/table/main.sales.orders";

  it("takes and answers what the specification says", async () => {
    const description = JSON.parse(
      readFileSync(path.join(CONTRACTS, "databricks/databricks-sdk-derived.openapi.json"), "utf8"),
    ) as Description;
    const sandbox = await startDatabricks();
    try {
      const { metastore, statements, behaviour } = sandbox;
      metastore.create("table main.sales.orders");
      metastore.addPrincipal("ana@example.com", "rui@example.com");
      metastore.addGroup("readers", ["ana@example.com"]);
      metastore.grant("catalog main", "readers", "SELECT");
      behaviour.pageSize = 1;
      statements.warehouse.chunkRows = 1;
      const statement = {
        statement: "SELECT :n AS n, NULL AS none FROM range(2)",
        warehouse_id: statements.warehouse.id,
        parameters: [{ name: "n", value: "1", type: "INT" }],
        wait_timeout: "30s",
        on_wait_timeout: "CONTINUE",
        disposition: "INLINE",
        format: "JSON_ARRAY",
      };
      const catalog = "/api/2.1/unity-catalog";
      const changes = [
        { principal: "ana@example.com", add: ["SELECT"] },
        { principal: "rui@example.com", add: ["MODIFY"] },
      ];
      const requests: (readonly [string, string, unknown?])[] = [
        ["PATCH", catalog + ORDERS, { changes }],
        ["GET", `${catalog}${ORDERS}?max_results=0`],
        ["GET", `${catalog}/effective${ORDERS.replace("/permissions", "-permissions")}?max_results=0`],
        ["GET", "/api/2.0/preview/scim/v2/Me"],
        ["POST", "/api/2.0/sql/statements", statement],
        ["GET", "/api/2.0/sql/statements/01f0-000000000001"],
        ["GET", "/api/2.0/sql/statements/01f0-000000000001/result/chunks/1"],
        ["GET", `/api/2.0/sql/warehouses/${statements.warehouse.id}`],
      ];
      for (const request of requests)
        assert.deepEqual(await asked(sandbox, description, request), [], request.join(" "));
    } finally {
      await sandbox.close();
    }
  });

  it("as the open-source server takes and answers what its specification says", async () => {
    const description = parse(readFileSync(path.join(CONTRACTS, "unitycatalog/all.yaml"), "utf8")) as Description;
    const sandbox = await startDatabricks({ edition: "open source" });
    try {
      sandbox.metastore.create("table main.sales.orders");
      sandbox.metastore.addPrincipal("ana@example.com");
      const prefix = "/api/2.1/unity-catalog";
      const changes = [{ principal: "ana@example.com", add: ["SELECT"], remove: [] }];
      assert.deepEqual(await asked(sandbox, description, ["PATCH", prefix + ORDERS, { changes }], prefix), []);
      assert.deepEqual(await asked(sandbox, description, ["GET", prefix + ORDERS], prefix), []);
    } finally {
      await sandbox.close();
    }
  });

  it("is told by the specification where it deviates", () => {
    const description: Description = {
      paths: { "/birds": { get: { responses: { "200": { content: { json: { schema: { $ref: "#/x/Bird" } } } } } } } },
      components: {
        schemas: { Bird: { type: "object", properties: { name: { type: "string" } }, required: ["name"] } },
      },
    };
    const call = {
      method: "GET",
      path: "/birds",
      query: new URLSearchParams("all=1"),
      headers: {},
      text: "",
      body: undefined,
    };
    assert.deepEqual(deviations(description, call, { wings: 2 }), [
      "GET /birds: no parameter all",
      "GET /birds: answer has no name",
      "GET /birds: answer: no field wings",
    ]);
  });
});

describe("principals of the sandbox of Databricks", () => {
  it("are found by name, page by page", async () => {
    const sandbox = await startDatabricks();
    try {
      sandbox.metastore.addPrincipal("ana@example.com");
      sandbox.metastore.addGroup("readers", []);
      const get = async (query: string): Promise<unknown> => {
        const headers = { authorization: `Bearer ${sandbox.token}` };
        return (await fetch(`${sandbox.url}/api/2.0/preview/scim/v2/${query}`, { headers })).json();
      };
      const names = async (query: string, by: string): Promise<unknown[]> =>
        ((await get(query)) as { Resources: Record<string, unknown>[] }).Resources.map((each) => each[by]);
      assert.deepEqual(await names('Users?filter=userName eq "ANA@example.com"', "userName"), ["ana@example.com"]);
      assert.deepEqual(await names("Users?startIndex=2&count=1", "userName"), ["ana@example.com"]);
      assert.deepEqual(await names("Groups", "displayName"), ["readers"]);
      assert.deepEqual(await names("ServicePrincipals", "applicationId"), [sandbox.client.id]);
    } finally {
      await sandbox.close();
    }
  });
});

/** The names of the columns of a CREATE TABLE, without those inside of a type. */
function columnsIn(body: string): string[] {
  let depth = 0;
  let part = "";
  const parts: string[] = [];
  for (const character of `${body},`) {
    depth += character === "(" ? 1 : character === ")" ? -1 : 0;
    if (character !== "," || depth > 0) part += character;
    else {
      parts.push(part);
      part = "";
    }
  }
  return parts.map((each) => each.trim().split(/\s+/)[0] ?? "");
}
