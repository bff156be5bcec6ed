import { setTimeout as byTheClock } from "node:timers/promises";
import type { Connection } from "../../core/connections.js";
import { asRosterError } from "../../core/errors.js";
import type { Session, System } from "../../core/system.js";
import { describe } from "../client.js";
import { openStatements } from "../read.js";
import type { Row } from "../rows.js";
import { connections, type DatabricksSettings } from "../settings.js";
import type { Pause } from "../settle.js";
import { applyObjectChange, foldName, type ObjectChange, type Objects, type SqlObject } from "./catalog.js";
import { readStatements, statementOf } from "./sql.js";

/** Opens a session: each schema is read once with two statements, and changes run one after the other. */
export function openObjects(
  connection: Connection<DatabricksSettings>,
  pause: Pause = byTheClock,
): Session<Objects, ObjectChange> {
  const runner = openStatements(connection, pause);
  const reads = new Map<string, Promise<void>>();
  let objects: Objects = { schemas: new Map() };
  let turn: Promise<unknown> = Promise.resolve();

  async function look(schema: string): Promise<void> {
    const { objects: sql, columns, parameters } = readStatements(schema);
    const [found, named] = [await runner.run({ sql, parameters }), await runner.run({ sql: columns, parameters })];
    objects.schemas.set(foldName(schema), found.rows.length === 0 ? undefined : objectsOf(found.rows, named.rows));
  }

  function known(schema: string): Promise<void> {
    const key = foldName(schema);
    if (objects.schemas.has(key)) return Promise.resolve();
    const reading = reads.get(key) ?? look(schema).finally(() => reads.delete(key));
    reads.set(key, reading);
    return reading;
  }

  async function run(changes: readonly ObjectChange[]): Promise<void> {
    for (const change of changes) {
      await runner.run({ sql: statementOf(change), repeatable: true });
      applyObjectChange(objects, change);
    }
  }

  return {
    description: describe(connection),
    async model(parts = []) {
      for (const part of parts) await known(part);
      return objects;
    },
    forget() {
      objects = { schemas: new Map() };
    },
    async run(changes) {
      // A view that another one selects from has to be there first, so nothing overtakes.
      const done = turn.then(
        () => run(changes),
        () => run(changes),
      );
      turn = done;
      try {
        await done;
      } catch (error) {
        throw asRosterError(error);
      }
    },
  };
}

function objectsOf(rows: readonly Row[], columns: readonly Row[]): Map<string, SqlObject> {
  const named = new Map<string, Set<string>>();
  for (const row of columns) {
    const table = foldName(String(row["table_name"]));
    named.set(table, (named.get(table) ?? new Set()).add(foldName(String(row["column_name"]))));
  }
  const found = rows.filter((row) => row["table_name"] !== null);
  return new Map(
    found.map((row): [string, SqlObject] => {
      const name = foldName(String(row["table_name"]));
      const kind = String(row["table_type"]).endsWith("VIEW") ? "view" : "table";
      const textIn = (column: string): string | undefined => (row[column] === null ? undefined : String(row[column]));
      const text = kind === "view" ? textIn("view_definition") : undefined;
      return [name, { kind, comment: textIn("comment"), text, columns: named.get(name) ?? new Set() }];
    }),
  );
}

function copyObjects({ schemas }: Objects): Objects {
  return {
    schemas: new Map([...schemas].map(([key, of]) => [key, of === undefined ? undefined : new Map(of)] as const)),
  };
}

/** Tables and views of Databricks, which statements make. */
export const databricksSql: System<Objects, ObjectChange, DatabricksSettings> = {
  title: "Databricks SQL",
  connections,
  open: (connection) => openObjects(connection),
  render: (_model, changes) => changes.map(statementOf),
  applyTo: applyObjectChange,
  copy: copyObjects,
  complete(copy, live) {
    for (const [key, of] of live.schemas) {
      if (!copy.schemas.has(key)) copy.schemas.set(key, of === undefined ? undefined : new Map(of));
    }
  },
  blank: () => ({ schemas: new Map() }),
  comment: (text) => `-- ${text.replaceAll("\n", "\n-- ")}`,
};
