/** Values shorter than this are not looked for: replacing every "a" would hide the message and not the secret. */
export const SHORTEST = 4;

const secrets = new Set<string>();

/** What stands in a message in place of a secret. */
export const REDACTED = "[secret]";

/**
 * Remembers a value that must appear in no message of this process, and gives it back.
 *
 * @example
 * const password = registerSecret(settings.password);
 */
export function registerSecret<T extends string | undefined>(value: T): T {
  if (value !== undefined && value.length >= SHORTEST) secrets.add(value);
  return value;
}

/**
 * Replaces every secret that this process knows by `[secret]`, longest first, so that a secret which is part of
 * another does not leave the rest of it standing. Also finds a secret as it appears inside SQL, JSON
 * or the address of a request.
 */
export function redact(text: string): string {
  const ordered = [...secrets].sort((a, b) => b.length - a.length);
  return ordered.reduce((rest, secret) => spellings(secret).reduce((t, s) => t.replaceAll(s, REDACTED), rest), text);
}

/** As a part of the path of a request. A half of a surrogate pair has no such spelling. */
function inAddress(secret: string): string {
  try {
    return encodeURIComponent(secret);
  } catch {
    return secret;
  }
}

function spellings(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const literal = secret.replaceAll("'", "''");
  const escapeString = literal.replaceAll("\\", "\\\\");
  const identifier = secret.replaceAll('"', '""');
  return [...new Set([secret, json, literal, escapeString, identifier, inAddress(secret)])];
}
