import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { REPORT, type Report } from "../../provider/core/report.js";

/** How often the file is looked at, in milliseconds. */
const EVERY = 250;

/** What programs and providers report to the `roster` that has started them. */
export interface Reports {
  /** What those have to find in their environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Hands on what has come last, and removes the file. */
  close(): void;
}

/** Begins to listen. Each report is handed on as soon as it is seen. */
export function openReports(take: (report: Report) => void): Reports {
  const folder = mkdtempSync(path.join(tmpdir(), "roster-report-"));
  const file = path.join(folder, "report.jsonl");
  writeFileSync(file, "", { mode: 0o600 });
  const opened = openSync(file, "r");
  const buffer = Buffer.alloc(64 * 1024);
  let at = 0;
  let rest = Buffer.alloc(0);

  function read(): void {
    for (let got = 1; got > 0;) {
      got = readSync(opened, buffer, 0, buffer.length, at);
      at += got;
      rest = Buffer.concat([rest, buffer.subarray(0, got)]);
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
        const line = rest.toString("utf8", 0, end);
        rest = rest.subarray(end + 1);
        take(JSON.parse(line) as Report);
      }
    }
  }

  const timer = setInterval(read, EVERY);
  return {
    environment: { [REPORT]: file },
    close() {
      clearInterval(timer);
      read();
      closeSync(opened);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
