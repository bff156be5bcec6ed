import { howToSet, type Connection } from "../core/connections.js";
import { MISSING_SETTING, RosterError } from "../core/errors.js";
import { connections, type PostgresSettings } from "./settings.js";

type Name = keyof PostgresSettings;

/** A setting without which nothing can be done. Throws a RosterError that says how to give it. */
export function requiredSetting(connection: Connection<PostgresSettings>, name: Name): string {
  const { value } = connection.settings[name];
  if (value !== undefined && value !== "") return value;
  throw new RosterError(`connection ${connection.name} has no ${name}`, {
    remedy: `${howToSet(connections, connection.name, name).replace(/^s/, "S")}.`,
    code: MISSING_SETTING,
  });
}

/** A setting that is a number. Throws a RosterError that says where the value came from. */
export function numberSetting(connection: Connection<PostgresSettings>, name: Name): number {
  const { source } = connection.settings[name];
  const text = requiredSetting(connection, name);
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0) return value;
  throw new RosterError(
    `the ${name} of connection ${connection.name} is ${JSON.stringify(text)}, which is not a number (from ${source})`,
    {
      code: MISSING_SETTING,
    },
  );
}
