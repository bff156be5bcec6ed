import * as z from "zod";
import { oneOf } from "../../provider/core/oneOf.js";
import { keyMessages, readDocument } from "../core/documents.js";
import { placeText, problemLines, type Place } from "../core/place.js";

/** The systems in which is looked for what no stack manages. */
const SYSTEMS = ["postgres", "heimdall", "glean", "databricks"] as const;

const entry = z.strictObject(
  {
    system: z.enum(SYSTEMS, `must be ${oneOf(SYSTEMS)}`),
    kind: z
      .string("must be a kind, such as login or grant")
      .min(1)
      .optional()
      .describe("login, member, grant, ...; all where it is missing"),
    name: z.string("must be the name that the report gives; * and ? stand for anything").min(1),
    reason: z
      .string("must say why it may be there without a stack")
      .min(1, "must say why it may be there without a stack"),
    expires: z.iso.date("must be a date such as 2027-06-30").optional().describe("the last day on which it counts"),
  },
  {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? keyMessages(
            issue.keys,
            (key) => `${key} is no key of an entry; there are system, kind, name, reason, expires`,
          )
        : "must be an entry with system, name and reason",
  },
);

/** What may be in live systems without a stack; made into schemas/roster-allow.schema.json. */
export const allowFile = z.strictObject(
  { allow: z.array(entry, "must be a list of entries") },
  {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? keyMessages(issue.keys, (key) => `${key} is no key here; there is allow`)
        : "must be an object with the key allow",
  },
);

/** An entry, with where it stands. */
export type AllowedThing = z.output<typeof entry> & { readonly place: string };

/** Reads an allow-list. Throws an Error that names every mistake with file, line and column. */
export function readAllowList(file: string, text?: string): AllowedThing[] {
  const { data, problems, placeOf } = readDocument(file, allowFile, text);
  if (data === undefined) throw new Error(["the allow-list cannot be used:", ...problemLines(problems)].join("\n  "));
  const at = (index: number): Place => placeOf(["allow", index]);
  return data.allow.map((each, index) => ({ ...each, place: placeText(at(index)) }));
}

/** Whether an entry counts no more. Its last day counts whole, in UTC. */
export function isExpired({ expires }: Pick<AllowedThing, "expires">, now: Date): boolean {
  return expires !== undefined && now.toISOString().slice(0, 10) > expires;
}

/** Whether an entry is about a thing. */
export function allows(
  { system, kind, name }: AllowedThing,
  thing: { readonly system: string; readonly kind: string; readonly name: string },
): boolean {
  return system === thing.system && (kind === undefined || kind === thing.kind) && pattern(name).test(thing.name);
}

function pattern(name: string): RegExp {
  const escaped = name
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${escaped}$`, "su");
}
