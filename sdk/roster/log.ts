import { pino, type Logger } from "pino";
import pretty from "pino-pretty";

/** What is logged, in the order of how much it is. */
export const LEVELS = ["debug", "info", "warn", "error"] as const;
/** One of them. */
export type Level = (typeof LEVELS)[number];

/** How a command logs. */
export interface LogOptions {
  /** What is logged, and all that is more urgent. */
  readonly level: Level;
  /** JSON, a record a line, for machines; else lines for people. */
  readonly json: boolean;
  /** Colours, for people at a terminal. */
  readonly color: boolean;
}

/** A logger that writes to standard output at once, so that nothing is lost where the process is ended. */
export function makeLog({ level, json, color }: LogOptions): Logger {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  if (json) return pino(options, pino.destination({ dest: 1, sync: true }));
  const people = pretty({ colorize: color, destination: 1, sync: true, ignore: "source", hideObject: true });
  return pino(options, people);
}
