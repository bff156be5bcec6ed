import type { CrosswalkEntry as Entry, EntryOptions } from "../core/crosswalk.js";
import { ENTRY_KEYS, expectEntries } from "../core/crosswalkEntries.js";
import type { KeysOf } from "../core/knownKeys.js";
import { crosswalkOfFile } from "../core/source.js";

/** Which group of Keycloak feeds which group of the database. */
export interface CrosswalkEntry extends EntryOptions {
  /**
   * The group in Keycloak: its path, which begins with a slash (`/data/analysts`), or its id, which stays when somebody
   * renames or moves the group.
   */
  readonly keycloakGroup: string;
  /**
   * Whether the database group may be emptied when the Keycloak group is empty or gone. Default false: then nobody is
   * taken out of it, and a warning says why. Where Keycloak could not be read to the end, nobody is taken out anyway.
   */
  readonly mayEmpty?: boolean;
  /**
   * Whether members of the groups in this group count too, at any depth. Default false: in Keycloak, who is in
   * `/data/analysts` is not a member of `/data`.
   */
  readonly nested?: boolean;
}

const SPELLING = { name: ["keycloakGroup", "keycloak_group_path"], id: ["keycloakGroupId", "keycloak_group_id"] };

const KEYS: KeysOf<CrosswalkEntry> = { ...ENTRY_KEYS, keycloakGroup: true };

/** The entries of a crosswalk, out of a file or of the program. */
export function crosswalkEntries(what: string, given: string | readonly CrosswalkEntry[]): Entry[] {
  if (typeof given === "string") return crosswalkOfFile(what, given, SPELLING).map(idOrPath);
  expectEntries(what, given, KEYS, "keycloakGroup");
  return given.map(({ keycloakGroup, ...rest }) => idOrPath({ ...rest, name: keycloakGroup }));
}

/** What does not begin with a slash is no path. */
function idOrPath({ name, ...rest }: Entry): Entry {
  if (name === undefined || name.startsWith("/")) return { ...rest, name };
  return { ...rest, id: rest.id ?? name };
}
