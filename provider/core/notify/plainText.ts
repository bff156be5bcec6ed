/**
 * What a line of a message must not hold: breaks of lines, with which a reason could write lines and headers of its
 * own, other controls, and what turns the direction of the text around, with which a name could read as another one.
 */
const UNSEEN = /[\p{Cc}\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]+/gu;

/** A text as a part of one line, cut where it is longer than that many characters. */
export function oneLine(text: string, longest: number): string {
  return cutText(text.toWellFormed().replace(UNSEEN, " ").trim(), longest);
}

/** A text of several lines with nothing unseen in them, cut where it is longer. */
export function plainLines(text: string, longest: number): string {
  const lines = text.toWellFormed().split(/\r\n|\r|\n/);
  return cutText(lines.map((line) => line.replace(UNSEEN, " ").trimEnd()).join("\n"), longest);
}

function cutText(text: string, longest: number): string {
  // By code units, as the other side counts; half a character is taken off.
  return text.length <= longest ? text : `${text.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
