import { createHash, randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

/*
 * Pulumi makes a stack's key of its passphrase with a million rounds of a hash, which takes a command longer than all
 * the rest that it does. The commands of one test process pass such keys on in a folder that goes with that process;
 * the passphrases of tests are no secrets. Where nobody says so, nothing is kept.
 */
const FOLDER = "ROSTER_ENGINE_KEYS";

let folder: string | undefined;

/** The environment of commands that pass keys on to each other, for as long as this process lives. */
export function keysPassedOn(): NodeJS.ProcessEnv {
  if (folder === undefined) {
    const made = mkdtempSync(path.join(tmpdir(), "roster-keys-"));
    process.once("exit", () => {
      rmSync(made, { recursive: true, force: true });
    });
    folder = made;
  }
  return { [FOLDER]: folder };
}

/** A key by what it is made of: one that an earlier command has made, or else a new one. */
export async function keyKept(of: string, make: () => Promise<Buffer>): Promise<Buffer> {
  const { [FOLDER]: kept } = process.env;
  if (kept === undefined) return make();
  const file = path.join(kept, createHash("sha256").update(of).digest("hex"));
  try {
    return readFileSync(file);
  } catch {
    const key = await make();
    // Commands run side by side: whoever looks finds all of it or nothing.
    const whole = `${file}.${randomUUID()}`;
    writeFileSync(whole, key, { mode: 0o600 });
    renameSync(whole, file);
    return key;
  }
}
