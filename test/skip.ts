/*
 * A test that cannot run here says why: the reporter prints the reasons, and a skipped test without one fails the run.
 * The reason is a part of the title, as nothing else of a test reaches the reporter from the process that ran it.
 */

const MARK = / \[skipped, as (.*?)\]/;

function mark(title: string, reason: string): string {
  return `${title} [skipped, as ${reason.replaceAll("]", ")")}]`;
}

/** Skips the running test, or from a `before` hook its whole suite, for a reason. */
export function skip(context: Mocha.Context, reason: string): never {
  const runnable = context.runnable();
  const isHook = "type" in runnable && runnable.type === "hook";
  const skipped = isHook ? (runnable.parent ?? runnable) : runnable;
  skipped.title = mark(skipped.title, reason);
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
  describe(mark(title, reason), () => {
    it("cannot run here");
  });
}

/** Why a test was skipped, as far as its title, or that of a suite around it, says so. */
export function skipReason(title: string): string | undefined {
  return MARK.exec(title)?.[1];
}

/** A title without the reason. */
export function plainTitle(title: string): string {
  return title.replace(MARK, "");
}
