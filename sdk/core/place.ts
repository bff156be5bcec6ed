/** A place in a file, counted from 1. */
export interface Place {
  /** The file, as it was named. */
  readonly file: string;
  /** The line, from 1. */
  readonly line: number;
  /** The column, from 1. */
  readonly column: number;
}

/** Something wrong at a place, in words for whoever edits the file. */
export interface DocumentProblem extends Place {
  /** What is wrong, and what to write instead. */
  readonly message: string;
}

/** Problems in the order of files and lines, each on a line that editors and terminals lead to. */
export function problemLines(problems: readonly DocumentProblem[]): string[] {
  const sorted = [...problems].sort(
    (a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.line - b.line || a.column - b.column,
  );
  return sorted.map(({ message, ...place }) => `${placeText(place)}: ${message}`);
}

/** A place as editors and terminals know it: `users.yaml:3:5`. */
export function placeText({ file, line, column }: Place): string {
  return `${file}:${String(line)}:${String(column)}`;
}
