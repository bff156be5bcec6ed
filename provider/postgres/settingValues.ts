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

/** A setting that is a number. Throws a RosterError that says where the value came from and what it can be. */
export function numberSetting(connection: Connection<PostgresSettings>, name: keyof typeof NUMBERS): number {
  const { source } = connection.settings[name];
  const text = requiredSetting(connection, name);
  const { fits, expected } = NUMBERS[name];
  const value = Number(text);
  if (text.trim() !== "" && fits(value)) return value;
  throw new RosterError(
    `the ${name} of connection ${connection.name} is ${JSON.stringify(text)}, which cannot be (from ${source})`,
    { remedy: `It can be ${expected}.`, code: MISSING_SETTING },
  );
}

/** A day: what is longer is a mistake, and timers of Node.js end at 24 days. */
const LONGEST_SECONDS = 86_400;
const seconds = {
  fits: (value: number): boolean => value >= 0 && value <= LONGEST_SECONDS,
  expected: `a number of seconds up to ${String(LONGEST_SECONDS)}; 0 is no limit`,
};

const NUMBERS = {
  port: {
    fits: (value: number): boolean => Number.isInteger(value) && value > 0 && value < 65_536,
    expected: "a whole number from 1 to 65535",
  },
  connectTimeout: seconds,
  statementTimeout: seconds,
};
