import * as z from "zod";
import { unknownKey } from "../../provider/core/unknownKeys.js";
import type { CrosswalkEntry } from "./crosswalk.js";
import { keyMessages, readDocument } from "./documents.js";
import { refuseDocuments } from "./refuseDocuments.js";
import { runError } from "./runError.js";

/** How a system's crosswalk files spell what every crosswalk has: each the names that are read. */
export interface Spelling {
  /** Keys for the name of the group in the other system. */
  readonly name: readonly string[];
  /** Keys for its id. */
  readonly id: readonly string[];
}

const DATABASE_GROUP = ["databaseGroup", "database_group_name", "redshift_group_name"] as const;
/** For reference, as people note it; the database knows its groups by name. */
const DATABASE_ID = ["database_group_id", "redshift_group_id"] as const;

const name = z.string("must be text; numbers need quotation marks").min(1, "must not be empty").nullish();
const id = z
  .union([z.int(), z.string().min(1)], "must be a number or text, or left out (null)")
  // Copied from Python, it would be the id of a group that there is not.
  .refine((given) => given !== "None", "is None, which is Python for nothing: write null, or leave the key out")
  .transform(String)
  .nullish();
const yes = z.boolean("must be true or false").nullish();

const options = {
  notes: z.string("must be text").nullish(),
  create: yes,
  mayEmpty: yes,
  may_empty: yes,
  nested: yes,
  onRemove: z.enum(["drop", "keep"], "must be drop or keep").nullish(),
  on_remove: z.enum(["drop", "keep"], "must be drop or keep").nullish(),
};

type Row = Readonly<Record<string, unknown>>;

function rowSchema({ name: names, id: ids }: Spelling): z.ZodType<CrosswalkEntry> {
  const keys = [...names, ...ids, ...DATABASE_GROUP, ...DATABASE_ID, ...Object.keys(options)];
  const fields = {
    ...Object.fromEntries([...names, ...DATABASE_GROUP].map((key) => [key, name])),
    ...Object.fromEntries([...ids, ...DATABASE_ID].map((key) => [key, id])),
    ...options,
  };
  return z
    .strictObject(fields, {
      error: (issue) =>
        issue.code === "unrecognized_keys"
          ? keyMessages(issue.keys, (key) => unknownKey(key, "an entry of the crosswalk", keys))
          : "an entry must be a list of keys and values",
    })
    .transform((row: Row, context): CrosswalkEntry => {
      const first = (spelled: readonly string[]): unknown =>
        spelled.map((key) => row[key] ?? undefined).find((value) => value !== undefined);
      const databaseGroup = first(DATABASE_GROUP) as string | undefined;
      const entry = { name: first(names) as string | undefined, id: first(ids) as string | undefined };
      if (databaseGroup === undefined || (entry.name === undefined && entry.id === undefined)) {
        const missing = databaseGroup === undefined ? DATABASE_GROUP.join(" or ") : [...names, ...ids].join(" or ");
        context.addIssue({ code: "custom", message: `the entry has no ${missing}` });
        return z.NEVER;
      }
      return {
        ...entry,
        databaseGroup,
        notes: first(["notes"]) as string | undefined,
        create: first(["create"]) as boolean | undefined,
        mayEmpty: first(["mayEmpty", "may_empty"]) as boolean | undefined,
        nested: first(["nested"]) as boolean | undefined,
        onRemove: first(["onRemove", "on_remove"]) as CrosswalkEntry["onRemove"],
      };
    });
}

/**
 * Reads a crosswalk from a YAML or JSON file: a list of entries. What is wrong in it ends the program with an error
 * that names line and column of everything at once.
 */
export function readCrosswalkFile(what: string, file: string, spelling: Spelling): CrosswalkEntry[] {
  const schema = z.array(rowSchema(spelling), "a crosswalk must be a list of entries, each beginning with a dash");
  const { data, problems } = read(what, file, schema);
  return data ?? refuseDocuments(what, problems);
}

function read(
  what: string,
  file: string,
  schema: z.ZodType<CrosswalkEntry[]>,
): ReturnType<typeof readDocument<CrosswalkEntry[]>> {
  try {
    return readDocument(file, schema);
  } catch (error) {
    throw runError(`${what}: the crosswalk cannot be read: ${(error as Error).message}`);
  }
}
