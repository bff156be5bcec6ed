import { DRY_RUN } from "./arguments.js";
import { readApprovedPlan, type ApprovalSource, type ApprovedChange, type ApprovedPlan } from "./approvedPlan.js";
import { RosterError } from "./errors.js";
import { identityKey, type Identity } from "./identities.js";
import type { Approval, Host } from "./resource.js";
import { linesOf } from "./review.js";

/** What this update has planned for a resource, to be compared with what was reviewed. */
interface Planned {
  readonly lines: readonly string[];
  readonly refused: readonly string[];
  removes: readonly string[];
}

interface Reviewed {
  readonly changes: ReadonlyMap<string, ApprovedChange>;
  readonly deletes: ReadonlySet<string>;
}

/**
 * Lets an update run only what was reviewed. The update is planned once more, on the live system as this run sees it
 * and in the order of the program; that plan is compared with the reviewed one, and nothing outside of it may run.
 * `host` is the run's.
 */
export function makeApproval(host: Host, source: ApprovalSource): Approval {
  const { path, release } = source;
  const planned = new Map<string, Planned>();
  const units = new Map<string, ReadonlySet<string>>();
  // A preview of its own within the update: with claims of its own, but on the same reading of the live systems.
  const planning: Host = { ...host, known: new Set(), warn: () => undefined, planned: units, wholePlans: true };
  // Read when it is needed: a refresh changes nothing, and may come long after the file is gone. Neither refresh nor
  // destroy calls `check`, also where it runs the program.
  let read: Reviewed | undefined;
  const reviewed = (): Reviewed => (read ??= index(readApprovedPlan(source)));

  return {
    expectFile: () => void reviewed(),
    async plan(resource, olds, news) {
      const { inputs, failures } = await resource.check(planning, olds, { ...news, [DRY_RUN]: true });
      planned.set(identityKey(resource.identify(inputs)), {
        lines: linesOf(inputs),
        refused: failures.map(({ reason }) => reason),
        removes: [],
      });
    },
    async compare(resource, id, olds, news) {
      const { removes = [] } = await resource.diff(planning, id, olds, news);
      const now = planned.get(identityKey(resource.identify(news)));
      if (now !== undefined) now.removes = removes;
    },
    expectChange(identity) {
      const key = identityKey(identity);
      const { lines, refused, removes } = planned.get(key) ?? NOTHING;
      const change = reviewed().changes.get(key);
      if (refused.length > 0) throw refusal(path, identity, DIFFERS, refused.join("\n"));
      if (change === undefined)
        throw refusal(path, identity, MISSING, shown([...lines, ...removes.map((name) => `removes ${name}`)]));
      const difference =
        firstDifference("statement", change.plan, lines) ?? firstDifference("name", change.removes ?? [], removes);
      if (difference !== undefined) throw refusal(path, identity, DIFFERS, difference);
    },
    expectDelete(identity) {
      if (!reviewed().deletes.has(identityKey(identity)))
        throw refusal(path, identity, MISSING, "it would be deleted", deletionRemedy(release));
    },
    expectUnit(identity, unit, lines) {
      if (!(units.get(identityKey(identity))?.has(unit) ?? false))
        throw refusal(path, identity, DIFFERS, shown(lines()));
    },
  };
}

const NOTHING: Planned = { lines: [], refused: [], removes: [] };

function index({ changes, deletes }: ApprovedPlan): Reviewed {
  return {
    changes: new Map(changes.map((change) => [identityKey(change), change])),
    deletes: new Set(deletes.map(identityKey)),
  };
}

/** Where two lists differ first, in words. */
function firstDifference(what: string, reviewed: readonly string[], now: readonly string[]): string | undefined {
  const longest = Math.max(reviewed.length, now.length);
  for (let at = 0; at < longest; at += 1) {
    if (reviewed[at] === now[at]) continue;
    const where = `${what} ${String(at + 1)} (${String(reviewed.length)} were reviewed, and it is ${String(now.length)} now)`;
    return `${where}\n  reviewed: ${reviewed[at] ?? "nothing"}\n  now:      ${now[at] ?? "nothing"}`;
  }
  return undefined;
}

/** Lines that a message shows; the rest it counts. */
const SHOWN = 10;

function shown(lines: readonly string[]): string {
  const more = lines.length > SHOWN ? [`and ${String(lines.length - SHOWN)} more`] : [];
  return ["it would run", ...lines.slice(0, SHOWN).map((line) => `  ${line}`), ...more].join("\n");
}

const DIFFERS = "what it would run is not what was reviewed";
const MISSING = "it is not in the approved plan";

const REPLAN =
  "The live system, the program or the time has changed since. Make a new plan with roster plan, and have it reviewed.";

/** Providers are not told whether a deletion is part of an update or of a destroy. */
function deletionRemedy(release: string): string {
  return `In an update: make a new plan with roster plan, and have it reviewed. A destroy of the stack cannot be planned: ${release}.`;
}

function refusal(
  path: string,
  { resource, id }: Identity,
  headline: string,
  said: string,
  remedy: string = REPLAN,
): RosterError {
  return new RosterError(`${resource} ${JSON.stringify(id)}: ${headline}, and nothing of it was done`, {
    tried: `hold it to ${path}`,
    said,
    remedy,
  });
}
