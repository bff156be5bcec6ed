/*
 * A key that nobody knows is told of in the same words wherever it stands: in a program, in a list, in a file.
 */

/**
 * Why a key is refused, with the one that was probably meant and all there are.
 *
 * @example
 * unknownKey("database", "a grant", ["to", "databases"])
 * // '"database" is not known in a grant: did you mean databases? it can have to, databases'
 */
export function unknownKey(key: string, what: string, known: readonly string[]): string {
  return `${JSON.stringify(key)} is not known in ${what}: ${keyAdvice(key, "it", known)}`;
}

/** What to write in place of a key that is not known: `did you mean databases? it can have to, databases`. */
export function keyAdvice(key: string, what: string, known: readonly string[]): string {
  const meant = nearest(key, known);
  const guess = meant === undefined ? "" : `did you mean ${meant}? `;
  return `${guess}${what} can have ${known.join(", ")}`;
}

/** No key of ours is as long, and comparing takes time. */
const LONGEST = 40;
/** A shorter part is in a key by chance. */
const TELLING = 3;

/** The key that was probably meant: one with other marks and capitals, a few other letters, or more or less at an end. */
export function nearest(key: string, known: readonly string[]): string | undefined {
  if (key.length > LONGEST) return undefined;
  const given = fold(key);
  const close = known.flatMap((each) => {
    const other = fold(each);
    const letters = differentLetters(given, other);
    const few = letters <= Math.max(1, Math.floor(Math.max(given.length, other.length) / 3));
    return few || isPart(given, other) ? [{ each, letters }] : [];
  });
  return close.sort((a, b) => a.letters - b.letters)[0]?.each;
}

function fold(key: string): string {
  return key.toLowerCase().replaceAll(/[-_ ]/g, "");
}

function isPart(one: string, other: string): boolean {
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  return short.length >= TELLING && long.includes(short);
}

/** How many letters are too many, missing, other ones, or in the other's place (optimal string alignment). */
function differentLetters(one: string, other: string): number {
  const rows: number[][] = [];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? 0;
  for (let row = 0; row <= one.length; row++) {
    const line: number[] = [];
    rows.push(line);
    for (let column = 0; column <= other.length; column++) {
      if (row === 0 || column === 0) {
        line.push(row + column);
        continue;
      }
      const same = one[row - 1] === other[column - 1];
      const ways = [at(row - 1, column) + 1, at(row, column - 1) + 1, at(row - 1, column - 1) + (same ? 0 : 1)];
      const swapped = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      line.push(Math.min(...ways, ...(swapped ? [at(row - 2, column - 2) + 1] : [])));
    }
  }
  return at(one.length, other.length);
}
