import type { Adaptation } from "../../core/system.js";
import { UNKNOWN } from "../../core/unknown.js";
import type { Catalog } from "../catalog.js";
import type { PostgresSettings } from "../settings.js";
import { folded } from "./names.js";

/** What the arguments of one resource are adapted from. */
export type Given = Adaptation<Catalog, PostgresSettings>;

/** Names as the server keeps them. What is not known yet stays as it is. */
export interface Fold {
  /** The name of anything but a user. */
  name(text: string): string;
  /** The name of somebody who may be a user, whose name keeps its case, a group or a role. */
  holder(text: string): string;
}

const AS_IT_IS: Fold = { name: (text) => text, holder: (text) => text };

/**
 * How names are folded: not at all where the cluster says that case counts. It is
 * asked only where there is a capital letter. `groups` are those that are made with what is adapted.
 */
export async function foldFor(
  { look }: Pick<Given, "look">,
  names: readonly unknown[],
  groups: ReadonlySet<string> = new Set(),
): Promise<Fold> {
  const capitals = names.some((name) => typeof name === "string" && name !== UNKNOWN && folded(name) !== name);
  if (!capitals) return AS_IT_IS;
  const catalog = await look();
  if (catalog?.server?.caseSensitive) return AS_IT_IS;
  const name = (text: string): string => (text === UNKNOWN ? text : folded(text));
  const isUser = (text: string): boolean => catalog?.roles.get(text)?.login === true;
  const isOther = (text: string): boolean => groups.has(name(text)) || catalog?.roles.get(name(text))?.login === false;
  return { name, holder: (text) => (!isUser(text) && isOther(text) ? name(text) : text) };
}
