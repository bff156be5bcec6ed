import { readFileSync } from "node:fs";
import path from "node:path";
import { REPOSITORY } from "../../repository.js";

/** The folder of the example. */
export const FOLDER = path.join(REPOSITORY, "examples/keycloak-glean");

/** A file of the example. */
export function read(name: string): string {
  return readFileSync(path.join(FOLDER, name), "utf8");
}

/** The page about the example. */
export function page(): string {
  return readFileSync(path.join(REPOSITORY, "docs/keycloak-glean.md"), "utf8");
}
