import { pino, type Logger } from "pino";
import pretty from "pino-pretty";
import { StatusLine } from "./statusLine.js";

/**
 * What is logged, in the order of how much it is. "critical" is the one record of a run that failed, and nothing else.
 */
export const LEVELS = ["debug", "info", "warn", "error", "critical"] as const;
/** One of them. */
export type Level = (typeof LEVELS)[number];

/** Other spellings: those of Python's logging, from which teams come, and of pino. */
const SPELLINGS: Readonly<Record<string, Level>> = { warning: "warn", fatal: "critical", trace: "debug" };

/** The level that a text means, however it is spelt; undefined for none. */
export function levelOf(text: string): Level | undefined {
  const word = text.trim().toLowerCase();
  return LEVELS.find((known) => known === word) ?? SPELLINGS[word];
}

/** How a command logs. */
export interface LogOptions {
  /** What is logged, and all that is more urgent. */
  readonly level: Level;
  /** JSON, a record a line, for machines; else lines for people. */
  readonly json: boolean;
  /** Colours, for people at a terminal. */
  readonly color: boolean;
  /** Whether somebody sees what is written as it comes: then progress is one line that is written over. */
  readonly terminal?: boolean;
}

/** What a command writes to. */
export interface Log extends Pick<Logger, "debug" | "info" | "warn" | "error"> {
  /** The end of a run that failed. */
  readonly critical: Logger["fatal"];
  /** How far long work is. The last of it goes with an empty text. */
  readonly progress: (record: object, text: string) => void;
}

/** A logger that writes to standard output at once, so that nothing is lost where the process is ended. */
export function makeLog({ level, json, color, terminal = false }: LogOptions): Log {
  const options = {
    level: level === "critical" ? "fatal" : level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: json && label === "fatal" ? "critical" : label }) },
  };
  if (json) return plain(pino(options, pino.destination({ dest: 1, sync: true })));
  const people = { colorize: color, ignore: "source", hideObject: true };
  if (!terminal) return plain(pino(options, pretty({ ...people, destination: 1, sync: true })));
  const line = new StatusLine(process.stdout, () => process.stdout.columns || 80);
  return {
    ...plain(pino(options, pretty({ ...people, destination: line }))),
    progress: (_record, text) => {
      line.show(text);
    },
  };
}

function plain(log: Logger): Log {
  const bound = <M extends "debug" | "info" | "warn" | "error" | "fatal">(method: M): Logger[M] =>
    log[method].bind(log);
  return {
    debug: bound("debug"),
    info: bound("info"),
    warn: bound("warn"),
    error: bound("error"),
    critical: bound("fatal"),
    progress: (record, text) => {
      if (text !== "") log.info(record, text);
    },
  };
}
