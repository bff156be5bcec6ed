import { createHash } from "node:crypto";
import { decodeNames, encodeNames } from "../core/lines.js";
import type { Properties } from "../core/resource.js";
import type { Keys } from "./directoryRecords.js";

/** What the outputs hold besides the arguments: only here, because inputs would be a second copy. */
export interface Held {
  /** Everything that may be in Glean because of this directory. */
  readonly keys: readonly string[];
  /** The part of it that has left, and of which nobody has said yet that it is gone. */
  readonly letGo: ReadonlySet<string>;
  /** The tag of the source's own key, by key. */
  readonly sources: ReadonlyMap<string, string>;
}

/** Tags of the sources' own keys are this long. */
const SOURCE_TAG = 4;
const NO_SOURCE = "\0".repeat(SOURCE_TAG);

/** Reads it from the outputs of a `glean.DirectoryKeys`. */
export function heldIn(olds: Properties | undefined): Held {
  const keys = decodeNames(text(olds?.["keys"]));
  const bytes = Buffer.from(text(olds?.["sources"]), "base64");
  const sources = keys.map((key, index): [string, string] => [
    key,
    bytes.toString("latin1", index * SOURCE_TAG, (index + 1) * SOURCE_TAG),
  ]);
  return {
    keys,
    letGo: new Set(decodeNames(text(olds?.["letGo"]))),
    sources: new Map(sources.filter(([, tag]) => tag !== "" && tag !== NO_SOURCE)),
  };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Short, because it only has to tell the people of one directory apart, and the source's own key is no secret. */
export function sourceTag(source: string): string {
  return createHash("sha256").update(source).digest().toString("latin1", 0, SOURCE_TAG);
}

/** Who left in an earlier run that did not get to delete them, and has not come back. */
export function stillThere({ letGo: left }: Held, { wanted }: Keys): string[] {
  return [...left].filter((key) => !wanted.has(key));
}

/** Writes it: all that is wanted, who stays though no longer wanted, and who is left over because nothing says that it is gone. */
export function outputsOf(
  { wanted }: Keys,
  held: Held,
  staying: readonly string[],
  left: readonly string[],
): Record<string, unknown> {
  const keys = [...new Set([...wanted.keys(), ...staying, ...left])].sort();
  const tags = keys.map((key) => {
    const source = wanted.get(key);
    return source === undefined ? (held.sources.get(key) ?? NO_SOURCE) : sourceTag(source);
  });
  return {
    keys: encodeNames(keys),
    ...(tags.every((tag) => tag === NO_SOURCE)
      ? {}
      : { sources: Buffer.from(tags.join(""), "latin1").toString("base64") }),
    ...(left.length === 0 ? {} : { letGo: encodeNames(left) }),
  };
}
