import { readFileSync } from "node:fs";

/** The unit of the kernel's figures. It is 100 on every Linux that Node.js runs on. */
const TICKS_PER_SECOND = 100;

/**
 * The processor time, in seconds, that the processes which this one has started and seen end took so far, and a server
 * with those that served its connections; undefined on systems other than Linux. On a machine that is busy with other
 * things it says more than a clock.
 */
export function processorTime(serverPid: number): number | undefined {
  if (process.platform !== "linux") return undefined;
  const own = timesOf("self");
  const server = timesOf(String(serverPid));
  return (own.children + server.self + server.children) / TICKS_PER_SECOND;
}

/** Fields 14 to 17 of /proc/<pid>/stat: user and system time, its own and that of children that ended. */
function timesOf(pid: string): { self: number; children: number } {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name, in parentheses, can hold anything; what follows it begins with field 3.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const field = (number: number): number => Number(fields[number - 3]);
  return { self: field(14) + field(15), children: field(16) + field(17) };
}
