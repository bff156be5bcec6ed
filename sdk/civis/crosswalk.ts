import type { CrosswalkEntry as Entry, EntryOptions } from "../core/crosswalk.js";
import { ENTRY_KEYS, expectEntries } from "../core/crosswalkEntries.js";
import type { KeysOf } from "../core/knownKeys.js";
import { crosswalkOfFile } from "../core/source.js";

/** Which group of Civis Platform feeds which group of the database. */
export interface CrosswalkEntry extends EntryOptions {
  /**
   * The group in Platform: its name, or its id (a number), which stays when somebody renames the group. A name that
   * several groups have is refused.
   */
  readonly platformGroup: string | number;
  /**
   * Whether the database group may be emptied when the Platform group is empty, gone, or not shown whole to the key.
   * Default false: then nobody is taken out of it, and a warning says why.
   */
  readonly mayEmpty?: boolean;
  /**
   * Whether members of the groups that this one may manage count too, at any depth: Platform's groups do not contain
   * each other, and this is what it calls child groups. Costs one request for each group of Platform. Default false.
   */
  readonly nested?: boolean;
}

const SPELLING = { name: ["platformGroup", "platform_group_name"], id: ["platformGroupId", "platform_group_id"] };

const KEYS: KeysOf<CrosswalkEntry> = { ...ENTRY_KEYS, platformGroup: true };

/** The entries of a crosswalk, out of a file or of the program. */
export function crosswalkEntries(what: string, given: string | readonly CrosswalkEntry[]): Entry[] {
  if (typeof given === "string") return crosswalkOfFile(what, given, SPELLING);
  expectEntries(what, given, KEYS, "platformGroup");
  return given.map(({ platformGroup, ...rest }) => ({
    ...rest,
    ...(typeof platformGroup === "number" ? { id: String(platformGroup) } : { name: platformGroup }),
  }));
}
