import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { MISSING_SETTING, RosterError } from "../core/errors.js";
import { registerSecret } from "../core/redact.js";

/** The settings of one profile, by their names in the file. */
export type Profile = ReadonlyMap<string, string>;

/**
 * Reads the configuration file of Databricks' tools
 * (https://docs.databricks.com/aws/en/dev-tools/auth/config-profiles): `[profile]`, `key = value`, and lines that begin
 * with `#` or `;`. Nothing else means anything: a `#` within a secret is part of it.
 */
export function parseProfiles(text: string): Map<string, Profile> {
  const profiles = new Map<string, Map<string, string>>();
  let current: Map<string, string> | undefined;
  for (const line of text.split(/\r?\n/).map((each) => each.trim())) {
    const section = /^\[(.+)\]$/.exec(line)?.[1]?.trim();
    if (section !== undefined) {
      current = profiles.get(section) ?? new Map<string, string>();
      profiles.set(section, current);
      continue;
    }
    const [, key, value] = /^([^=:#;][^=:]*?)\s*[=:]\s*(.*)$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) current?.set(key.toLowerCase(), value);
  }
  return profiles;
}

/** A profile of a file. Throws a RosterError that names the file, and the profiles that it has. */
export function readProfile(name: string, file: string): Profile {
  const full = file.startsWith("~/") ? path.join(homedir(), file.slice(2)) : file;
  const profiles = parseProfiles(textOf(full, name));
  const profile = profiles.get(name);
  if (profile === undefined) {
    const known = [...profiles.keys()].map((each) => JSON.stringify(each)).join(", ");
    throw new RosterError(`${full} has no profile ${JSON.stringify(name)}`, {
      remedy: `Its profiles are ${known === "" ? "none" : known}.`,
      code: MISSING_SETTING,
    });
  }
  for (const secret of ["token", "client_secret"]) registerSecret(profile.get(secret));
  return profile;
}

function textOf(file: string, profile: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new RosterError(`the file of profile ${JSON.stringify(profile)} cannot be read`, {
      said: (error as Error).message,
      remedy: "Make it with the Databricks CLI, or name another one: DATABRICKS_CONFIG_FILE.",
      code: MISSING_SETTING,
    });
  }
}
