import { diffLines } from "diff";

/** A line of a text's difference. */
export interface DiffLine {
  mark: "+" | "-" | " ";
  text: string;
}

const contextLines = 2;

/** The difference of two texts by lines. Long stretches that are equal are folded to what is next to a change. */
export function lineDifference(old: string, next: string): DiffLine[] {
  const hunks = diffLines(old, next);
  return hunks.flatMap((hunk, index) => {
    const lines = hunk.value.split("\n").filter((line) => line.trim() !== "");
    if (hunk.added) return lines.map((text): DiffLine => ({ mark: "+", text }));
    if (hunk.removed) return lines.map((text): DiffLine => ({ mark: "-", text }));
    return fold(lines, index === 0, index === hunks.length - 1).map((text): DiffLine => ({ mark: " ", text }));
  });
}

function fold(lines: string[], isFirst: boolean, isLast: boolean): string[] {
  const kept = isFirst || isLast ? contextLines : 2 * contextLines;
  if (lines.length <= kept + 1) return lines;
  const head = isFirst ? [] : lines.slice(0, contextLines);
  const tail = isLast && !isFirst ? [] : lines.slice(-contextLines);
  return [...head, "...", ...tail];
}
