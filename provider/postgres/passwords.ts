import { randomBytes } from "node:crypto";
import { UNKNOWN } from "../core/unknown.js";
import { isVerifier, scramVerifier, verifies } from "./scram.js";

/** The version by which a program says: set the password whenever it is another one than the last. */
export const AUTO = "auto";

/** A password as a program gives it, or a verifier as the state keeps it, with its version. */
export interface VersionedPassword {
  readonly password: string;
  readonly version: string | number | undefined;
}

/**
 * The verifier to store, and the version. One whose version is that of the state stays the verifier of the state, so
 * that no random salt makes a difference. With the version "auto" the state's verifier tells whether the password is
 * still the same; another one gets a version of its own, which says nothing about the password.
 */
export async function storedPassword(
  { password, version }: VersionedPassword,
  kept: VersionedPassword | undefined,
): Promise<VersionedPassword> {
  const verifier = kept !== undefined && isVerifier(kept.password) ? kept.password : undefined;
  if (version !== AUTO) {
    if (password === UNKNOWN) return { password, version };
    return { password: verifier !== undefined && kept?.version === version ? verifier : await made(password), version };
  }
  const last = isAutomatic(kept?.version) ? kept?.version : undefined;
  if (password === UNKNOWN) return { password, version: last ?? version };
  const same = verifier !== undefined && (await verifies(password, verifier));
  return same && last !== undefined
    ? { password: verifier, version: last }
    : { password: await made(password), version: `${AUTO}-${randomBytes(4).toString("hex")}` };
}

/** Whether a password has to be set: none is kept, or one of another version. */
export async function isSetAnew(given: VersionedPassword, kept: VersionedPassword | undefined): Promise<boolean> {
  return kept === undefined || (await storedPassword(given, kept)).version !== kept.version;
}

function isAutomatic(version: string | number | undefined): boolean {
  return typeof version === "string" && version.startsWith(`${AUTO}-`);
}

async function made(password: string): Promise<string> {
  return isVerifier(password) ? password : scramVerifier(password);
}
