import { loadModule, parseSync } from "libpg-query";
import type { Answer } from "./backend.js";
import type { Command } from "./command.js";
import { SCHEMA } from "./catalogue.js";
import { Refusal, syntaxError, unsure } from "./errors.js";
import { rendered, type Reader } from "./reader.js";
import { CATALOGUE, FUNCTIONS, SHARED_CATALOGUE, SUPERUSERS_ONLY } from "./words.js";

/*
 * Queries are read with PostgreSQL's own parser. What PostgreSQL has learnt since Redshift parted from it does not
 * pass: only what is listed here does.
 */

/** The parts that a query may be made of. */
const NODES: ReadonlySet<string> = new Set([
  ...["SelectStmt", "ResTarget", "ColumnRef", "RangeVar", "RangeSubselect", "JoinExpr", "Alias", "A_Const", "A_Star"],
  ...["A_Expr", "A_ArrayExpr", "BoolExpr", "NullTest", "BooleanTest", "FuncCall", "TypeCast", "TypeName", "SortBy"],
  ...["CaseExpr", "CaseWhen", "CoalesceExpr", "SQLValueFunction", "SubLink", "String", "Integer", "Float", "Boolean"],
  ...["List", "WithClause", "CommonTableExpr"],
]);
const TABLE_NODES: ReadonlySet<string> = new Set([
  ...["CreateStmt", "RangeVar", "ColumnDef", "TypeName", "String", "A_Const", "Integer", "Constraint"],
]);
/** CURRENT_USER and SESSION_USER, among what is written without parentheses. */
const VALUES: ReadonlySet<string> = new Set(["SVFOP_CURRENT_USER", "SVFOP_SESSION_USER", "SVFOP_USER"]);
/** Types that a query may cast to. */
const TYPES: ReadonlySet<string> = new Set([
  "int4",
  "int8",
  "bool",
  "text",
  "varchar",
  "float8",
  "numeric",
  "timestamp",
]);

type Node = Readonly<Record<string, unknown>>;

/** SELECT ... */
export function query(r: Reader): Command {
  const sql = rendered([...r.tokens], r.caseSensitive);
  r.rest();
  return {
    tag: "SELECT",
    act: async ({ db }): Promise<Answer> => {
      const found = await look(sql, NODES);
      for (const view of found.views)
        if (SUPERUSERS_ONLY.has(view)) await db.requireRight(undefined, `relation ${view}`);
      return db.run(spliced(sql, found.places));
    },
  };
}

/** That a text is a CREATE TABLE of columns and nothing else. */
export async function createTable(sql: string): Promise<void> {
  await look(sql, TABLE_NODES);
}

interface Found {
  /** Where the gate's own schema is to be put in front, in bytes. */
  readonly places: number[];
  readonly views: string[];
}

async function look(sql: string, nodes: ReadonlySet<string>): Promise<Found> {
  await loadModule();
  const found: Found = { places: [], views: [] };
  const names = new Set<string>();
  const tree = parsed(sql);
  collect(tree, names);
  walk(tree, (kind, node) => {
    if (!nodes.has(kind)) throw new Refusal("0A000", `the gate does not know ${kind} in a query`);
    if (kind === "RangeVar") relation(node, names, found);
    if (kind === "FuncCall") call(node, found);
    if (kind === "SQLValueFunction" && !VALUES.has(String(node["op"]))) throw unsure(String(node["op"]));
    if (kind === "TypeCast") cast(node);
  });
  return found;
}

function parsed(sql: string): unknown {
  try {
    return parseSync(sql).stmts?.map(({ stmt }) => stmt);
  } catch (error) {
    const at = /at or near "(.*)"/s.exec((error as Error).message)?.[1];
    throw syntaxError(at);
  }
}

/** Calls for each node of the tree: an object with one key, a capital letter in front, is one. */
function walk(tree: unknown, see: (kind: string, node: Node) => void): void {
  if (Array.isArray(tree))
    tree.forEach((inner) => {
      walk(inner, see);
    });
  else if (typeof tree === "object" && tree !== null) {
    for (const [key, inner] of Object.entries(tree)) {
      if (/^[A-Z]/.test(key)) see(key, inner as Node);
      // Some nodes stand in a field of a fixed kind, without their own name.
      else if (key === "relation") see("RangeVar", inner as Node);
      walk(inner, see);
    }
  }
}

/** The names that the query itself gives to what it reads. */
function collect(tree: unknown, names: Set<string>): void {
  walk(tree, (kind, node) => {
    if (kind === "CommonTableExpr") names.add(String(node["ctename"]));
  });
}

function relation(node: Node, own: ReadonlySet<string>, found: Found): void {
  const [schema, name] = [node["schemaname"] as string | undefined, String(node["relname"])];
  if (schema === undefined && own.has(name)) return;
  const ofSystem = schema === "pg_catalog" || (schema === undefined && /^(pg_|svv_|svl_|stv_|stl_)/.test(name));
  if (schema === SCHEMA || schema === "information_schema") throw unsure(`the schema ${schema}`);
  if (!ofSystem || SHARED_CATALOGUE.has(name)) return;
  if (name === "pg_shadow") throw unsure(name);
  if (!CATALOGUE.has(name)) throw new Refusal("42P01", `relation "${name}" does not exist`);
  found.views.push(name);
  found.places.push(Number(node["location"] ?? 0));
}

/** What a call may have: no OVER, FILTER, WITHIN GROUP or VARIADIC. */
const PARTS_OF_A_CALL = new Set(["funcname", "args", "agg_star", "agg_distinct", "funcformat", "location"]);

function call(node: Node, found: Found): void {
  const strange = Object.keys(node).find((part) => !PARTS_OF_A_CALL.has(part));
  if (strange !== undefined) throw new Refusal("0A000", `the gate does not know ${strange} of a function`);
  const parts = (node["funcname"] as { String?: { sval?: string } }[]).map((part) => part.String?.sval ?? "");
  const name = parts.at(-1) ?? "";
  if (parts.length > 2 || (parts.length === 2 && parts[0] !== "pg_catalog"))
    throw unsure(`the function ${parts.join(".")}`);
  if (/^(has_function_privilege|pg_sleep)$/.test(name)) throw unsure(`the function ${name}`);
  if (!FUNCTIONS.has(name)) throw new Refusal("42883", `function ${name} does not exist`);
  if (name === "user_is_member_of") found.places.push(Number(node["location"] ?? 0));
}

function cast(node: Node): void {
  const { names } = node["typeName"] as { names?: { String?: { sval?: string } }[] };
  const name = names?.at(-1)?.String?.sval ?? "";
  if (!TYPES.has(name)) throw new Refusal("42704", `type "${name}" does not exist`);
}

/** The query with the gate's schema in front of its views, in place of pg_catalog. */
function spliced(sql: string, places: readonly number[]): string {
  let bytes = Buffer.from(sql);
  for (const place of [...places].sort((a, b) => b - a)) {
    const rest = bytes.toString("utf8", place).replace(/^"?pg_catalog"?\s*\.\s*/, "");
    bytes = Buffer.concat([bytes.subarray(0, place), Buffer.from(`${SCHEMA}.${rest}`)]);
  }
  return bytes.toString();
}

/** CREATE TABLE name ( column type [, ...] ) */
export function table(r: Reader): Command {
  const sql = rendered([...r.tokens], r.caseSensitive);
  r.rest();
  return {
    tag: "CREATE TABLE",
    act: async ({ db }) => {
      await createTable(sql);
      await db.run(sql);
      return undefined;
    },
  };
}
