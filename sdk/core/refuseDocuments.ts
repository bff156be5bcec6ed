import { problemLines, type DocumentProblem } from "./place.js";
import { runError } from "./runError.js";

/** The end of a program for problems in files: all of them, each on a line that editors and terminals lead to. */
export function refuseDocuments(what: string, problems: readonly DocumentProblem[]): never {
  const told = problemLines(problems).map((line) => `  ${line}`);
  const count = problems.length === 1 ? "there is a mistake" : `there are ${String(problems.length)} mistakes`;
  throw runError(`${what}: ${count}, and nothing was changed\n${told.join("\n")}`);
}
