import * as z from "zod";
import { LEVELS } from "./log.js";

/*
 * What `roster sync --json` writes: a record a line. schemas/roster-sync.schema.json is made from this.
 */

const level = z.enum(LEVELS);
const time = z.iso.datetime();

const line = z.strictObject({
  level,
  time,
  source: z.literal("pulumi").describe("A line that Pulumi wrote."),
  msg: z.string(),
});

const note = z.strictObject({
  level,
  time,
  source: z.literal("roster").describe("Something that the program or a provider tells: at debug each request."),
  msg: z.string(),
});

const progress = z.strictObject({
  level,
  time,
  source: z.literal("progress"),
  progress: z.strictObject({
    what: z.string().describe("What is being done, with its unit."),
    done: z.number(),
    total: z.number().optional().describe("Left out where it is not known."),
    perSecond: z.number(),
    secondsLeft: z.number().optional(),
  }),
  msg: z.string().describe("The same in words."),
});

/** The last record of a run. */
const summary = z.strictObject({
  summary: z.literal(true),
  stack: z.string().optional(),
  dryRun: z.boolean(),
  seconds: z.number(),
  resources: z.record(z.string(), z.number()).describe("Resources by Pulumi's word: created, updated, unchanged, ..."),
  counts: z.record(z.string(), z.number()).describe("What else was counted: people read, sent to Glean, ..."),
  faults: z
    .array(z.enum(["setting", "login", "permission", "place", "target", "unreachable"]))
    .describe("What is wrong, as far as a scheduler can act on it."),
  outcome: z.enum(["done", "locked", "failed"]),
  exitCode: z.number().describe("The code with which roster ends."),
});

/** The summary of a run. */
export type Summary = z.output<typeof summary>;

/** The end of a run that could not even begin: there is no Pulumi. */
const stopped = z.strictObject({ level, time, msg: z.string() });

/** A record of `roster sync --json`. */
export const syncRecord = z.union([line, note, progress, summary.extend({ level, time, msg: z.string() }), stopped]);
