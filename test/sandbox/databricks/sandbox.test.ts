import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { PRIVILEGES, OPEN_SOURCE_PRIVILEGES } from "../../../provider/databricks/privileges.js";
import { OPEN_SOURCE_TYPES, SECURABLE_TYPES } from "../../../provider/databricks/securables.js";
import { REPOSITORY } from "../../repository.js";
import { describeUnless } from "../../skip.js";
import { parse } from "yaml";
import { SYSTEM_TABLES } from "./systemTables.js";

const CONTRACTS = path.join(REPOSITORY, "..", "shared", "contracts");
const ABSENT = existsSync(path.join(CONTRACTS, "databricks"))
  ? undefined
  : "the specifications of Databricks are not beside this repository";

interface Specification {
  readonly components: { readonly schemas: Readonly<Record<string, { readonly enum?: readonly string[] }>> };
}

describeUnless(ABSENT, "the contract of Unity Catalog", () => {
  const read = (file: string): string => readFileSync(path.join(CONTRACTS, file), "utf8");

  it("knows the privileges and types that we know", () => {
    const { schemas } = (JSON.parse(read("databricks/databricks-sdk-derived.openapi.json")) as Specification)
      .components;
    const known = new Set(schemas["Privilege"]?.enum);
    // In Databricks' documentation, and not yet in the SDK from which the specification was derived.
    known.add("EXTERNAL_USE_LOCATION");
    assert.deepEqual([...PRIVILEGES].sort(), [...known].sort());
    const types = (schemas["SecurableType"]?.enum ?? []).map((type) => type.toLowerCase());
    assert.deepEqual([...SECURABLE_TYPES], [...types, "registered_model"].sort());
  });

  it("of the open-source server knows the privileges and types that we say it has", () => {
    const { schemas } = (parse(read("unitycatalog/all.yaml")) as Specification).components;
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
