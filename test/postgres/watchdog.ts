import { isKept, removeRun } from "./runFolder.js";

/*
 * Runs beside a process that started PostgreSQL servers. Standard input is a pipe from that process and ends with it:
 * after a normal end, a failure, Ctrl+C and SIGKILL alike. Then the servers end too, and their folder goes.
 */

const [, , folder] = process.argv;
if (folder === undefined) throw new Error("watchdog: the run folder is missing");

async function cleanUp(run: string): Promise<void> {
  if (!isKept(run)) await removeRun(run);
  process.exit(0);
}

process.stdin.resume();
process.stdin.once("close", () => void cleanUp(folder));
