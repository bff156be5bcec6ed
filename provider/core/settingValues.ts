import { howToSet, type Connection, type ConnectionSpec, type SettingSpecs } from "./connections.js";
import { MISSING_SETTING, RosterError } from "./errors.js";

/** A setting without which nothing can be done. Throws a RosterError that says how to give it. */
export function requiredSetting<S extends SettingSpecs>(
  spec: ConnectionSpec<S>,
  connection: Connection<S>,
  name: keyof S & string,
): string {
  const { value } = connection.settings[name];
  if (value !== undefined && value !== "") return value;
  throw new RosterError(`connection ${connection.name} has no ${name}`, {
    remedy: `${howToSet(spec, connection.name, name).replace(/^s/, "S")}.`,
    code: MISSING_SETTING,
  });
}

/** What a number can be. */
export interface NumberRange {
  readonly fits: (value: number) => boolean;
  /** In words: `a whole number from 1 to 65535`. */
  readonly expected: string;
}

/** A setting that is a number. Throws a RosterError that says where the value came from and what it can be. */
export function numberSetting<S extends SettingSpecs>(
  spec: ConnectionSpec<S>,
  connection: Connection<S>,
  name: keyof S & string,
  { fits, expected }: NumberRange,
): number {
  const text = requiredSetting(spec, connection, name);
  const value = Number(text);
  if (text.trim() !== "" && fits(value)) return value;
  throw unfitSetting(connection, name, expected);
}

/** The error for a setting whose value is not valid, with where it came from. Not for secrets. */
export function unfitSetting<S extends SettingSpecs>(
  connection: Connection<S>,
  name: keyof S & string,
  expected: string,
): RosterError {
  const { value, source } = connection.settings[name];
  const shown = value !== undefined && /url$/i.test(name) ? shownAddress(value) : value;
  return new RosterError(
    `the ${name} of connection ${connection.name} is ${JSON.stringify(shown)}, which is not valid (from ${source})`,
    { remedy: `It can be ${expected}.`, code: MISSING_SETTING },
  );
}

/** An address as messages show it: without what can hold a password or a token, also where it is no valid address. */
export function shownAddress(text: string): string {
  return text.replace(/[?#][^]*$/, (rest) => `${rest.charAt(0)}...`).replace(/^(\w+:\/\/)?[^/]*@/, "$1...@");
}

/** A day: what is longer is a mistake, and timers of Node.js end at 24 days. */
const LONGEST_SECONDS = 86_400;

/** Seconds to wait for something; 0 is no limit. */
export const SECONDS: NumberRange = {
  fits: (value) => value >= 0 && value <= LONGEST_SECONDS,
  expected: `a number of seconds up to ${String(LONGEST_SECONDS)}; 0 is no limit`,
};

/** A port of TCP. */
export const PORT: NumberRange = {
  fits: (value) => Number.isInteger(value) && value > 0 && value < 65_536,
  expected: "a whole number from 1 to 65535",
};
