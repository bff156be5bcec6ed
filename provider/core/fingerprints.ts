import { hash, randomBytes } from "node:crypto";

/*
 * What state keeps of records that it does not hold: for each a tag that finds it again, a digest of the whole, and a
 * few bits of each field, so that a plan can name the fields that changed. All of it is keyed with a key
 * that Pulumi keeps encrypted: whoever reads the state can neither look somebody up nor try values out. This is stored
 * in users' state: **it is frozen**.
 *
 * One byte with the version, then for each record, sorted by tag: 5 bytes tag, 9 bytes digest, 4 bytes that say which
 * fields are there, 12 bits for each of these.
 */

const VERSION = 1;
const TAG = 5;
const DIGEST = 9;
const MASK = 4;
const KEY = 16;

/** The fingerprints of records by tag; both are bytes, a character each. */
export type Fingerprints = Map<string, string>;

/** A new key, as text. */
export function newKey(): string {
  return randomBytes(KEY).toString("base64");
}

/**
 * Makes fingerprints with one key: the first bytes of SHA-256 of the key and the text. What HMAC adds protects digests
 * that are known as a whole from being continued, and takes an object of native memory for each text.
 */
export class Fingerprinter {
  constructor(private readonly key: string) {}

  /** A character for each byte. */
  private hash(text: string): string {
    return hash("sha256", `${this.key}\n${text}`, "binary");
  }

  /** Finds a record again by its name. */
  tag(name: string): string {
    return this.hash(`name ${name}`).slice(0, TAG);
  }

  /** The digest of a record's text. */
  digest(name: string, text: string): string {
    return this.hash(`record ${name}\n${text}`).slice(0, DIGEST);
  }

  /** The whole fingerprint. `fields` are the names of all fields there can be, at most 32, always in the same order. */
  fingerprint(
    name: string,
    text: string,
    record: Readonly<Record<string, unknown>>,
    fields: readonly string[],
  ): string {
    let mask = 0;
    const parts: number[] = [];
    for (const [index, field] of fields.entries()) {
      if (record[field] === undefined) continue;
      mask = (mask | (1 << index)) >>> 0;
      const hashed = this.hash(`field ${name}\n${field}\n${JSON.stringify(record[field])}`);
      parts.push(((hashed.charCodeAt(0) << 8) | hashed.charCodeAt(1)) >>> 4);
    }
    return this.digest(name, text) + maskText(mask) + partsText(parts);
  }
}

function maskText(mask: number): string {
  const bytes = Buffer.alloc(MASK);
  bytes.writeUInt32BE(mask);
  return bytes.toString("latin1");
}

/** Two parts of 12 bits in three bytes. */
function partsText(parts: readonly number[]): string {
  const bytes = Buffer.alloc(bytesOf(parts.length));
  for (const [index, part] of parts.entries()) {
    const at = Math.floor((index * 3) / 2);
    if (index % 2 === 0) bytes.writeUInt16BE(part << 4, at);
    else bytes.writeUInt16BE(((bytes[at] ?? 0) << 8) | part, at);
  }
  return bytes.toString("latin1");
}

/** The last of an odd number takes two bytes, of which half a byte is empty. */
function bytesOf(parts: number): number {
  return Math.ceil((parts * 3) / 2);
}

/** Whether a fingerprint has this digest. */
export function hasDigest(fingerprint: string | undefined, digest: string): boolean {
  return fingerprint?.startsWith(digest) === true;
}

/** The fields in which two fingerprints differ. Of 4096 changes of a field one is not seen: then it may name none. */
export function changedFields(one: string, other: string, fields: readonly string[]): string[] {
  const [before, after] = [partsOf(one), partsOf(other)];
  return fields.filter((_field, index) => before.get(index) !== after.get(index));
}

function partsOf(fingerprint: string): Map<number, number> {
  const bytes = Buffer.from(fingerprint, "latin1");
  const mask = bytes.readUInt32BE(DIGEST);
  const parts = new Map<number, number>();
  for (let index = 0; index < 32; index += 1) {
    if (((mask >>> index) & 1) === 0) continue;
    const at = DIGEST + MASK + Math.floor((parts.size * 3) / 2);
    const two = bytes.readUInt16BE(at);
    parts.set(index, parts.size % 2 === 0 ? two >>> 4 : two & 0xfff);
  }
  return parts;
}

function bitsIn(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

/** Fingerprints as the text that state keeps. */
export function packFingerprints(fingerprints: Fingerprints): string {
  const tags = [...fingerprints.keys()].sort();
  const text = tags.map((tag) => tag + (fingerprints.get(tag) ?? "")).join("");
  return Buffer.concat([Buffer.from([VERSION]), Buffer.from(text, "latin1")]).toString("base64");
}

/** Reads what `packFingerprints` wrote. A text of another kind gives none, so that every record counts as new. */
export function unpackFingerprints(text: string | undefined): Fingerprints {
  const bytes = Buffer.from(text ?? "", "base64");
  const found: Fingerprints = new Map();
  if (bytes[0] !== VERSION) return found;
  for (let at = 1; at + TAG + DIGEST + MASK <= bytes.length;) {
    const mask = bytes.readUInt32BE(at + TAG + DIGEST);
    const end = at + TAG + DIGEST + MASK + bytesOf(bitsIn(mask));
    found.set(bytes.toString("latin1", at, at + TAG), bytes.toString("latin1", at + TAG, end));
    at = end;
  }
  return found;
}

/** Tags alone, as a text. */
export function packTags(tags: Iterable<string>): string {
  return Buffer.from([...tags].sort().join(""), "latin1").toString("base64");
}

/** Reads what `packTags` wrote. */
export function unpackTags(text: string | undefined): Set<string> {
  const bytes = Buffer.from(text ?? "", "base64");
  const tags = new Set<string>();
  for (let at = 0; at + TAG <= bytes.length; at += TAG) tags.add(bytes.toString("latin1", at, at + TAG));
  return tags;
}
