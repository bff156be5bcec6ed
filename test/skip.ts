/*
 * A test that cannot run here says why: the reporter prints the reasons, and a skipped test without one fails the run.
 */

const reasons = new WeakMap<object, string>();

/** Skips the running test, or from a `before` hook its whole suite, for a reason. */
export function skip(context: Mocha.Context, reason: string): never {
  const runnable = context.runnable();
  const isHook = "type" in runnable && runnable.type === "hook";
  reasons.set(isHook ? (runnable.parent ?? runnable) : runnable, reason);
  return context.skip();
}

/**
 * A suite that only some machines can run.
 * @param reason why it cannot run here, or undefined where it can
 */
export function describeUnless(reason: string | undefined, title: string, define: (this: Mocha.Suite) => void): void {
  if (reason === undefined) {
    describe(title, define);
    return;
  }
  // Mocha would also call the definition of a skipped suite, which may need what is missing here.
  const suite = describe(title, () => {
    it("cannot run here");
  });
  reasons.set(suite, reason);
}

/** Why a test was skipped, as far as it or a suite around it said so. */
export function skipReason(test: Mocha.Test): string | undefined {
  for (let each: Mocha.Test | Mocha.Suite | undefined = test; each; each = each.parent) {
    const reason = reasons.get(each);
    if (reason !== undefined) return reason;
  }
  return undefined;
}
