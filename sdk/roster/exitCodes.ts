/** How the commands of `roster` end; schedulers act on these numbers, so they stay. */
export const EXIT = {
  /** All that was asked for was done, or there was nothing to do. */
  done: 0,
  /** Something failed; what was done is kept, and the next run does the rest. */
  failed: 1,
  /** The command line cannot be (EX_USAGE of sysexits.h). */
  usage: 64,
  /** Another run holds the stack: try again later (EX_TEMPFAIL of sysexits.h). */
  locked: 75,
} as const;

/** One of the numbers with which a command ends. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
