import { canonicalJson } from "../../provider/core/lines.js";
import type { DriftChange, PropertyChange } from "./driftReport.js";
import type { PreviewStep, Properties } from "./preview.js";

/** What a step of a preview with a refresh says about its resource: what changed, by whose hand, and what repairs it. */
export function changeOf({ urn, token, name, id, stored, live, wanted, plan = [] }: PreviewStep): DriftChange {
  const about = { urn, token, name, ...(id === undefined ? {} : { id }), plan: [...plan] };
  if (live === undefined) return { ...about, kind: stored === undefined ? "pending" : "gone", properties: [] };
  const byHand = differences(stored ?? {}, live);
  if (byHand.length > 0) return { ...about, kind: "changed", properties: byHand };
  // Some systems cannot be read in a refresh, and are compared when the program runs: then only the plan tells, and a
  // mark that makes Pulumi update the resource.
  const byProgram = differences(live, wanted ?? {}).filter(({ name }) => name !== DRIFTED);
  const kind = wanted === undefined || byProgram.length > 0 ? "pending" : "changed";
  return { ...about, kind, properties: wanted === undefined ? [] : byProgram };
}

/** The mark of a resource of Glean's directory whose records are not in the state. */
const DRIFTED = "drifted";

/** What differs between two sets of arguments, by argument. */
export function differences(before: Properties, after: Properties): PropertyChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => differencesOf(name, before[name], after[name]));
}

function differencesOf(name: string, before: unknown, after: unknown): PropertyChange[] {
  if (canonicalJson(before ?? null) === canonicalJson(after ?? null)) return [];
  const [old, now] = [listOf(before), listOf(after)];
  if (old !== undefined && now !== undefined) {
    return [{ name, added: missingFrom(old, now), removed: missingFrom(now, old) }];
  }
  if (isRecord(before) && isRecord(after)) {
    return differences(before, after).map((each) => ({ ...each, name: `${name}.${each.name}` }));
  }
  const value = (side: "from" | "to", given: unknown): object =>
    given === undefined || given === null ? {} : { [side]: textOf(given) };
  return [{ name, added: [], removed: [], ...value("from", before), ...value("to", after) }];
}

/** The entries of a list, which travels as an array or as one text, a line each; undefined for what is no list. */
function listOf(value: unknown): string[] | undefined {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.map(textOf);
  if (typeof value !== "string" || (value !== "" && !value.endsWith("\n"))) return undefined;
  return value
    .split("\n")
    .slice(0, -1)
    .map((line) => line.replace("\t", " "));
}

/** The entries of the second list that are not in the first. */
function missingFrom(list: readonly string[], other: readonly string[]): string[] {
  const there = new Set(list);
  return other.filter((entry) => !there.has(entry));
}

function isRecord(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Pulumi's text for what is not known before the update. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

function textOf(value: unknown): string {
  if (value === UNKNOWN) return "[not known yet]";
  return typeof value === "string" ? value : canonicalJson(value);
}
