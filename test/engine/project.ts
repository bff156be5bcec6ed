import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { CliError } from "./errors";

/** What Pulumi.yaml says. */
export interface Project {
  name: string;
  /** The folder of Pulumi.yaml. */
  root: string;
  /** The folder in which the program runs. */
  programFolder: string;
  /** The program's file in that folder, or `.` for what package.json says. */
  entry: string;
  typescript: boolean;
  tsconfig?: string | undefined;
  nodeArguments: string[];
  runtimeOptions: Record<string, unknown>;
  backendUrl?: string | undefined;
}

interface Runtime {
  name?: string;
  options?: Record<string, unknown>;
}

interface ProjectFile {
  name?: string;
  runtime?: string | Runtime;
  main?: string;
  backend?: { url?: string };
}

/** Finds Pulumi.yaml in a folder or above it and reads it. */
export function readProject(folder: string): Project {
  const file = findUp(folder, "Pulumi.yaml");
  if (file === undefined) {
    throw new CliError("no Pulumi.yaml project file found (searching upwards from " + folder + ")");
  }
  const content = (parse(readFileSync(file, "utf8")) ?? {}) as ProjectFile;
  const runtime: Runtime = typeof content.runtime === "string" ? { name: content.runtime } : (content.runtime ?? {});
  if (!content.name) throw new CliError(`could not load ${file}: project is missing a 'name' attribute`);
  if (runtime.name !== "nodejs")
    throw new CliError(`this engine runs nodejs programs only, not "${runtime.name ?? ""}"`);
  const root = path.dirname(file);
  const options = runtime.options ?? {};
  return {
    name: content.name,
    root,
    ...entryPoint(root, content.main),
    typescript: options["typescript"] !== false,
    tsconfig: options["tsconfig"] as string | undefined,
    nodeArguments: (typeof options["nodeargs"] === "string" ? options["nodeargs"] : "").split(/\s+/).filter(Boolean),
    runtimeOptions: options,
    backendUrl: content.backend?.url,
  };
}

function entryPoint(root: string, main: string | undefined): Pick<Project, "programFolder" | "entry"> {
  const target = path.resolve(root, main ?? ".");
  if (!existsSync(target)) throw new CliError(`could not find the project's main: ${target}`);
  if (statSync(target).isDirectory()) return { programFolder: target, entry: "." };
  return { programFolder: path.dirname(target), entry: path.basename(target) };
}

function findUp(folder: string, name: string): string | undefined {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    const file = path.join(at, name);
    if (existsSync(file)) return file;
    if (at === path.dirname(at)) return undefined;
  }
}

/** A stack's settings: Pulumi.<stack>.yaml. */
export interface StackSettings {
  encryptionsalt?: string;
  config?: Record<string, unknown>;
}

/** Where a stack's settings are. */
export function settingsFile(project: Project, stack: string): string {
  return path.join(project.root, `Pulumi.${stack}.yaml`);
}

/** Reads a stack's settings. */
export function readSettings(project: Project, stack: string): StackSettings {
  const file = settingsFile(project, stack);
  return existsSync(file) ? ((parse(readFileSync(file, "utf8")) ?? {}) as StackSettings) : {};
}

/** Writes a stack's settings. */
export function writeSettings(project: Project, stack: string, settings: StackSettings): void {
  writeFileSync(settingsFile(project, stack), stringify(settings));
}
