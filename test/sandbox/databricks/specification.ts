import type { Call } from "../server.js";

/*
 * Holds requests and answers against an OpenAPI description: each request is of a path that it has, with parameters and
 * fields that it knows, and so is each answer. Only what the descriptions of Databricks and Unity Catalog use.
 */

interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: unknown;
  readonly required?: readonly string[];
  readonly items?: Schema;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema?: Schema;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content;
  readonly responses?: Readonly<Record<string, Content>>;
}

/** An OpenAPI description. */
export interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** What is not as the description says, of one request and the answer that says yes; `prefix` stands before its paths. */
export function deviations(description: Description, call: Call, answer: unknown, prefix = ""): string[] {
  const { method, path, query, body } = call;
  const operation = operationOf(description, method, path.slice(prefix.length));
  if (operation === undefined || !path.startsWith(prefix)) return [`there is no ${method} ${path}`];
  const known = new Set((operation.parameters ?? []).filter((each) => each.in === "query").map(({ name }) => name));
  const strange = [...query.keys()].filter((name) => !known.has(name)).map((name) => `no parameter ${name}`);
  const sent = schemaIn(operation.requestBody);
  const given = schemaIn(operation.responses?.["200"]);
  const schemas = description.components.schemas;
  return [
    ...strange,
    ...(body === undefined || sent === undefined ? [] : mismatches(schemas, sent, body, "request")),
    ...(given === undefined ? [] : mismatches(schemas, given, answer, "answer")),
  ].map((each) => `${method} ${path}: ${each}`);
}

function schemaIn(content: Content | undefined): Schema | undefined {
  return Object.values(content?.content ?? {})[0]?.schema;
}

function operationOf({ paths }: Description, method: string, path: string): Operation | undefined {
  for (const [template, operations] of Object.entries(paths)) {
    const pattern = new RegExp(`^${template.replace(/[.]/g, "\\.").replace(/\{[^}]+\}/g, "[^/]+")}$`);
    const operation = operations[method.toLowerCase()];
    if (pattern.test(path) && operation !== undefined) return operation;
  }
  return undefined;
}

type Schemas = Description["components"]["schemas"];

function mismatches(schemas: Schemas, schema: Schema, value: unknown, where: string): string[] {
  if (schema.$ref !== undefined) {
    const target = schemas[schema.$ref.split("/").at(-1) ?? ""];
    return target === undefined ? [`${where}: no schema ${schema.$ref}`] : mismatches(schemas, target, value, where);
  }
  if (schema.allOf !== undefined) return schema.allOf.flatMap((each) => mismatches(schemas, each, value, where));
  if (schema.enum !== undefined && !schema.enum.includes(value as string)) {
    return [`${where}: ${JSON.stringify(value)} is none of the values`];
  }
  if (schema.type === "array") {
    if (!Array.isArray(value)) return [`${where} is no list`];
    const { items } = schema;
    return items === undefined ? [] : value.flatMap((each: unknown) => mismatches(schemas, items, each, `${where}[]`));
  }
  if (schema.properties !== undefined) return inObject(schemas, schema, value, where);
  // The elements of a result's rows can be null, which the description does not say.
  const types: Readonly<Record<string, string>> = { integer: "number", string: "string", boolean: "boolean" };
  const expected = types[schema.type ?? ""];
  return expected === undefined || value === null || typeof value === expected ? [] : [`${where} is no ${expected}`];
}

function inObject(schemas: Schemas, schema: Schema, value: unknown, where: string): string[] {
  if (typeof value !== "object" || value === null) return [`${where} is no object`];
  const missing = (schema.required ?? []).filter((name) => !(name in value)).map((name) => `${where} has no ${name}`);
  const inner = Object.entries(value).flatMap(([name, each]) => {
    const known = schema.properties?.[name];
    return known === undefined ? [`${where}: no field ${name}`] : mismatches(schemas, known, each, `${where}.${name}`);
  });
  return [...missing, ...inner];
}
