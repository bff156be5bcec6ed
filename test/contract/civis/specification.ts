import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { REPOSITORY } from "../../repository.js";

/*
 * The vendor's specification (Swagger 2.0), which this repository does not carry. Its schemas call fields texts and
 * numbers that its own examples have as null, so each may be null here.
 */

/** Properties whose examples are not of the type that the schema says. */
const CONTRADICTED = new Set(["archived", "resultRows"]);

const FOLDER = path.join(REPOSITORY, "..", "shared", "contracts", "civis");
const FILES = ["civis_api_spec.trimmed.json", "civis_queries.trimmed.json"];

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema?: unknown }[];
  readonly responses: Readonly<Record<string, { readonly schema?: unknown }>>;
  readonly "x-examples"?: readonly Example[];
}

interface Example {
  readonly description: string;
  readonly requests: readonly {
    readonly request_method: string;
    readonly request_path: string;
    readonly response_body: string;
  }[];
}

interface Specification {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly definitions: Readonly<Record<string, unknown>>;
}

/** Why nothing can be held against the specification here; undefined where it can. */
export function missingSpecification(): string | undefined {
  const missing = FILES.filter((file) => !existsSync(path.join(FOLDER, file)));
  return missing.length === 0 ? undefined : `the contract of Civis Platform is not here (${missing.join(", ")})`;
}

/** The two files as one. */
export function readSpecification(): Specification {
  const files = FILES.map((file) => JSON.parse(readFileSync(path.join(FOLDER, file), "utf8")) as Specification);
  return {
    paths: Object.assign({}, ...files.map(({ paths }) => paths)) as Specification["paths"],
    definitions: Object.assign({}, ...files.map(({ definitions }) => definitions)) as Specification["definitions"],
  };
}

/** The operation of a request: `GET /groups/11` is that of `/groups/{id}`. */
export function operationOf({ paths }: Specification, method: string, pathname: string): Operation | undefined {
  const exact = paths[pathname] ?? paths[`${pathname}/`];
  const pattern = Object.keys(paths).find((each) =>
    new RegExp(`^${each.replace(/\{[^}]+\}/g, "[^/]+")}$`).test(pathname),
  );
  return (exact ?? (pattern === undefined ? undefined : paths[pattern]))?.[method.toLowerCase()];
}

/** What is wrong with a body; undefined where it is as the specification says. */
export function violation({ definitions }: Specification, schema: unknown, body: unknown): string | undefined {
  const told = nullable({ ...(schema as object), $defs: definitions }) as Parameters<typeof z.fromJSONSchema>[0];
  const parsed = z.fromJSONSchema(told).safeParse(body);
  return parsed.success ? undefined : z.prettifyError(parsed.error);
}

/** Lets every property be null, and moves references to where JSON Schema has definitions. */
function nullable(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(nullable);
  if (typeof schema !== "object" || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      if (key === "$ref") return [key, String(value).replace("#/definitions/", "#/$defs/")];
      if (key === "format") return ["description", value];
      if (key !== "properties") return [key, nullable(value)];
      const properties = Object.entries(value as object).map(([name, property]) => [
        name,
        CONTRADICTED.has(name) ? {} : { anyOf: [nullable(property), { type: "null" }] },
      ]);
      return [key, Object.fromEntries(properties) as unknown];
    }),
  );
}
