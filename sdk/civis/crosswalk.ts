import type { CrosswalkEntry as Entry } from "../core/crosswalk.js";
import type * as crosswalkFile from "../core/crosswalkFile.js";

/** Which group of Civis Platform feeds which group of the database. */
export interface CrosswalkEntry {
  /**
   * The group in Platform: its name, or its id (a number), which stays when somebody renames the group. A name that
   * several groups have is refused.
   */
  readonly platformGroup: string | number;
  /** The group of the database. Several entries may name one: their members add up. */
  readonly databaseGroup: string;
  /** For whoever reads the crosswalk. */
  readonly notes?: string;
  /** Whether the database group is created where it is missing. Default true. */
  readonly create?: boolean;
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
  /** What happens to the database group when the entry leaves. Default: what the GroupSync's `onRemove` says. */
  readonly onRemove?: "drop" | "keep";
}

const SPELLING = { name: ["platformGroup", "platform_group_name"], id: ["platformGroupId", "platform_group_id"] };

/** The entries of a crosswalk, out of a file or of the program. */
export function crosswalkEntries(what: string, given: string | readonly CrosswalkEntry[]): Entry[] {
  if (typeof given === "string") {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- A program without such a file does not wait for what reads it.
    const { readCrosswalkFile } = require("../core/crosswalkFile.js") as typeof crosswalkFile;
    return readCrosswalkFile(what, given, SPELLING);
  }
  return given.map(({ platformGroup, ...rest }) => ({
    ...rest,
    ...(typeof platformGroup === "number" ? { id: String(platformGroup) } : { name: platformGroup }),
  }));
}
