import type { EnvironmentData } from "../../provider/heimdall/types.js";
import { readSource } from "../core/source.js";

/**
 * Reads an environment of Heimdall from a YAML or JSON file: the lists `actions`, `roles`, `mappings` and `groups`, all
 * four of them, each there even where it is empty. `schemas/heimdall-environment.schema.json` of this package lets
 * editors complete it. Backups of a `heimdall.Environment` are such files.
 *
 * Rejects where the file cannot be read or is not valid, with the line and column of each problem.
 *
 * @param file The path, seen from the folder of the program.
 *
 * @example
 * const environment = await heimdall.readEnvironment("heimdall.yaml");
 */
export function readEnvironment(file: string): Promise<EnvironmentData> {
  return readSource("heimdall.readEnvironment", async () => {
    const { readEnvironmentFile } = await import("../../provider/heimdall/read.js");
    return readEnvironmentFile(file);
  });
}
