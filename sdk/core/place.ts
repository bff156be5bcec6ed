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
