import { seconds, table } from "../table.js";
import type { Target } from "../targets.js";
import { journey, type Journey, type Passage } from "./journey.js";
import { LARGE, ORDINARY, readsOf, thingsIn, type EnvironmentSize } from "./workload.js";

/** Requests that the service's own script was seen to send for the ordinary environment. */
const SCRIPT = { create: 238, nothing: 58 };

/** What the life of an environment took. */
export interface EnvironmentResult {
  readonly size: EnvironmentSize;
  readonly sent: Journey;
}

/** Makes, looks at and repairs environments in sandboxes of Heimdall, provider and sandbox in one process. */
export async function measureHeimdall(report: (text: string) => void): Promise<EnvironmentResult[]> {
  const results: EnvironmentResult[] = [];
  for (const size of [ORDINARY, LARGE]) {
    const sent = await journey(size);
    report(`an environment of Heimdall, ${describe(size)}: ${sent.create.seconds.toFixed(2)} s from empty`);
    results.push({ size, sent });
  }
  return results;
}

function describe({ actions, roles, mappings, groups }: EnvironmentSize): string {
  return `${actions} actions, ${roles} roles, ${mappings.toLocaleString("en")} mappings, ${groups} groups`;
}

/** Everything that was measured as a table. */
export function heimdallTable(results: readonly EnvironmentResult[]): string {
  const cell = ({ reads, writes, seconds: passed }: Passage): string => `${reads} + ${writes} in ${seconds(passed)}`;
  return table(
    ["an environment of Heimdall: reads + writes in seconds", "from empty", "nothing to do", "repair"],
    results.map(({ size, sent }) => [describe(size), cell(sent.create), cell(sent.nothing), cell(sent.repair)]),
  );
}

/** One request for each thing, and one for each list, role and group. */
export function heimdallTargets(results: readonly EnvironmentResult[]): Target[] {
  return results.flatMap(({ size, sent }): Target[] => {
    const note = size === ORDINARY ? SCRIPT : undefined;
    const beside = (requests: number | undefined): string =>
      requests === undefined ? "" : ` (the service's own script: ${requests} with its reads)`;
    return [
      {
        what: `Heimdall, ${describe(size)}: writes from empty`,
        reached: String(sent.create.writes),
        wanted: `${thingsIn(size)}: one for each entity and assignment${beside(note?.create)}`,
        met: sent.create.writes === thingsIn(size),
      },
      {
        what: `Heimdall, ${describe(size)}: requests with nothing to do`,
        reached: String(sent.nothing.reads + sent.nothing.writes),
        wanted: `${readsOf(size)}: the pages, and one for each role and group${beside(note?.nothing)}`,
        met: sent.nothing.reads + sent.nothing.writes === readsOf(size),
      },
    ];
  });
}
