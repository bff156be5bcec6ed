import { execFile, spawn } from "node:child_process";
import { chown, open, readFile } from "node:fs/promises";
import { promisify } from "node:util";

const execFileAsync = promisify(execFile);

/** An unprivileged account of the operating system. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** What a finished command said (standard output and standard error together) and how it ended. */
export interface Finished {
  readonly code: number | null;
  readonly output: string;
}

/**
 * PostgreSQL refuses to run as root, and initdb also refuses a uid without an entry among the system's users. So the
 * account is one that systems come with; none is created on somebody's machine for the sake of a test.
 */
const CANDIDATES = ["postgres", "_postgres", "nobody"];

/**
 * The account that PostgreSQL is to run as.
 * @returns undefined where this process is not root: then it is the account of this process.
 */
export async function serverAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of CANDIDATES) {
    const account = await lookUp(name);
    if (account) return account;
  }
  throw new Error(
    `This process runs as root, PostgreSQL refuses to, and none of the users ${CANDIDATES.join(", ")} exists here. ` +
      "Run as another user, or create one of these.",
  );
}

async function lookUp(name: string): Promise<Account | undefined> {
  try {
    const [uid, gid] = await Promise.all(["-u", "-g"].map((flag) => execFileAsync("id", [flag, name])));
    return { name, uid: Number(uid?.stdout), gid: Number(gid?.stdout) };
  } catch {
    return undefined;
  }
}

/** Gives a file or folder to the account; does nothing where there is none to give it to. */
export async function giveTo(account: Account | undefined, path: string): Promise<void> {
  if (account) await chown(path, account.uid, account.gid);
}

/**
 * Runs a command as the account to its end.
 *
 * Its output goes through a file: a server that it leaves running inherits a pipe on some systems, and waiting for the
 * pipe to close would then be waiting for the server.
 */
export async function runAs(
  account: Account | undefined,
  command: string,
  args: readonly string[],
  options: { cwd: string; outputFile: string },
): Promise<Finished> {
  const file = await open(options.outputFile, "w", 0o600);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      const child = spawn(command, args, {
        cwd: options.cwd,
        env: serverEnvironment(),
        stdio: ["ignore", file.fd, file.fd],
        windowsHide: true,
        ...(account && { uid: account.uid, gid: account.gid }),
      });
      child.on("error", reject);
      child.on("exit", resolve);
    });
    return { code, output: await readFile(options.outputFile, "utf8") };
  } finally {
    await file.close();
  }
}

/** Messages in English, as they are matched; and nothing of the PG* settings meant for other servers. */
function serverEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG$|LANGUAGE$)/.test(name));
  return { ...Object.fromEntries(own), LC_ALL: "C", TZ: "UTC" };
}
