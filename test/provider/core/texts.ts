import fc from "fast-check";

/** Characters that have broken quoting, encodings and displays before. */
const AWKWARD = [
  ...Array.from("'\"\\`$;,:/%@.-_ *?[](){}<>|&~#!=+^\t\n\r"),
  ...Array.from("\u0001\u001b\u007f\u0085\u009b\u00a0\u00ad\u200b\u200d\u202e\u2028\u2029\ufeff\ufffd"),
  ...Array.from("äﬁßİıאع漢🦆"),
  ...["a\u0308", "👩🏽‍🚀", "--", "/*", "*/", "''", '""', "\\'", "$$", "E'", "U&"],
];

/** One unit of an awkward text: an ordinary letter, one that has made trouble, or any character of Unicode. */
const unit = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...Array.from("abzAZ09_")) },
  { weight: 3, arbitrary: fc.constantFrom(...AWKWARD) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", minLength: 1, maxLength: 1 }) },
);

/** How many units a text has. */
interface Size {
  readonly minLength?: number;
  readonly maxLength?: number;
}

/** Well-formed Unicode text that is hard on whatever quotes, splits or shows it. */
export function awkwardText(size: Size = {}): fc.Arbitrary<string> {
  return fc
    .array(unit, size)
    .map((units) => units.join(""))
    .filter((text) => text.isWellFormed());
}

/** A text that PostgreSQL can hold: without NUL. */
export function serverText(size: Size = {}): fc.Arbitrary<string> {
  return awkwardText(size)
    .map((text) => text.replaceAll("\u0000", ""))
    .filter((text) => text.length >= (size.minLength ?? 0));
}

/** A name of PostgreSQL: 1 to 63 bytes, often exactly at the limit. */
export function serverName(): fc.Arbitrary<string> {
  const short = serverText({ minLength: 1, maxLength: 12 });
  const full = fc
    .tuple(short, fc.constantFrom("a", "ä", "漢", "🦆", '"'))
    .map(([start, filler]) => start + filler.repeat(63));
  return fc
    .oneof({ weight: 4, arbitrary: short }, { weight: 1, arbitrary: full })
    .map((name) => shortened(name, 63))
    .filter((name) => !name.startsWith("pg_") && !["public", "none"].includes(name));
}

/** The text without its last characters, so that it has at most so many bytes. */
function shortened(text: string, longest: number): string {
  const characters = Array.from(text);
  while (Buffer.byteLength(characters.join("")) > longest) characters.pop();
  return characters.join("");
}
