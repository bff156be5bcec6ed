import { randomBytes } from "node:crypto";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { type Account, giveTo, runAs, serverAccount } from "./account.js";
import { findPrograms, lastLines, type PostgresVersion, type Programs } from "./binaries.js";
import { once, runFolder, subfolder } from "./runFolder.js";

/** The first superuser of every server here. */
export const SUPERUSER = "postgres";

/** An initialised data folder which is copied for each server, as initdb takes longer than all else. */
export interface Template {
  readonly version: PostgresVersion;
  readonly account: Account | undefined;
  readonly programs: Programs;
  readonly dataFolder: string;
  /** The superuser's password: made anew in each process, and known to nobody else. */
  readonly password: string;
}

/** The template of each version, made when it is first asked for. */
export const template: Record<PostgresVersion, () => Promise<Template>> = {
  14: once(() => makeTemplate(14)),
  18: once(() => makeTemplate(18)),
};

async function makeTemplate(version: PostgresVersion): Promise<Template> {
  const account = await serverAccount();
  const programs = await findPrograms({
    version,
    account,
    folderForCopy: () => subfolder(`binaries-${String(version)}`),
  });
  const folder = path.join(await runFolder(), `template-${String(version)}`);
  // A first attempt may have failed half-way.
  await rm(folder, { recursive: true, force: true });
  await makeFolder(account, folder);
  const made = { version, account, programs, dataFolder: path.join(folder, "data"), password: randomPassword() };
  await initialise(made, folder);
  return made;
}

function randomPassword(): string {
  return randomBytes(18).toString("base64url");
}

async function makeFolder(account: Account | undefined, folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  await giveTo(account, folder);
}

async function initialise(made: Template, folder: string): Promise<void> {
  const passwordFile = path.join(folder, "password");
  await writeFile(passwordFile, `${made.password}\n`, { mode: 0o600 });
  await giveTo(made.account, passwordFile);
  const args = [
    `--pgdata=${made.dataFolder}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    // The same order of names on every machine.
    "--encoding=UTF8",
    "--locale=C",
    // Small and quick: these data live for minutes.
    "--wal-segsize=1",
    "--no-sync",
  ];
  const { code, output } = await runAs(made.account, made.programs.initdb, args, {
    cwd: folder,
    outputFile: path.join(folder, "output"),
  });
  await rm(passwordFile);
  if (code !== 0) {
    throw new Error(`PostgreSQL ${String(made.version)}: initdb failed in ${folder}:\n${lastLines(output)}`);
  }
}

let servers = 0;

/**
 * Makes the folder of a new server from the template.
 * @returns its path; the data are in `data` below it
 */
export async function copyTemplate(from: Template): Promise<string> {
  servers += 1;
  // Before anything is awaited: another server may be started in the meantime.
  const name = `server-${String(from.version)}-${String(servers)}`;
  const folder = path.join(await runFolder(), name);
  await makeFolder(from.account, folder);
  const dataFolder = path.join(folder, "data");
  if (process.platform === "win32") {
    await cp(from.dataFolder, dataFolder, { recursive: true });
    return folder;
  }
  // cp(1), as the account that is to own the files, takes a tenth of the time of fs.cp and chown.
  const outputFile = path.join(folder, "output");
  const { code, output } = await runAs(from.account, "cp", ["-R", from.dataFolder, dataFolder], {
    cwd: folder,
    outputFile,
  });
  if (code !== 0) throw new Error(`The data of a PostgreSQL server could not be copied: ${lastLines(output)}`);
  return folder;
}

/** Puts a file that only the server may read into its data folder. */
export async function writeServerFile(from: Template, file: string, text: string): Promise<void> {
  await writeFile(file, text, { mode: 0o600 });
  await giveTo(from.account, file);
}

/** The text of a file, or nothing where there is none (yet). */
export async function readIfThere(file: string): Promise<string> {
  return readFile(file, "utf8").catch(() => "");
}
