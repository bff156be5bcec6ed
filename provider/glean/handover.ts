import { LineFile, makeHandoverFolder, shardOf, type Handover } from "../core/handover.js";
import { canonicalJson } from "../core/lines.js";
import { inWords } from "../core/problems.js";
import { teamKey } from "./known.js";
import { personSchema } from "./personFields.js";
import { teamSchema } from "./teamFields.js";

/*
 * Runs in the program: checks the records of a directory and hands them over, so that memory does not grow with them.
 */

/** A record as a program gives it: checked here, whatever its types promised. */
export type Given = object;

/** What there is to hand over. */
export interface Directory {
  readonly people: Iterable<Given> | AsyncIterable<Given>;
  readonly teams: Iterable<Given> | AsyncIterable<Given>;
  /** The department of who has none. */
  readonly department?: string | undefined;
  /** No more people than this are taken; then it is not everything. */
  readonly maxUsers?: number | undefined;
  readonly shards: number;
}

/** Somebody or something that is not sent, and why. */
export interface Skipped {
  /** The e-mail address, or what else tells who it is. */
  readonly who: string;
  readonly why: string;
}

/** What was handed over. */
export interface HandedOver {
  /** The keys of all records, and what else is known to be there. */
  readonly keys: Handover;
  readonly shards: readonly Handover[];
  /** Lists the files of the shards. */
  readonly list: Handover;
  /** How many records are sent: people, and teams. */
  readonly people: number;
  readonly teams: number;
  readonly skipped: readonly Skipped[];
  readonly skippedCount: number;
  /** Whether `maxUsers` has left somebody out. */
  readonly cut: boolean;
}

/** The most that are listed one by one. */
const LISTED = 1000;

/** A line of the file of keys: a key and the source's own key for it, a key that is there and not sent, or a source without an e-mail address. */
export type KeyLine =
  { readonly key: string; readonly source?: string } | { readonly held: string } | { readonly lost: string };

/** A line of the file that lists the files of the shards, in their order. */
export interface ShardLine {
  /** The shard's number, with zeros in front. */
  readonly shard: string;
  /** Its name too: the list says nothing of the folder, and so is the same for the same records. */
  readonly digest: string;
  readonly count: number;
}

class Writer {
  private readonly folder = makeHandoverFolder();
  private readonly shards: LineFile[];
  private readonly keys = new LineFile(this.folder);
  readonly skipped: Skipped[] = [];
  readonly teams = new Set<string>();
  skippedCount = 0;

  constructor(private readonly of: number) {
    this.shards = Array.from({ length: of }, () => new LineFile(this.folder));
  }

  skip(who: string, why: string): void {
    this.skippedCount += 1;
    if (this.skipped.length < LISTED) this.skipped.push({ who, why });
  }

  note(line: KeyLine): void {
    this.keys.add(JSON.stringify(line));
  }

  record(key: string, record: object, source: string | undefined): void {
    this.shards[shardOf(key, this.of)]?.add(`{"key":${JSON.stringify(key)},"record":${canonicalJson(record)}}`);
    this.note(source === undefined ? { key } : { key, source });
  }

  finish(): Pick<HandedOver, "shards" | "keys" | "list"> {
    const shards = this.shards.map((file) =>
      file.finish((line, before) => {
        if (before === undefined || keyOf(line) !== keyOf(before)) return true;
        // Exactly the same twice is no news.
        if (line !== before)
          this.skip(
            keyOf(line),
            "is there twice, with different fields; the first in the order of the alphabet is sent",
          );
        return false;
      }),
    );
    const list = new LineFile(this.folder);
    for (const [index, { digest, count }] of shards.entries()) {
      list.add(JSON.stringify({ shard: String(index).padStart(6, "0"), digest, count } satisfies ShardLine));
    }
    return { shards, keys: this.keys.finish((line, before) => line !== before), list: list.finish() };
  }
}

function keyOf(line: string): string {
  return (JSON.parse(line) as { key: string }).key;
}

/** Checks the records, and writes those that can be sent to files. Rejects where reading them fails. */
export async function handOver(directory: Directory): Promise<HandedOver> {
  const writer = new Writer(directory.shards);
  let people = 0;
  let cut = false;
  for await (const given of directory.people) {
    if (directory.maxUsers !== undefined && people >= directory.maxUsers) {
      cut = true;
      break;
    }
    people += 1;
    addPerson(writer, given, directory.department);
  }
  for await (const given of directory.teams) addTeam(writer, given);
  const { shards, keys, list } = writer.finish();
  const { skipped, skippedCount } = writer;
  const records = shards.reduce((sum, { count }) => sum + count, 0);
  const { size: teams } = writer.teams;
  return { keys, shards, list, people: records - teams, teams, skipped, skippedCount, cut };
}

/** What a source has no value for often comes as an empty text or as null. */
function withoutEmpty(given: Given): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined && value !== null && value !== ""),
  );
}

function addPerson(writer: Writer, given: Given, department: string | undefined): void {
  const { source, label, ...fields } = withoutEmpty(given);
  const from = typeof source === "string" ? source : undefined;
  if (fields["email"] === undefined) {
    const name = [fields["firstName"], fields["lastName"]].filter((part) => typeof part === "string").join(" ");
    const called = typeof label === "string" ? label : from;
    writer.skip(called ?? (name === "" ? "somebody" : name), "has no e-mail address");
    if (from !== undefined) writer.note({ lost: from });
    return;
  }
  const parsed = personSchema.safeParse(
    { ...(department === undefined ? {} : { department }), ...fields },
    { error: inWords({ what: "a person" }) },
  );
  if (parsed.success) {
    writer.record(parsed.data.email, defined(parsed.data), from);
    return;
  }
  const email = typeof fields["email"] === "string" ? fields["email"] : JSON.stringify(fields["email"]);
  writer.skip(email, reasons(parsed.error.issues, fields));
  writer.note({ held: email.toLowerCase() });
}

function addTeam(writer: Writer, given: Given): void {
  const fields = withoutEmpty(given);
  const parsed = teamSchema.safeParse(fields, { error: inWords({ what: "a team" }) });
  if (parsed.success) {
    writer.record(teamKey(parsed.data.teamId), defined(parsed.data), undefined);
    writer.teams.add(parsed.data.teamId);
    return;
  }
  const id = typeof fields["teamId"] === "string" ? fields["teamId"] : undefined;
  writer.skip(`team ${id ?? "without an id"}`, reasons(parsed.error.issues, fields));
  if (id !== undefined) writer.note({ held: teamKey(id) });
}

function defined(record: object): object {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

function reasons(
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string; readonly code: string }[],
  fields: Readonly<Record<string, unknown>>,
): string {
  return issues
    .map(({ path, message, code }) => {
      const missing = code === "invalid_type" && path.length === 1 && fields[String(path[0])] === undefined;
      return `${path.map(String).join(".")} ${missing ? "is missing" : message}`.trim();
    })
    .join("; ");
}
