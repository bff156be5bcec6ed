import { dirname, join } from "node:path";
import { linesOf } from "../core/handover.js";
import type { HandoverInput } from "../core/step.js";
import { isTeam, recordsOf } from "./directoryRecords.js";
import type { ShardLine } from "./handover.js";
import { employeeOf, type PersonRecord } from "./personFields.js";
import { teamOf, type TeamRecord } from "./teamFields.js";

/** A page of a bulk upload. */
export interface BulkPage {
  readonly what: "employees" | "teams";
  readonly records: readonly object[];
  readonly first: boolean;
  readonly last: boolean;
}

/** People, or teams, in one request. */
const IN_A_PAGE = 250;

/** The files of all shards, as the file that lists them names them. */
export async function filesIn(list: HandoverInput): Promise<HandoverInput[]> {
  const files: HandoverInput[] = [];
  for await (const line of linesOf(list)) {
    const { digest, count } = JSON.parse(line) as ShardLine;
    files.push({ path: join(dirname(list.path), digest), digest, count });
  }
  return files;
}

/** Everybody, or every team, in pages: always the same ones for the same files. */
export async function* pagesOf(what: BulkPage["what"], files: readonly HandoverInput[]): AsyncGenerator<BulkPage> {
  let waiting: object[] = [];
  let first = true;
  for (const file of files) {
    for await (const { key, record } of recordsOf(file)) {
      if (isTeam(key) !== (what === "teams")) continue;
      // One more than a page: only then it is known not to be the last.
      if (waiting.length === IN_A_PAGE) {
        yield { what, records: waiting, first, last: false };
        first = false;
        waiting = [];
      }
      waiting.push(
        what === "teams" ? teamOf(record as unknown as TeamRecord) : employeeOf(record as unknown as PersonRecord),
      );
    }
  }
  yield { what, records: waiting, first, last: true };
}
