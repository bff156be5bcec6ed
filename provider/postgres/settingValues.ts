import type { Connection } from "../core/connections.js";
import * as values from "../core/settingValues.js";
import { connections, type PostgresSettings } from "./settings.js";

type Name = keyof PostgresSettings;

/** A setting without which nothing can be done. Throws a RosterError that says how to give it. */
export function requiredSetting(connection: Connection<PostgresSettings>, name: Name): string {
  return values.requiredSetting(connections, connection, name);
}

/** A setting that is a number. Throws a RosterError that says where the value came from and what it can be. */
export function numberSetting(connection: Connection<PostgresSettings>, name: keyof typeof NUMBERS): number {
  return values.numberSetting(connections, connection, name, NUMBERS[name]);
}

const NUMBERS = { port: values.PORT, connectTimeout: values.SECONDS, statementTimeout: values.SECONDS };
