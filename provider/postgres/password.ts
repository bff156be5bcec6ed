import type { Connection } from "../core/connections.js";
import { MISSING_SETTING, RosterError } from "../core/errors.js";
import { commandTokens, moduleTokens, staticToken, type TokenSource } from "../core/tokens.js";
import type { PostgresSettings } from "./settings.js";

/** The sources of a run, by where they come from: a password that ends serves every connection until then. */
const sources = new Map<string, TokenSource>();

/** Where the password of a connection comes from. Throws a RosterError where there are two places. */
export function passwordSource({ name, settings }: Connection<PostgresSettings>): TokenSource {
  const given = (["password", "passwordCommand", "passwordModule"] as const).filter(
    (setting) => (settings[setting].value ?? "") !== "",
  );
  const [first, second] = given;
  if (first !== undefined && second !== undefined)
    throw new RosterError(`connection ${name} has both ${first} and ${second}`, {
      remedy: `Take one of them away: ${settings[first].source}, ${settings[second].source}.`,
      code: MISSING_SETTING,
    });
  const value = first === undefined ? "" : (settings[first].value ?? "");
  if (first === undefined || first === "password") return staticToken(value, settings.password.source);
  const origin = `the ${first} of connection ${name} (from ${settings[first].source})`;
  const key = JSON.stringify([first, value]);
  const found = sources.get(key) ?? (first === "passwordCommand" ? commandTokens : moduleTokens)(value, origin);
  sources.set(key, found);
  return found;
}
