import { readFileSync } from "node:fs";
import { glean } from "pulumi-roster";
import { people } from "../../sandbox/glean/people.js";

// A whole company in Glean's directory, made up one after the other.
const { count, edition, mode } = JSON.parse(readFileSync("directory.json", "utf8")) as {
  count: number;
  edition: number;
  mode: "individual" | "bulk";
};
new glean.Directory("company", { people: people(count, edition) as Iterable<glean.DirectoryPerson>, mode });
