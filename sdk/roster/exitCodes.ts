import type { Fault } from "../../provider/core/report.js";

/** How the commands of `roster` end; schedulers act on these numbers, so they stay. Most are of sysexits.h. */
export const EXIT = {
  /** All that was asked for was done, or there was nothing to do. */
  done: 0,
  /** Something failed; what was done is kept, and the next run does the rest. */
  failed: 1,
  /** It was looked at, and something is not as it should be: drift, a plan that cannot be approved, what doctor found. */
  findings: 2,
  /** The command line is not valid (EX_USAGE). */
  usage: 64,
  /** The realm, the environment, the address is not there (EX_NOINPUT). */
  place: 66,
  /** A system refuses the secret, the token or the password (EX_NOUSER). */
  login: 67,
  /** A system does not answer: try again later (EX_UNAVAILABLE). */
  unreachable: 69,
  /** A system refuses where something is to be put, such as a data source of Glean (EX_CANTCREAT). */
  target: 73,
  /** Another run holds the stack: try again later (EX_TEMPFAIL). */
  locked: 75,
  /** The account is let in and may not do what is needed: a role or a scope is missing (EX_NOPERM). */
  permission: 77,
  /** A setting is missing or not valid (EX_CONFIG). */
  setting: 78,
} as const satisfies Record<Fault, number> & Record<string, number>;

/** One of the numbers with which a command ends. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The code for a run that failed: of its fault, where all that is known to be wrong is one. */
export function exitCodeOf(faults: ReadonlySet<Fault>): ExitCode {
  const [fault, ...others] = faults;
  return fault === undefined || others.length > 0 ? EXIT.failed : EXIT[fault];
}
