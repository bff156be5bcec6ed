import * as z from "zod";
import { INSTANCE } from "../core/arguments.js";
import { claim, runOptions } from "../core/claims.js";
import { declaredTwice } from "../core/declared.js";
import { RosterError, someOf } from "../core/errors.js";
import { makeProgress } from "../core/progress.js";
import { guardRemovals } from "../core/removals.js";
import { report } from "../core/report.js";
import type { Host } from "../core/resource.js";
import { shared } from "../core/sessions.js";
import type { HandoverInput } from "../core/step.js";
import { deleting, readKeys, shownKey, thingOf, type Keys } from "./directoryRecords.js";
import { directoryArguments, directoryResource, handedOver, type Work } from "./directoryResource.js";
import { heldIn, outputsOf, sourceTag, stillThere, type Held } from "./heldKeys.js";
import { doEach, failureOf, type Failed } from "./pool.js";
import { glean } from "./system.js";

const schema = z.strictObject({
  ...directoryArguments,
  /** SHA-256 of the keys. */
  digest: z.string(),
  count: z.int(),
  mode: z.enum(["individual", "bulk"]),
  complete: z.boolean(),
  lostEmail: z.enum(["keep", "remove"]).optional(),
  onRemove: z.enum(["drop", "keep"]).optional(),
});

type KeysArguments = z.output<typeof schema>;

/**
 * `glean.DirectoryKeys`: who and what may be in Glean because of a directory. It is recorded before anything is sent,
 * so that nobody becomes unremovable when a run is killed, and it deletes who has left.
 */
export const DirectoryKeys = directoryResource({
  token: "glean.DirectoryKeys",
  schema,
  part: () => "",
  compared: ["digest", "mode", "complete", "lostEmail", "onRemove"],

  async check({ host, args, found, news, olds }) {
    const { wanted } = await keysOf(host, handedOver(found).file);
    const declared = {
      token: "glean.Directory",
      system: glean,
      key: ["directory" as const],
      decides: () => [...wanted.keys()].map(thingOf),
    };
    const failures = declaredTwice(host, declared as never, args as never, news[INSTANCE]);
    const plan = olds === undefined ? [`# records ${String(wanted.size)} keys before anything is sent`] : [];
    return { args, failures, plan };
  },

  async compare(work) {
    const held = heldIn(work.olds);
    if (work.found === undefined) return { more: false };
    const keys = await keysOf(work.host, work.found.file);
    claimAll(work.host, work.args, keys.wanted.keys());
    const { leaving } = await departures(work, held, keys);
    announce(work.host, work.args, leaving);
    share(work.host, work.args, { leaving: leaving.length + held.letGo.size, before: held.keys.length });
    return {
      more: work.args.mode === "individual" && held.letGo.size > 0,
      removes: [...leaving, ...stillThere(held, keys)].sort(),
    };
  },

  async apply(work) {
    const { host, args } = work;
    const keys = await keysOf(host, handedOver(work.found).file);
    claimAll(host, args, keys.wanted.keys());
    const held = heldIn(work.olds);
    const { leaving, staying } = await departures(work, held, keys);
    const { left, error } = await letGo(work, [...leaving, ...stillThere(held, keys)]);
    return {
      // Always there: what a state leaves out is not known in a preview.
      outs: { ...args, ...outputsOf(keys, held, staying, left), leftover: error ?? "" },
    };
  },

  async remove(work) {
    const { args, olds, session } = work;
    if (args.onRemove === "keep") return;
    const { keys } = heldIn(olds);
    const run = await runOptions(work.host, glean, args, () => keys.map(thingOf));
    const failed = await deleteAll(
      session,
      keys.filter((key) => !run.claimed(thingOf(key))),
    );
    if (failed.length > 0) throw notDeleted(failed);
  },
});

/** The keys that the program handed over, read once for a run. */
function keysOf(host: Host, file: HandoverInput): Promise<Keys> {
  return shared(host, ["directory", "keys", file.digest], () => readKeys(file));
}

function claimAll(host: Host, args: KeysArguments, keys: Iterable<string>): void {
  claim(host, { system: glean, things: () => [...keys].map(thingOf) } as never, args as never);
}

/**
 * Who leaves, and who is not in the source and stays all the same. Throws where more would leave than one run may
 * remove. Nobody leaves because a source was not read to its end, because a record cannot be sent as it is, or because
 * an e-mail address was lost; unless that is asked for.
 */
async function departures(
  work: Pick<Work<KeysArguments>, "host" | "args">,
  held: Held,
  { wanted, held: wrong, lost }: Keys,
): Promise<{ leaving: string[]; staying: string[] }> {
  const { host, args } = work;
  const absent = held.keys.filter((key) => !wanted.has(key) && !held.letGo.has(key));
  if (absent.length === 0) return { leaving: [], staying: [] };
  if (!args.complete) {
    once(
      host,
      args,
      "incomplete",
      `the source was not read to its end, so that nobody is removed (${String(absent.length)} are not in it).`,
    );
    return { leaving: [], staying: absent };
  }
  const lostTags = new Set([...lost].map(sourceTag));
  const hasLost = (key: string): boolean => lostTags.has(held.sources.get(key) ?? "");
  const kept = args.lostEmail === "remove" ? [] : absent.filter(hasLost);
  if (kept.length > 0) {
    once(
      host,
      args,
      "lost",
      `${String(kept.length)} have lost their e-mail address in the source and stay in Glean as they are: ${someOf(kept)}. Give the Directory lostEmail: "remove" to remove them.`,
    );
  }
  const stays = new Set([...kept, ...absent.filter((key) => wrong.has(key))]);
  const run = await runOptions(host, glean, args, () => absent.map(thingOf));
  const others = absent.filter((key) => !stays.has(key));
  const leaving = others.filter((key) => !run.claimed(thingOf(key)));
  guard(work, leaving, held, wanted.size);
  return { leaving, staying: [...stays] };
}

function guard(
  { host }: Pick<Work<KeysArguments>, "host">,
  leaving: readonly string[],
  held: Held,
  wanted: number,
): void {
  const size = held.keys.length - held.letGo.size;
  guardRemovals("people and teams of the directory", leaving, size, host.options.maxRemovals);
  // Also of a directory so small that the limit would let all of it go.
  if (wanted === 0 && leaving.length > (host.options.maxRemovals ?? 0)) {
    throw new RosterError("the source is empty, and this run would remove everybody", {
      said: someOf(leaving),
      remedy:
        `If that is right, allow it for this run: pulumi config set roster:maxRemovals ${String(leaving.length)}, run, and then ` +
        "pulumi config rm roster:maxRemovals.",
    });
  }
}

/** A warning that one run shows once. */
function once(host: Host, args: KeysArguments, what: string, message: string): void {
  const told = shared(host, ["directory", "told", args.directory, what], () => ({ yes: false }));
  if (!told.yes) host.warn(`glean.Directory ${JSON.stringify(args.directory)}: ${message}`);
  told.yes = true;
}

/** A preview names this many of who leaves. */
const NAMED = 100;

function announce(host: Host, args: KeysArguments, leaving: readonly string[]): void {
  if (leaving.length === 0) return;
  const named = leaving.slice(0, NAMED).map((key) => `- ${shownKey(key)}`);
  const rest = leaving.length - named.length;
  const lines = [
    `removes ${String(leaving.length)} from Glean:`,
    ...named,
    ...(rest === 0 ? [] : [`and ${String(rest)} more; ${String(NAMED)} are named`]),
  ];
  once(host, args, "leaving", lines.join("\n"));
}

/** How many leave of how many: a bulk upload has to say whether it may delete more than Glean's own limit. */
export interface Share {
  readonly leaving: number;
  readonly before: number;
}

function share(host: Host, args: KeysArguments, value: Share): void {
  shareOf(host, args.directory).value = value;
}

/** Where the keys of a directory tell its upload what leaves. */
export function shareOf(host: Host, directory: string): { value: Share } {
  return shared(host, ["directory", "share", directory], () => ({ value: { leaving: 0, before: 0 } }));
}

/** Deletes who leaves; a bulk upload does that by itself when it ends, and nobody knows here whether it did. */
async function letGo(
  { host, args, session }: Work<KeysArguments>,
  leaving: readonly string[],
): Promise<{ left: string[]; error?: string }> {
  if (args.mode === "bulk") return { left: [...leaving] };
  // Asked once more before each is sent: somebody may have begun to be a resource of their own meanwhile.
  const run = await runOptions(host, glean, args, () => leaving.map(thingOf));
  const failed = await deleteAll(session, leaving, (key) => run.claimed(thingOf(key)));
  if (failed.length === 0) return { left: [] };
  return { left: failed.map(({ item }) => item), error: notDeleted(failed).message };
}

async function deleteAll(
  session: Work<KeysArguments>["session"],
  keys: readonly string[],
  stays: (key: string) => boolean = () => false,
): Promise<Failed<string>[]> {
  if (keys.length === 0) return [];
  const open = session();
  const progress = makeProgress({ what: "deleting in Glean: people and teams", total: keys.length });
  let deleted = 0;
  const failed = await doEach(keys, open.client().atOnce, async (key) => {
    if (stays(key)) return;
    await open.send(deleting(key));
    deleted += 1;
    progress.add(1);
  });
  if (deleted > 0) report({ kind: "count", what: "deleted in Glean", count: deleted });
  return failed;
}

function notDeleted(failed: readonly Failed<string>[]): RosterError {
  return failureOf(
    `${String(failed.length)} could not be deleted in Glean`,
    failed,
    shownKey,
    "They are not forgotten: the next run deletes them.",
  );
}
