import type { Resource } from "../core/resource.js";
import { DirectoryEnd } from "./directoryEnd.js";
import { DirectoryKeys } from "./directoryKeys.js";
import { DirectoryShard } from "./directoryShard.js";
import { DirectoryUpload } from "./directoryUpload.js";
import { Person } from "./person.js";
import { Team } from "./team.js";

/** The resources of Glean by class name: what a token `glean.<name>` stands for. */
export const resources: Readonly<Record<string, Resource>> = {
  Person,
  Team,
  DirectoryKeys,
  DirectoryShard,
  DirectoryUpload,
  DirectoryEnd,
};
