import { createHash } from "node:crypto";
import * as z from "zod";
import {
  Fingerprinter,
  changedFields,
  hasDigest,
  newKey,
  packFingerprints,
  packTags,
  unpackFingerprints,
  unpackTags,
  type Fingerprints,
} from "../core/fingerprints.js";
import { Gate } from "../core/gate.js";
import { makeProgress, type Progress } from "../core/progress.js";
import { report } from "../core/report.js";
import type { Host, Properties } from "../core/resource.js";
import { shared } from "../core/sessions.js";
import { fieldsOf, indexing, recordsOf, shownKey, type DirectoryRecord } from "./directoryRecords.js";
import { directoryArguments, directoryResource, handedOver, type Work } from "./directoryResource.js";
import { driftOf, looksForDrift } from "./drift.js";
import { doEach, failureOf, type Failed } from "./pool.js";

const schema = z.strictObject({
  ...directoryArguments,
  shard: z.int(),
  of: z.int(),
  count: z.int(),
  mode: z.enum(["individual", "bulk"]),
  complete: z.boolean(),
  /** The key of the fingerprints, always a secret: `check` makes it once and keeps it. */
  key: z.string(),
  /** The fingerprints of all records, made by `check`. */
  records: z.string().optional(),
  /** The digest of `records`: outputs hold only this. */
  sum: z.string().optional(),
  /** The tags of what Glean shows otherwise than it was sent, found by `check`. */
  drifted: z.string().optional(),
});

type ShardArguments = z.output<typeof schema>;

function shownShard({ shard, of }: Pick<ShardArguments, "shard" | "of">): string {
  return `shard ${String(shard + 1)} of ${String(of)}`;
}

/** A preview names this many people and teams; the rest it counts. */
const NAMED = 200;

/** `glean.DirectoryShard`: sends those records of a shard that changed. */
export const DirectoryShard = directoryResource({
  token: "glean.DirectoryShard",
  schema,
  // In ids shards count from 0, which states hold; their names in the program, and texts, count from 1.
  part: ({ shard, of }) => `shard ${String(shard)} of ${String(of)}`,
  shownPart: shownShard,
  compared: ["sum", "drifted"],

  async check({ host, args, olds: before, found, dryRun, session }) {
    const key = typeof before?.["key"] === "string" && before["key"] !== "" ? before["key"] : newKey();
    const fingerprinter = new Fingerprinter(key);
    const old = unpackFingerprints(before?.["records"] as string | undefined);
    const records: Fingerprints = new Map();
    const plan = new ShardPlan(host);
    const looks = looksForDrift(host, args.connection);
    const unchanged: DirectoryRecord[] = [];
    for await (const record of recordsOf(handedOver(found).file)) {
      const tag = fingerprinter.tag(record.key);
      const earlier = old.get(tag);
      if (earlier !== undefined && hasDigest(earlier, fingerprinter.digest(record.key, record.text))) {
        records.set(tag, earlier);
        if (looks) unchanged.push(record);
        continue;
      }
      const fields = fieldsOf(record.key);
      const now = fingerprinter.fingerprint(record.key, record.text, record.record, fields);
      records.set(tag, now);
      plan.add(record.key, earlier === undefined ? undefined : changedFields(earlier, now, fields));
    }
    // Who is not in an incomplete source stays, and stays known.
    if (!args.complete) for (const [tag, kept] of old) if (!records.has(tag)) records.set(tag, kept);
    const drifted = await driftOf(host, session, unchanged);
    for (const each of drifted) plan.drift(each);
    if (!dryRun && args.mode === "individual") sending(host, args.directory).expect(plan.size);
    const packed = packFingerprints(records);
    return {
      args: {
        ...args,
        key,
        records: packed,
        sum: createHash("sha256").update(packed).digest("base64url").slice(0, 22),
        ...(drifted.length === 0
          ? {}
          : { drifted: packTags(drifted.map(({ record }) => fingerprinter.tag(record.key))) }),
      },
      ...(dryRun ? { plan: plan.lines(args, handedOver(found).file.digest) } : {}),
    };
  },

  compare({ olds, host, args }) {
    const unsent = unpackTags(olds?.["unsent"] as string | undefined).size;
    if (unsent > 0)
      host.warn(
        `glean.Directory ${JSON.stringify(args.directory)}, ${shownShard(args)}: ${String(unsent)} that the last run did not get to send ${unsent === 1 ? "is" : "are"} sent again`,
      );
    return Promise.resolve({ more: unsent > 0 });
  },

  async apply(work) {
    const { args } = work;
    const outs = outputsOf(args);
    if (args.mode === "bulk") return { outs };
    const { failed, sent } = await sendChanged(work);
    if (sent > 0) report({ kind: "count", what: "sent to Glean", count: sent });
    if (failed.length === 0) return { outs };
    const error = failureOf(
      `${String(failed.length)} of ${String(failed.length + sent)} could not be sent to Glean`,
      failed,
      ({ key }) => shownKey(key),
      "What was sent is kept: the next run sends only the rest.",
    );
    const fingerprinter = new Fingerprinter(args.key);
    const unsent = packTags(failed.map(({ item }) => fingerprinter.tag(item.key)));
    return { outs: { ...outs, sum: undefined, unsent }, error, keep: sent > 0 };
  },

  // Who leaves is deleted by the keys of the directory.
  remove: () => Promise.resolve(),
});

function outputsOf({
  records: _records,
  key: _key,
  drifted: _drifted,
  ...rest
}: ShardArguments): Record<string, unknown> {
  return rest;
}

/** One count for all shards of a directory. */
function sending(host: Host, directory: string): Progress {
  const what = `sending ${directory} to Glean: people and teams`;
  return shared(host, ["directory", "sending", directory], () => makeProgress({ what }));
}

/** Sends what is new, changed, drifted, or was not sent before. */
async function sendChanged(work: Work<ShardArguments>): Promise<{ failed: Failed<DirectoryRecord>[]; sent: number }> {
  const { args, olds, session } = work;
  const { file, before } = handedOver(work.found);
  const fingerprinter = new Fingerprinter(args.key);
  const old = olds === undefined ? new Map<string, string>() : unpackFingerprints(recordsIn(before));
  const again = new Set([...unpackTags(olds?.["unsent"] as string | undefined), ...unpackTags(args.drifted)]);
  let tried = 0;

  async function* changed(): AsyncGenerator<DirectoryRecord> {
    for await (const record of recordsOf(file)) {
      const tag = fingerprinter.tag(record.key);
      if (!again.has(tag) && hasDigest(old.get(tag), fingerprinter.digest(record.key, record.text))) continue;
      tried += 1;
      yield record;
    }
  }

  const open = session();
  const progress = sending(work.host, args.directory);
  // One shard after the other: each sends as much at once as Glean takes, a kill loses the bookkeeping of one, and no
  // more records wait in memory than are under way.
  const turns = shared(work.host, ["directory", "turns", open.description], () => new Gate());
  const failed = await turns.alone(() =>
    doEach(changed(), open.client().atOnce, async (record) => {
      await open.send(indexing(record));
      progress.add(1);
    }),
  );
  return { failed, sent: tried - failed.length };
}

function recordsIn(before: Properties | undefined): string | undefined {
  return before?.["records"] as string | undefined;
}

/** What a preview says of a shard. */
class ShardPlan {
  private added = 0;
  private changed = 0;
  private drifted = 0;
  private readonly named: string[] = [];
  private readonly budget: { left: number };
  private readonly whole: boolean;

  constructor(host: Host) {
    this.whole = host.wholePlans === true;
    this.budget = this.whole
      ? { left: Infinity }
      : shared(host, ["directory", "names in the plan"], () => ({ left: NAMED }));
  }

  add(key: string, fields: readonly string[] | undefined): void {
    if (fields === undefined) this.added += 1;
    else this.changed += 1;
    this.name(fields === undefined ? `+ ${shownKey(key)}` : `~ ${shownKey(key)}: ${fields.join(", ") || "something"}`);
  }

  drift({
    record,
    fields,
  }: {
    readonly record: DirectoryRecord;
    readonly fields: readonly string[] | undefined;
  }): void {
    this.drifted += 1;
    const how = fields === undefined ? "Glean does not have it (any more)" : `Glean shows another ${fields.join(", ")}`;
    this.name(`~ ${shownKey(record.key)}: ${how}`);
  }

  /** How many there are to send. */
  get size(): number {
    return this.added + this.changed + this.drifted;
  }

  private name(line: string): void {
    if (this.budget.left <= 0) return;
    this.budget.left -= 1;
    this.named.push(line);
  }

  /** `digest` is that of the file of records: a review that saw names of fields is of these very values. */
  lines({ count, mode, ...which }: ShardArguments, digest: string): string[] {
    const all = this.size;
    if (all === 0) return [];
    const counts = `+${String(this.added)} ~${String(this.changed)}${this.drifted === 0 ? "" : `, ${String(this.drifted)} drifted`}`;
    const how = mode === "bulk" ? "in one upload" : `${String(all)} ${all === 1 ? "request" : "requests"}`;
    const rest = all - this.named.length;
    return [
      `# ${shownShard(which)}: ${counts} of ${String(count)}, ${how}`,
      ...this.named,
      ...(this.whole ? [`# from records with the SHA-256 ${digest}`] : []),
      ...(rest === 0 ? [] : [`# and ${String(rest)} more; a preview names ${String(NAMED)}`]),
    ];
  }
}
