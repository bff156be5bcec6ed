import { createCipheriv, createDecipheriv, pbkdf2, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { CliError } from "./errors";
import { keyKept } from "./keys";

const rounds = 1_000_000;
const derived = new Map<string, Promise<Buffer>>();

/** The key of a passphrase and a salt. Deriving one takes a good part of a second, so each is derived once. */
function deriveKey(passphrase: string, salt: Buffer): Promise<Buffer> {
  const name = `${salt.toString("base64")}:${passphrase}`;
  let key = derived.get(name);
  if (key === undefined) {
    key = keyKept(name, () => promisify(pbkdf2)(passphrase, salt, rounds, 32, "sha256"));
    derived.set(name, key);
  }
  return key;
}

/** Encrypts and decrypts with one key, in the form that Pulumi's passphrase provider uses. */
export class Crypter {
  // One ciphertext for one text: an unchanged secret must not make the state look changed.
  private readonly known = new Map<string, string>();

  private constructor(
    private readonly key: Buffer,
    /** What to keep in the stack's settings and state so that the passphrase alone opens them again. */
    readonly state: string,
  ) {}

  /** A crypter with a new salt. */
  static async create(passphrase: string): Promise<Crypter> {
    const salt = randomBytes(8);
    const key = await deriveKey(passphrase, salt);
    const crypter = new Crypter(key, "");
    return new Crypter(key, `v1:${salt.toString("base64")}:${crypter.encrypt("pulumi")}`);
  }

  /** The crypter of a salt that was kept; refuses a wrong passphrase. */
  static async open(passphrase: string, state: string): Promise<Crypter> {
    const [, salt, proof] = /^v1:([^:]+):(v1:[^:]+:[^:]+)$/.exec(state) ?? [];
    if (salt === undefined || proof === undefined)
      throw new CliError("malformed state value of the passphrase secrets provider");
    const crypter = new Crypter(await deriveKey(passphrase, Buffer.from(salt, "base64")), state);
    try {
      if (crypter.decrypt(proof) === "pulumi") return crypter;
    } catch {
      // A wrong key fails the authentication tag: the same as decrypting to something else.
    }
    throw new CliError("incorrect passphrase");
  }

  /** A text as `v1:<nonce>:<ciphertext and tag>`. */
  encrypt(text: string): string {
    const before = this.known.get(text);
    if (before !== undefined) return before;
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", this.key, nonce);
    const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
    const result = `v1:${nonce.toString("base64")}:${body.toString("base64")}`;
    this.known.set(text, result);
    return result;
  }

  /** The text of a ciphertext. */
  decrypt(ciphertext: string): string {
    const [version, nonce, body] = ciphertext.split(":");
    if (version !== "v1" || nonce === undefined || body === undefined) throw new CliError("malformed ciphertext");
    const bytes = Buffer.from(body, "base64");
    const decipher = createDecipheriv("aes-256-gcm", this.key, Buffer.from(nonce, "base64"));
    decipher.setAuthTag(bytes.subarray(bytes.length - 16));
    const text = decipher.update(bytes.subarray(0, bytes.length - 16), undefined, "utf8") + decipher.final("utf8");
    this.known.set(text, ciphertext);
    return text;
  }
}

/** The passphrase that the environment gives. */
export function passphrase(): string {
  const file = process.env["PULUMI_CONFIG_PASSPHRASE_FILE"];
  const text = process.env["PULUMI_CONFIG_PASSPHRASE"];
  if (text !== undefined) return text;
  if (file) return readFileSync(file, "utf8").trim();
  throw new CliError(
    "passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables",
  );
}
