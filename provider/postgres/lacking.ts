import { decodeLines } from "../core/lines.js";
import { remembered } from "../core/remembered.js";
import { hasUnknown } from "../core/unknown.js";

type Properties = Readonly<Record<string, unknown>>;
/** What a dialect says to an argument that it does not have. */
export type Lacking = Readonly<Record<string, string>>;

/** Entries of a list that say more than their name: few, in a large list. */
const detailed = remembered((text) => decodeLines(text).filter(({ attributes }) => attributes !== undefined));

/** The failures of arguments that a dialect does not have; those that equal a default are not there any more. */
export function lacking(args: Properties, reasons: Lacking): { property: string; reason: string }[] {
  return Object.entries(reasons).flatMap(([property, reason]) =>
    args[property] === undefined ? [] : [{ property, reason }],
  );
}

/** The same for the attributes of entries of a list, or of lists by name. */
export function lackingInList(
  args: Properties,
  property: string,
  reasons: Lacking,
): { property: string; reason: string }[] {
  const list = args[property];
  if (hasUnknown(list)) return [];
  const texts = typeof list === "string" ? [list] : Object.values((list ?? {}) as Record<string, string>);
  const lines = texts.filter((text) => typeof text === "string").flatMap(detailed);
  return lines.flatMap(({ name, attributes = {} }) =>
    lacking(attributes, reasons).map(({ property: attribute, reason }) => ({
      property,
      reason: `${JSON.stringify(name)}: ${attribute}: ${reason}`,
    })),
  );
}
