import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { RosterError } from "../core/errors.js";
import { restoreKey, type Restore } from "./snapshot.js";

const names = z.array(z.string()).optional();
const schema = z.object({
  url: z.string(),
  restore: z.object({
    kind: z.enum(["role", "group"]),
    name: z.string(),
    description: z.string(),
    actions: names,
    groups: names,
    roles: names,
    members: names,
  }),
});

/**
 * Files that keep what was taken from a role or group until it is put back: one a role or group, for one environment.
 * They hold CPFs, so only their owner may read them.
 */
export interface RestoreFiles {
  /** What a run that was cut off left. */
  read(): Map<string, Restore>;
  write(restore: Restore): void;
  remove(kind: Restore["kind"], name: string): void;
}

/** The restore files of one environment in a folder, which is made when it is needed. */
export function restoreFiles(folder: string, url: string): RestoreFiles {
  const place = createHash("sha256").update(url).digest("hex").slice(0, 12);
  const prefix = `heimdall-${place}-`;
  // A name can hold `:`, which not every file system takes.
  const fileOf = (kind: string, name: string): string =>
    join(folder, `${prefix}${kind}-${encodeURIComponent(name)}.json`);

  return {
    read() {
      const files = filesIn(folder).filter((file) => file.startsWith(prefix) && file.endsWith(".json"));
      return new Map(
        files.map((file) => {
          const { restore } = parsed(join(folder, file));
          return [restoreKey(restore.kind, restore.name), restore];
        }),
      );
    },
    write(restore) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const file = fileOf(restore.kind, restore.name);
      // Whole or not at all: a run can be killed while it writes.
      writeFileSync(`${file}.new`, `${JSON.stringify({ url, restore }, undefined, 2)}\n`, { mode: 0o600, flush: true });
      renameSync(`${file}.new`, file);
    },
    remove(kind, name) {
      rmSync(fileOf(kind, name), { force: true });
    },
  };
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function parsed(file: string): z.output<typeof schema> {
  try {
    return schema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    throw new RosterError(`the restore file ${file} cannot be read`, {
      said: error instanceof Error ? error.message : String(error),
      remedy:
        "It keeps what an earlier run took from a role or group of Heimdall. Put that back by hand, and delete the file.",
    });
  }
}
