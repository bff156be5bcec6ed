/** Whether stacks of errors are to be seen: ROSTER_DEBUG is set, or LOG_LEVEL is DEBUG. */
export function wantsStacks(): boolean {
  return process.env["ROSTER_DEBUG"] !== undefined || process.env["LOG_LEVEL"]?.toUpperCase() === "DEBUG";
}
