import { createHash, randomBytes } from "node:crypto";

/** How a password is stored: salted, or with the user's name in it as PostgreSQL did it once. */
export const FORMS = ["sha256", "md5"] as const;
/** One of them. */
export type Form = (typeof FORMS)[number];

const SALT_BYTES = 32;
const MD5 = /^md5[0-9a-f]{32}$/;
const SHA256 = /^sha256\|([0-9a-f]{64})\|([0-9a-f]{64})$/;

/** Whether a text is a password as the server stores it, which is passed on as it is. */
export function isStored(text: string): boolean {
  return MD5.test(text) || SHA256.test(text);
}

/**
 * Makes what the server stores for a password, so that the password itself never leaves this process.
 *
 * @example
 * storedForm("sha256", "Correct-horse-1", "ana") // sha256|<digest>|<salt>
 *
 * @see https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_USER.html
 */
export function storedForm(form: Form, password: string, user: string, salt: Buffer = randomBytes(SALT_BYTES)): string {
  if (form === "md5")
    return `md5${createHash("md5")
      .update(password + user)
      .digest("hex")}`;
  const digest = createHash("sha256")
    .update(Buffer.concat([Buffer.from(password), salt]))
    .digest("hex");
  return `sha256|${digest}|${salt.toString("hex")}`;
}

/** Whether something stored was made of a password for a user. */
export function verifies(password: string, user: string, stored: string): boolean {
  const salt = SHA256.exec(stored)?.[2];
  if (salt === undefined) return storedForm("md5", password, user) === stored;
  return storedForm("sha256", password, user, Buffer.from(salt, "hex")) === stored;
}

/** Why the server would refuse a password; undefined where it would take it. */
export function refusedPassword(password: string): string | undefined {
  if (isStored(password)) return undefined;
  // Such a text would be taken for a hash, or refused as one.
  if (/^(md5|sha256\|)/.test(password)) return "begins as a hash does (md5 or sha256|) and is none";
  if (password.length < 8 || password.length > 64) return "must have 8 to 64 characters";
  if (!/^[!-~]*$/.test(password)) return "must be of ASCII characters without blanks (codes 33 to 126)";
  if (/['"\\/@]/.test(password)) return "must not hold any of ' \" \\ / @";
  const missing = [
    [/[A-Z]/, "an upper case letter"],
    [/[a-z]/, "a lower case letter"],
    [/[0-9]/, "a digit"],
  ] as const;
  const lacks = missing.filter(([pattern]) => !pattern.test(password)).map(([, what]) => what);
  return lacks.length === 0 ? undefined : `must have ${lacks.join(" and ")}`;
}
