import { readFileSync } from "node:fs";
import path from "node:path";
import type * as pulumi from "@pulumi/pulumi";

/** Where the passwords of users are looked for, in this order. */
export interface PasswordSources {
  /** By user name, for instance from secret config. */
  readonly given: Readonly<Record<string, pulumi.Input<string>>>;
  /** A folder of mounted secrets. */
  readonly folder: string | undefined;
  /** What the names of environment variables begin with. */
  readonly prefix: string;
  /** The environment variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The passwords that were found, and the users who have none. */
export interface FoundPasswords {
  /** By user. */
  readonly passwords: ReadonlyMap<string, pulumi.Input<string>>;
  /** Who has none. */
  readonly without: readonly string[];
}

/** Looks for the password of each user. Throws an Error that names the file for a password that is not valid. */
export function findPasswords(users: readonly string[], sources: PasswordSources): FoundPasswords {
  const passwords = new Map<string, pulumi.Input<string>>();
  for (const user of users) {
    const found = passwordOf(user, sources);
    if (found !== undefined) passwords.set(user, found);
  }
  return { passwords, without: users.filter((user) => !passwords.has(user)) };
}

function passwordOf(
  user: string,
  { given, folder, prefix, environment }: PasswordSources,
): pulumi.Input<string> | undefined {
  if (Object.hasOwn(given, user)) return given[user];
  const mounted = folder === undefined ? undefined : mountedPassword(folder, user);
  if (mounted !== undefined) return mounted;
  const value = environment[variableOf(prefix, user)];
  return value === "" ? undefined : value;
}

/** The environment variable with a user's password: `ROSTER_PASSWORD_APP_READER` for app_reader. */
export function variableOf(prefix: string, user: string): string {
  return prefix + user.toUpperCase().replace(/[^A-Z0-9]/g, "_");
}

/**
 * The files that can hold a user's password within a folder of mounted secrets, as Kubernetes mounts them: a folder for
 * each secret, with a file `password`, or one secret with a file for each user. Names of secrets hold no underscore.
 */
export function candidatesFor(folder: string, user: string): string[] {
  // A name is no path: a slash in it must not lead out of the folder.
  if (/[/\\]/.test(user) || user.startsWith(".")) return [];
  const names = [...new Set([user, user.replaceAll("_", "-").toLowerCase()])];
  return names.flatMap((name) => [
    path.join(folder, name, "password"),
    path.join(folder, `${name}-secret`, "password"),
    path.join(folder, name),
  ]);
}

function mountedPassword(folder: string, user: string): string | undefined {
  for (const file of candidatesFor(folder, user)) {
    const text = textOf(file);
    if (text === undefined) continue;
    // Editors and echo end a file with a line break, which is no part of the password.
    const password = text.replace(/\r?\n$/, "");
    if (password === "")
      throw new Error(`${file} is empty: write the password of ${JSON.stringify(user)} into it, or remove it`);
    return password;
  }
  return undefined;
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR") return undefined;
    throw new Error(`${file} cannot be read: ${message}`, { cause: error });
  }
}
