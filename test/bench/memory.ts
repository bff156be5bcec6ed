import { readFileSync, readdirSync, readlinkSync, realpathSync } from "node:fs";

/** Often enough for processes that live for a second; what a process takes in its very last moment is missed. */
const EVERY_MS = 50;

/** Which of Pulumi's processes is watched: by what its command line holds. */
const PROCESSES = { provider: "dynamic-provider", program: "@pulumi/pulumi/cmd/run" } as const;

/** Watches the peak of memory of one of Pulumi's processes. */
export interface MemoryWatch {
  /** Ends the watch and gives the peak in bytes; undefined where no such process was seen. */
  end(): number | undefined;
}

/** Why memory is not measured here; undefined where it is. */
export const NO_MEMORY =
  process.platform === "linux" ? undefined : `memory is read from /proc, which ${process.platform} has not`;

/**
 * Watches the process that works in a folder: the provider's, or the program's. The kernel keeps the peak (VmHWM), so
 * that only its last reading counts.
 */
export function watchMemory(folder: string, which: keyof typeof PROCESSES = "provider"): MemoryWatch {
  if (NO_MEMORY !== undefined) return { end: () => undefined };
  const where = realpathSync(folder);
  let peak: number | undefined;
  let pid: string | undefined;
  const look = (): void => {
    pid ??= readdirSync("/proc").find((each) => /^\d+$/.test(each) && isProcess(each, where, PROCESSES[which]));
    const now = pid === undefined ? undefined : peakOf(pid);
    if (now === undefined) pid = undefined;
    else peak = Math.max(peak ?? 0, now);
  };
  const timer = setInterval(look, EVERY_MS);
  return {
    end() {
      clearInterval(timer);
      return peak;
    },
  };
}

function isProcess(pid: string, folder: string, word: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(word) && readlinkSync(`/proc/${pid}/cwd`) === folder;
  } catch {
    // It ended meanwhile, or it is somebody else's.
    return false;
  }
}

function peakOf(pid: string): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
