import { chunks } from "../core/chunks.js";
import { PUBLIC, itemsOf } from "./acl.js";
import type { Catalog } from "./catalog.js";
import { partsOf } from "./databaseCatalog.js";
import type { Builders } from "./dialect.js";
import { KINDS } from "./objectKinds.js";
import { objectsAt } from "./objects.js";
import { grantorFor, type DefaultTarget, type PrivilegeChange, type Target } from "./privilegeChanges.js";
import { NAMES_IN_A_STATEMENT, identifier, parameterName } from "./quote.js";

/** PostgreSQL's statements for privileges and for what a departing role leaves. */
export const privilegeBuilders: Required<Pick<Builders, PrivilegeChange["kind"]>> = {
  grant: (change) => asRole(change.as, grants(change)),
  revoke: {
    looking: (change, { catalog }) => asRole(change.as, [...revokes(change), ...columnsAgain(catalog, change)]),
  },
  grantDefault: (change) => {
    const option = change.option ? " WITH GRANT OPTION" : "";
    const statements = inChunks(change.grantees.map(grantee)).map(
      (to) => `${defaultsOf(change.target)} GRANT ${defaultPrivileges(change)} TO ${to}${option};`,
    );
    return asRole(change.as, statements);
  },
  revokeDefault: (change) => {
    const option = change.option ? "GRANT OPTION FOR " : "";
    const statements = inChunks(change.grantees.map(grantee)).map(
      (from) => `${defaultsOf(change.target)} REVOKE ${option}${defaultPrivileges(change)} FROM ${from};`,
    );
    return asRole(change.as, statements);
  },
  reassignOwned: ({ role, to }) => [`REASSIGN OWNED BY ${identifier(role)} TO ${identifier(to)};`],
  dropOwned: ({ role }) => [`DROP OWNED BY ${identifier(role)};`],
};

/** Statements that are run as another role. */
function asRole(role: string | undefined, statements: readonly string[]): string[] {
  return role === undefined ? [...statements] : [`SET ROLE ${identifier(role)};`, ...statements, "RESET ROLE;"];
}

type Grant = Extract<PrivilegeChange, { kind: "grant" }>;
type Revoke = Extract<PrivilegeChange, { kind: "revoke" }>;

function grants(change: Omit<Grant, "kind">): string[] {
  const option = change.option ? " WITH GRANT OPTION" : "";
  return acl(change, (privileges, names, on) => `GRANT ${privileges} ON ${on} TO ${names}${option};`);
}

function revokes(change: Revoke): string[] {
  const option = change.option ? "GRANT OPTION FOR " : "";
  return acl(change, (privileges, names, on) => `REVOKE ${option}${privileges} ON ${on} FROM ${names};`);
}

/** A statement for each chunk of objects and of grantees. */
function acl(
  { target, privileges, grantees }: Omit<Grant | Revoke, "kind">,
  statement: (privileges: string, grantees: string, on: string) => string,
): string[] {
  return objectChunks(target).flatMap(({ on, columns }) => {
    const words = privileges.map((privilege) => (columns === undefined ? privilege : `${privilege} (${columns})`));
    return inChunks(grantees.map(grantee)).map((names) => statement(words.join(", "), names, on));
  });
}

/**
 * What is taken on a table is taken on its columns too. What somebody has on columns is another grant's business, and
 * is given again in the same transaction.
 */
function columnsAgain(catalog: Catalog, { target: { database, kind, schema, names }, ...change }: Revoke): string[] {
  if (kind !== "table") return [];
  const tables = new Set(names);
  const columns = [...(objectsAt(catalog, { database, kind: "column", schema }) ?? [])].filter(([name]) =>
    tables.has(partsOf(name)[0]),
  );
  return change.grantees.flatMap((of) => {
    // By privileges and option: the columns.
    const alike = new Map<string, string[]>();
    for (const [name, { owner, acl: items }] of columns) {
      const grantor = change.as ?? grantorFor(catalog, owner, database);
      const lost = itemsOf(items, of).filter(
        (item) => item.grantor === grantor && change.privileges.includes(item.privilege),
      );
      for (const option of [true, false]) {
        const again = lost.filter(({ grantable }) => grantable === option).map(({ privilege }) => privilege);
        if (again.length === 0 || (change.option && !option)) continue;
        const key = JSON.stringify([option, again]);
        alike.set(key, [...(alike.get(key) ?? []), name]);
      }
    }
    return [...alike].flatMap(([key, found]) => {
      const [option, privileges] = JSON.parse(key) as [boolean, string[]];
      const on: Target = { database, kind: "column", schema, names: found };
      return grants({ target: on, privileges, grantees: [of], ...(option ? { option: true as const } : {}) });
    });
  });
}

/** The objects as statements name them, at most so many at a time. */
export function objectChunks(
  { kind, schema, names, whole }: Target,
  quote = identifier,
): { on: string; columns?: string }[] {
  const { word } = KINDS[kind];
  if (whole && schema !== undefined) return [{ on: `ALL ${word}S IN SCHEMA ${quote(schema)}` }];
  const place = schema === undefined ? "" : `${quote(schema)}.`;
  switch (kind) {
    case "column": {
      const byTable = new Map<string, string[]>();
      for (const [table, column] of names.map(partsOf)) byTable.set(table, [...(byTable.get(table) ?? []), column]);
      return [...byTable].map(([table, columns]) => ({
        on: `TABLE ${place}${quote(table)}`,
        columns: columns.map((column) => quote(column)).join(", "),
      }));
    }
    case "function":
    case "procedure": {
      const routines = names.map(partsOf).map(([name, types]) => `${place}${quote(name)}(${types})`);
      return inChunks(routines).map((some) => ({ on: `${word} ${some}` }));
    }
    case "parameter":
      return inChunks(names.map(parameterName)).map((some) => ({ on: `${word} ${some}` }));
    default:
      return inChunks(names.map((name) => `${place}${quote(name)}`)).map((some) => ({ on: `${word} ${some}` }));
  }
}

function defaultsOf({ owner, schema }: DefaultTarget): string {
  const where = schema === "" ? "" : ` IN SCHEMA ${identifier(schema)}`;
  return `ALTER DEFAULT PRIVILEGES FOR ROLE ${identifier(owner)}${where}`;
}

function defaultPrivileges(change: { target: DefaultTarget; privileges: readonly string[] }): string {
  return `${change.privileges.join(", ")} ON ${KINDS[change.target.on].future ?? ""}`;
}

function grantee(name: string): string {
  return name === PUBLIC ? "PUBLIC" : identifier(name);
}

/** Names with commas between, at most so many at a time. */
export function inChunks(texts: readonly string[]): string[] {
  return chunks(texts, NAMES_IN_A_STATEMENT).map((some) => some.join(", "));
}
