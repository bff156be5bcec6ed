import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { REPOSITORY } from "../repository.js";

/** The name of the projects here, which is part of where their state is. */
export const PROJECT = "bench";

/** The programs in `programs/`. */
export type ProgramName = "granular" | "bulk" | "textbook" | "directory" | "civis" | "people" | "server";

/** Whose handlers run: Roster's, or those that do nothing. */
export type Handlers = "roster" | "floor";

/** Makes a folder as a user's project is: a program, and the packages that it installed. */
export async function makeProject(program: ProgramName, handlers: Handlers): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "roster-bench-"));
  const write = (file: string, text: string): void => {
    writeFileSync(path.join(folder, file), text);
  };
  write(
    "Pulumi.yaml",
    `name: ${PROJECT}\nruntime:\n  name: nodejs\n  options:\n    typescript: false\nmain: index.js\n`,
  );
  write("package.json", JSON.stringify({ name: PROJECT, version: "1.0.0", main: "index.js" }));
  write("index.js", passOn("programs", program));
  mkdirSync(path.join(folder, "node_modules", "@pulumi"), { recursive: true });
  for (const name of ["@pulumi/pulumi", "pg"]) link(folder, name, path.join(REPOSITORY, "node_modules", name));
  if (handlers === "roster") link(folder, "pulumi-roster", REPOSITORY);
  else {
    mkdirSync(path.join(folder, "node_modules/pulumi-roster"));
    const exported = { name: "pulumi-roster", exports: { "./provider": "./provider.js" } };
    write("node_modules/pulumi-roster/package.json", JSON.stringify(exported));
    write("node_modules/pulumi-roster/provider.js", passOn("floor"));
  }
  return folder;
}

function link(folder: string, name: string, to: string): void {
  symlinkSync(to, path.join(folder, "node_modules", name), "dir");
}

function passOn(...file: string[]): string {
  return `module.exports = require(${JSON.stringify(path.join(__dirname, ...file))});\n`;
}
