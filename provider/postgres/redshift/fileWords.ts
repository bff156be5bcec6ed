import { canonicalJson, decodeLines, encodeLines } from "../../core/lines.js";
import { hasUnknown } from "../../core/unknown.js";

type Properties = Readonly<Record<string, unknown>>;
type Lists = Readonly<Record<string, string>>;
/** Lists by what they are about, by database. */
type Targets = Readonly<Record<string, Lists>>;

/**
 * What the words of a file for people (postgres.AccessFile) mean in Redshift: of what `ALL` and `SELECT` give, that
 * which is there. Notes stay in the file: there are no comments to keep them in. What a file says in words of its own
 * stays, and is refused where Redshift has nothing like it.
 */
export function asFarAsThere(args: Properties): Properties {
  const { fromFile: _fromFile, ...rest } = args;
  return {
    ...rest,
    ...changed(rest, "users", withoutNotes),
    ...changed(rest, "groups", withoutNotes),
    ...changed(rest, "databases", withoutNotes),
    ...changed(rest, "grants", (all) =>
      Object.fromEntries(Object.entries(all as Targets).map(([database, lists]) => [database, thoseThere(lists)])),
    ),
  };
}

function changed(args: Properties, property: string, change: (value: unknown) => unknown): Properties {
  const value = args[property];
  return value === undefined || hasUnknown(value) ? {} : { [property]: change(value) };
}

function withoutNotes(text: unknown): string {
  return encodeLines(
    decodeLines(text as string).map(({ name, attributes }) => {
      const { comment: _comment, ...others } = attributes ?? {};
      return { name, attributes: others };
    }),
  );
}

/** Everybody may connect, and there are no sequences. */
const MISSING: ReadonlySet<string> = new Set([
  canonicalJson({ on: "database", privileges: ["CONNECT"] }),
  canonicalJson({ on: "sequence", privileges: ["ALL"] }),
]);

function thoseThere(lists: Lists): Lists {
  return Object.fromEntries(
    Object.entries(lists).filter(([target]) => {
      const { on, privileges } = JSON.parse(target) as Properties;
      return !MISSING.has(canonicalJson({ on, privileges }));
    }),
  );
}
