import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import Mocha from "mocha";
import { plainTitle, skipReason } from "./skip.js";

/** What one run of mocha came to, for whoever sums up several. */
export interface Summary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** How long the process may take to end after its last test. What keeps it longer was left open by a test. */
const GRACE = 20_000;

/**
 * Mocha's own "spec", and after it each skipped test or suite with the reason. A skipped test without one fails the
 * run, and so does a run without tests. With ROSTER_TEST_SUMMARY set, the totals go to a file in that folder.
 */
export default class Reporter extends Mocha.reporters.Spec {
  private readonly skipped: Mocha.Test[] = [];
  private readonly where: string | undefined = process.env["ROSTER_TEST_SUMMARY"];

  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.on(Mocha.Runner.constants.EVENT_TEST_PENDING, (test) => this.skipped.push(test));
  }

  /** Mocha calls this after the last test, with the number of failures that decides about the exit code. */
  override done(failures: number, finish: (failures: number) => void): void {
    const { passes } = this.stats;
    const unexplained = this.printSkipped();
    const empty = passes + failures + this.skipped.length === 0 ? 1 : 0;
    if (empty > 0) console.log("No test ran.");
    const failed = failures + unexplained + empty;
    this.writeSummary({ passed: passes, failed, skipped: this.skipped.length - unexplained });
    reportWhatStaysOpen();
    finish(failed);
  }

  /** Prints what was skipped and why; gives the number of those without a reason. */
  private printSkipped(): number {
    const byReason = new Map<string, Mocha.Test[]>();
    for (const test of this.skipped) {
      const reason = skipReason(test.fullTitle()) ?? "";
      byReason.set(reason, [...(byReason.get(reason) ?? []), test]);
    }
    for (const [reason, tests] of byReason) {
      console.log(reason === "" ? "Skipped without a reason, which counts as failed:" : `Skipped, as ${reason}:`);
      for (const title of titles(tests)) console.log(`  - ${title}`);
    }
    return byReason.get("")?.length ?? 0;
  }

  private writeSummary(summary: Summary): void {
    if (this.where === undefined) return;
    mkdirSync(this.where, { recursive: true });
    writeFileSync(path.join(this.where, `${String(process.pid)}.json`), JSON.stringify(summary));
  }
}

/** A single test by its name, and several of a suite by the suite's. */
function titles(tests: readonly Mocha.Test[]): string[] {
  const suites = new Map<string, string[]>();
  for (const test of tests) {
    const suite = plainTitle(test.parent?.fullTitle() ?? "");
    suites.set(suite, [...(suites.get(suite) ?? []), plainTitle(test.fullTitle())]);
  }
  return [...suites].map(([suite, [first = "", ...others]]) =>
    others.length === 0 ? first : `${suite} (${String(others.length + 1)} tests)`,
  );
}

/** A test that leaves something open would keep the process, and CI, waiting for ever. */
function reportWhatStaysOpen(): void {
  setTimeout(() => {
    console.error(
      `The tests are done, but the process does not end. Open: ${process.getActiveResourcesInfo().join(", ")}`,
    );
    process.exit(1);
  }, GRACE).unref();
}
