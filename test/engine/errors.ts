/** The CLI's exit codes. */
export const exitCodes = { ok: 0, failed: 1, noConfirmation: 2, stackNotFound: 6, noChangesExpected: 7 } as const;

/** A failure that is told in one message and ends the command. */
export class CliError extends Error {
  constructor(
    message: string,
    readonly exitCode: number = exitCodes.failed,
  ) {
    super(message);
  }
}

/** A failure that was told already: it only ends the command. */
export class Bail extends CliError {
  constructor() {
    super("");
  }
}

/** The words of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
