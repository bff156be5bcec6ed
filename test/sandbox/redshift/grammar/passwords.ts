import { createHash, randomBytes } from "node:crypto";
import { Refusal, unsure } from "../errors.js";

/** What is kept of a password: one of the forms that the server stores, or undefined for a login without one. */
export function storedPassword(given: string, user: string): string {
  if (given.startsWith("md5")) {
    if (!/^md5[0-9a-f]{32}$/.test(given)) throw unsure("a password that begins with md5 and is no MD5 hash");
    return given;
  }
  const [word, digest, salt] = given.split("|");
  if (word === "sha256" && given.includes("|")) return sha256Form(digest ?? "", salt);
  check(given);
  return storedMd5(given, user);
}

function sha256Form(digest: string, salt: string | undefined): string {
  if (salt === undefined) {
    check(digest);
    const made = randomBytes(32);
    return `sha256|${sha256(digest, made)}|${made.toString("hex")}`;
  }
  const hex = /^[0-9a-f]{64}$/;
  if (!hex.test(digest) || !hex.test(salt)) throw unsure("a sha256 hash that is not of 64 digits with a salt of 64");
  return `sha256|${digest}|${salt}`;
}

/** Whether a password is the one that was stored. */
export function isPassword(stored: string, given: string, user: string): boolean {
  const [, digest, salt] = stored.split("|");
  if (digest !== undefined && salt !== undefined) return sha256(given, Buffer.from(salt, "hex")) === digest;
  return storedMd5(given, user) === stored;
}

function storedMd5(password: string, user: string): string {
  return `md5${createHash("md5")
    .update(password + user)
    .digest("hex")}`;
}

function sha256(password: string, salt: Buffer): string {
  return createHash("sha256")
    .update(Buffer.concat([Buffer.from(password), salt]))
    .digest("hex");
}

/** The rules for a password in clear. No source has the server's messages for them. */
function check(password: string): void {
  const refuse = (rule: string): never => {
    throw new Refusal("22023", `the password ${rule}`);
  };
  if (password.length < 8 || password.length > 64) refuse("must be 8 to 64 characters long");
  if (!/[A-Z]/.test(password)) refuse("must contain an uppercase letter");
  if (!/[a-z]/.test(password)) refuse("must contain a lowercase letter");
  if (!/[0-9]/.test(password)) refuse("must contain a number");
  if (!/^[!-~]*$/.test(password)) refuse("must be of ASCII characters from 33 to 126");
  if (/['"/]/.test(password)) refuse("must not contain a quotation mark or a slash");
  // The rules exclude both, and an example of the same page has one that begins with @.
  if (/[\\@]/.test(password)) throw unsure("a password with @ or a backslash");
}
