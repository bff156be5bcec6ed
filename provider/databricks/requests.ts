import { chunks } from "../core/chunks.js";
import { segment, type HttpRequest } from "../core/httpRequest.js";
import type { Change } from "./changes.js";
import { fold, type Edition, type Metastore } from "./metastore.js";
import { spacedPrivilege } from "./privileges.js";
import { shownEnd } from "./runningStatements.js";
import { securableOf } from "./securables.js";

/** Before every path of Unity Catalog. */
const PREFIX = "/api/2.1/unity-catalog";
/** Principals in one line of a plan. What is sent is one request for all of a securable. */
const PRINCIPALS_IN_A_LINE = 100;

/** Where the privileges on a securable are. */
export function permissionsPath(securable: string): string {
  const { type, name } = securableOf(securable);
  return `${PREFIX}/permissions/${type}/${segment(name)}`;
}

/** The changes of one securable as one request: one entry a principal, sorted. */
export function patchOf(securable: string, changes: readonly Change[], edition: Edition | undefined): HttpRequest {
  const body = { changes: entriesOf(changes, edition) };
  // What is there already is not added again, and what is gone not removed: doing it twice is like doing it once.
  return { method: "PATCH", path: permissionsPath(securable), body, repeatable: true };
}

interface Entry {
  readonly principal: string;
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
}

function entriesOf(changes: readonly Change[], edition: Edition | undefined): Entry[] {
  const byPrincipal = new Map<string, { principal: string; add: Set<string>; remove: Set<string> }>();
  for (const { principal, add, remove } of changes) {
    const entry = byPrincipal.get(fold(principal)) ?? { principal, add: new Set(), remove: new Set() };
    byPrincipal.set(fold(principal), entry);
    for (const privilege of add) entry.add.add(privilege);
    for (const privilege of remove) entry.remove.add(privilege);
  }
  const openSource = edition === "open source";
  const written = (privileges: Iterable<string>): string[] =>
    [...privileges].sort().map((each) => (openSource ? spacedPrivilege(each) : each));
  return [...byPrincipal]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { principal, add, remove }]) => ({
      principal,
      // The open-source server requires both lists, also where one is empty.
      ...(add.size > 0 || openSource ? { add: written(add) } : {}),
      ...(remove.size > 0 || openSource ? { remove: written(remove) } : {}),
    }));
}

/** The requests as a plan shows them. */
export function shownRequests({ edition }: Metastore, changes: readonly Change[]): string[] {
  const bySecurable = new Map<string, Change[]>();
  for (const change of changes) {
    const of = bySecurable.get(change.securable);
    if (of === undefined) bySecurable.set(change.securable, [change]);
    else of.push(change);
  }
  const ends = changes.filter(({ endsStatements }) => endsStatements === true).map(shownEnd);
  const patches = [...bySecurable].flatMap(([securable, of]) => {
    const entries = entriesOf(of, edition);
    return chunks(entries, PRINCIPALS_IN_A_LINE).map(
      (some) => `PATCH ${permissionsPath(securable)} ${JSON.stringify({ changes: some })}`,
    );
  });
  return [...patches, ...ends];
}

/** A note in a plan. */
export function comment(text: string): string {
  return `# ${text.replaceAll("\n", "\n# ")}`;
}
