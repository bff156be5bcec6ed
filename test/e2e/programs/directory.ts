import { readFileSync } from "node:fs";
import { glean } from "pulumi-roster";
import { people } from "../../sandbox/glean/people.js";

/*
 * A program with a directory: what it holds is in a file, so that a test says it in its own lines.
 */

interface Declared {
  readonly name: string;
  /** People one by one, or how many of the ones that are made up. */
  readonly people: glean.DirectoryPerson[] | { readonly count: number; readonly edition?: number };
  readonly args: Omit<glean.DirectoryArgs, "people">;
  readonly singles?: glean.PersonArgs[];
}

const declared = JSON.parse(readFileSync("directory.json", "utf8")) as Declared[];
for (const { name, people: given, args, singles = [] } of declared) {
  const everybody = Array.isArray(given) ? given : people(given.count, given.edition);
  const directory = new glean.Directory(name, { ...args, people: everybody as Iterable<glean.DirectoryPerson> });
  Object.assign(exports, {
    [name]: {
      people: directory.people,
      teams: directory.teams,
      skipped: directory.skipped,
      complete: directory.complete,
    },
  });
  for (const each of singles) new glean.Person(each.email as string, each);
}
