import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { readDocument, type DocumentProblem, type Place, type Path } from "../../core/documents.js";
import { fullFile, simpleFile, type FullFile, type SimpleFile } from "./format.js";

/** A file of either format, with the places of what stands in it. */
export type UsersFile = { readonly placeOf: (path: Path) => Place } & (
  { readonly format: "simple"; readonly data: SimpleFile } | { readonly format: "full"; readonly data: FullFile }
);

/** Files as they were read, and what is wrong with those that could not be. */
export interface ReadFiles {
  /** Those that could be read. */
  readonly files: readonly UsersFile[];
  /** All that is wrong in all files. */
  readonly problems: readonly DocumentProblem[];
}

/** Reads files, and folders of files (`.yaml`, `.yml`, `.json`, in the order of their names, not the folders within). */
export function readUsersFiles(names: readonly string[]): ReadFiles {
  const files: UsersFile[] = [];
  const problems: DocumentProblem[] = [];
  for (const name of names.flatMap((given) => filesOf(given, problems))) {
    const read = readUsersFile(name);
    problems.push(...read.problems);
    if (read.file !== undefined) files.push(read.file);
  }
  return { files, problems };
}

function filesOf(name: string, problems: DocumentProblem[]): string[] {
  const refuse = (message: string): string[] => {
    problems.push({ file: name, line: 1, column: 1, message });
    return [];
  };
  try {
    if (!statSync(name).isDirectory()) return [name];
    // Kubernetes mounts a ConfigMap as links beside folders with dotted names, which hold the same files once more.
    const found = readdirSync(name)
      .filter((file) => /\.(ya?ml|json)$/.test(file) && !file.startsWith("."))
      .sort();
    if (found.length > 0) return found.map((file) => path.join(name, file));
    return refuse("the folder holds no .yaml, .yml or .json file");
  } catch (error) {
    return refuse(cannotRead(error));
  }
}

function cannotRead(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return `does not exist; paths are relative to the program's folder, ${process.cwd()}`;
  if (code === "EACCES") return "may not be read by the user who runs this; give that user the right to read it";
  return `cannot be read: ${(error as Error).message}`;
}

function readUsersFile(name: string): { file: UsersFile | undefined; problems: readonly DocumentProblem[] } {
  try {
    const { data, problems, placeOf } = readDocument(name, z.unknown());
    if (problems.length > 0) return { file: undefined, problems };
    const wrapped = wrapper(data);
    if (wrapped !== undefined) return { file: undefined, problems: [{ ...placeOf([]), message: wrapped }] };
    if (Array.isArray(data)) {
      const read = readDocument(name, simpleFile);
      const file = read.data === undefined ? undefined : ({ format: "simple", data: read.data, placeOf } as const);
      return { file, problems: read.problems };
    }
    const read = readDocument(name, fullFile);
    const file = read.data === undefined ? undefined : ({ format: "full", data: read.data, placeOf } as const);
    return { file, problems: read.problems };
  } catch (error) {
    return { file: undefined, problems: [{ file: name, line: 1, column: 1, message: cannotRead(error) }] };
  }
}

/** What the file is instead, where it is something around the file that is wanted, or nothing like it. */
function wrapper(data: unknown): string | undefined {
  if (Array.isArray(data)) return undefined;
  if (typeof data !== "object" || data === null) {
    return "must be a list of entries, each beginning with - username:, or an object with users, groups, databases and grants";
  }
  if ("kind" in data && "apiVersion" in data) {
    return `is the Kubernetes manifest of a ${String(data.kind)} and not the file in it: mount it, and name the mounted file`;
  }
  if ("username" in data) {
    return "an entry of the list begins with a dash, and its other lines with two spaces: - username: newuser";
  }
  return undefined;
}
