import { execFileSync } from "node:child_process";

/**
 * The processes that a process has started, directly or by way of others. The real CLI puts its plugins into groups of
 * their own, so that the command's group is not all of it. Without `ps` there are none.
 */
export function descendants(pid: number | undefined): number[] {
  const children = new Map<number, number[]>();
  for (const line of processTable().trim().split("\n")) {
    const [child = 0, parent = 0] = line.trim().split(/\s+/).map(Number);
    children.set(parent, [...(children.get(parent) ?? []), child]);
  }
  const of = (parent: number): number[] => (children.get(parent) ?? []).flatMap((child) => [child, ...of(child)]);
  return pid === undefined ? [] : of(pid);
}

function processTable(): string {
  try {
    return execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
  } catch {
    return "";
  }
}

/** Kills a process that may be gone already. */
export function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
