import { z } from "zod";
import { usersFile } from "./format.js";

/** The JSON Schema of the files that `postgres.AccessFile` reads, for editors: schemas/users.schema.json. */
export function usersFileSchema(): object {
  return {
    title: "Users, groups, databases and grants of a PostgreSQL server",
    ...z.toJSONSchema(usersFile, { io: "input" }),
  };
}
