import { readFileSync } from "node:fs";
import * as z from "zod";
import { RosterError } from "./errors.js";

/** Which resource an entry is about, by what makes it that resource on a system: providers are told no other name. */
const identity = {
  resource: z.string().describe("What Roster calls it: a system and a class"),
  connection: z.string().describe("The name of its connection"),
  id: z.string().describe("Its natural key"),
};

const urn = z.string().describe("What Pulumi calls it; for readers");

const change = z.strictObject({
  ...identity,
  urn,
  operation: z.enum(["create", "update", "replace"]),
  plan: z.array(z.string()).describe("The statements or requests, in order, secrets as unset variables"),
  removes: z
    .array(z.string())
    .describe("Who leaves, where the statements do not say it: people and teams of a directory")
    .optional(),
  problems: z.array(z.string()).describe("Why this cannot be approved").optional(),
});

/** A file of `roster plan`. The first version; what changes in it gets another number. */
export const approvedPlan = z.strictObject({
  $schema: z.string().optional(),
  version: z.literal(1),
  stack: z.string().describe("The stack that was previewed; for readers"),
  approvable: z.boolean().describe("Whether an update can be held to this plan"),
  problems: z.array(z.string()).describe("Why not; empty where it can"),
  changes: z.array(change).describe("What is created, updated or replaced, in the order of the identities"),
  deletes: z.array(z.strictObject({ ...identity, urn })).describe("What is deleted"),
  others: z
    .record(z.string(), z.int())
    .describe("Changes of other providers' resources by operation: an update is not held to them"),
});

/** What a file of `roster plan` holds. */
export type ApprovedPlan = z.output<typeof approvedPlan>;
/** One change of it. */
export type ApprovedChange = z.output<typeof change>;

/** Where the name of the plan comes from: the variable, for one run, or Pulumi config. */
export interface ApprovalSource {
  readonly path: string;
  /** For messages: `environment variable ROSTER_APPROVED_PLAN`. */
  readonly source: string;
  /** How nothing is held to a plan any more: `unset ROSTER_APPROVED_PLAN`. */
  readonly release: string;
}

/** Reads a plan that an update is to be held to. Throws a RosterError where it is none. */
export function readApprovedPlan({ path, source, release }: ApprovalSource): ApprovedPlan {
  const fail = (said: string): RosterError =>
    new RosterError(`the approved plan ${path} cannot be used (from ${source})`, {
      said,
      remedy: `${MAKE_ONE} An update that need not be reviewed, or a destroy, which cannot be planned: ${release}.`,
    });
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw fail((error as Error).message);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw fail(`it is not JSON: ${(error as Error).message}`);
  }
  const parsed = approvedPlan.safeParse(json);
  if (!parsed.success) throw fail(z.prettifyError(parsed.error));
  if (!parsed.data.approvable) throw fail(`it cannot be approved: ${parsed.data.problems.join("; ")}`);
  return parsed.data;
}

const MAKE_ONE =
  "Make one with roster plan --out <file>, and name it as seen from the program's folder, or with its whole path.";
