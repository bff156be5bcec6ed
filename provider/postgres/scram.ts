import { createHash, createHmac, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";

/** PostgreSQL's own default of `scram_iterations`. */
const ITERATIONS = 4096;
const SALT_BYTES = 16;
const KEY_BYTES = 32;

const derive = promisify(pbkdf2);

/**
 * Makes the SCRAM-SHA-256 verifier that PostgreSQL stores for a password (RFC 5802, RFC 7677), so that the password
 * itself never leaves this process: not to the server, not to its log, not to Pulumi's state.
 *
 * @example
 * await scramVerifier("correct horse") // "SCRAM-SHA-256$4096:...$...:..."
 */
export async function scramVerifier(
  password: string,
  salt: Buffer = randomBytes(SALT_BYTES),
  iterations = ITERATIONS,
): Promise<string> {
  const salted = await derive(await prepared(password), salt, iterations, KEY_BYTES, "sha256");
  const clientKey = createHmac("sha256", salted).update("Client Key").digest();
  const storedKey = createHash("sha256").update(clientKey).digest("base64");
  const serverKey = createHmac("sha256", salted).update("Server Key").digest("base64");
  return `SCRAM-SHA-256$${String(iterations)}:${salt.toString("base64")}$${storedKey}:${serverKey}`;
}

/**
 * Whether a text is a verifier as servers store it, which is passed on as it is: SCRAM-SHA-256, the md5 form that older
 * servers made, or the sha256 form of Redshift.
 */
export function isVerifier(text: string): boolean {
  return (
    /^SCRAM-SHA-256\$\d+:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]{44}:[A-Za-z0-9+/=]{44}$/.test(text) ||
    /^md5[0-9a-f]{32}$/.test(text) ||
    /^sha256\|[0-9a-f]{64}\|[0-9a-f]{64}$/.test(text)
  );
}

/** Whether a verifier was made of a password, or is the same verifier. Always false for a password and an md5 verifier. */
export async function verifies(password: string, verifier: string): Promise<boolean> {
  if (password === verifier) return true;
  const [, iterations, salt] = /^SCRAM-SHA-256\$(\d+):([^$]+)\$/.exec(verifier) ?? [];
  if (iterations === undefined || salt === undefined || isVerifier(password)) return false;
  return (await scramVerifier(password, Buffer.from(salt, "base64"), Number(iterations))) === verifier;
}

/**
 * Server and clients normalise a password with SASLprep (RFC 4013) and take it as it is where that forbids it. They
 * differ from the library for letters such as U+1D2C, which are younger than Unicode 3.2 and stand for older ones: a
 * password with one of those cannot be used to log in.
 */
async function prepared(password: string): Promise<string> {
  // Loaded here and not with this file: most runs set no password.
  const { saslprep } = await import("@mongodb-js/saslprep");
  try {
    return saslprep(password);
  } catch {
    return password;
  }
}
