import { randomBytes } from "node:crypto";
import * as z from "zod";
import { makeProgress } from "../core/progress.js";
import { report } from "../core/report.js";
import { CONNECTION_LOST, asRosterError, type RosterError } from "../core/errors.js";
import { statusOf } from "../core/httpErrors.js";
import { directoryArguments, directoryResource, handedOver, type Work } from "./directoryResource.js";
import { filesIn, pagesOf, type BulkPage } from "./pages.js";
import { shareOf } from "./directoryKeys.js";
import { sendPage } from "./upload.js";

const schema = z.strictObject({
  ...directoryArguments,
  /** Changes with everything that the directory holds. */
  digest: z.string(),
  people: z.int(),
  teams: z.int(),
  /** Whether teams are uploaded: an upload of none would delete those of others. */
  withTeams: z.boolean(),
  complete: z.boolean(),
  interruptedUpload: z.enum(["resume", "restart"]).optional(),
});

type UploadArguments = z.output<typeof schema>;

/** Glean holds a deletion of this share of all people back, unless it is told otherwise. */
const HELD_BACK = 0.2;

/** How far an upload has come that was not finished, as outputs keep it. */
const progress = z.object({ id: z.string(), digest: z.string(), pages: z.int() });
type Progress = z.output<typeof progress>;

/** `glean.DirectoryUpload`: everybody in one upload of many pages; Glean deletes who is not in it. */
export const DirectoryUpload = directoryResource({
  token: "glean.DirectoryUpload",
  schema,
  part: () => "upload",
  compared: ["digest", "withTeams"],

  check({ args, olds }) {
    if (!args.complete) {
      const reason =
        "the source was not read to its end, and Glean would delete everybody who is not in the upload. " +
        'Read all of it (without MAX_USERS, for instance), or give the Directory mode: "individual"';
      return Promise.resolve({ args, failures: [{ property: "", reason }] });
    }
    const what = `${String(args.people)} people${args.withTeams ? ` and ${String(args.teams)} teams` : ""}`;
    const plan = olds?.["digest"] === args.digest ? [] : [`# uploads ${what}; Glean deletes who is not among them`];
    return Promise.resolve({ args, plan });
  },

  async apply(work) {
    const { args } = work;
    const unfinished = progress.safeParse(work.olds?.["upload"]);
    const own = unfinished.success ? unfinished.data : undefined;
    const state = await upload(work, own);
    if (state.error === undefined) return { outs: { ...args } };
    return {
      outs: { ...args, digest: undefined, upload: state.progress },
      error: state.error,
      keep: state.progress !== undefined,
    };
  },

  // Who leaves is deleted by the keys of the directory.
  remove: () => Promise.resolve(),
});

interface State {
  readonly error?: RosterError;
  readonly progress?: Progress;
}

/** What is uploaded. Of nobody, after nobody, nothing: it would delete what others have put there. */
function kindsOf({ people, withTeams }: UploadArguments, before: number): BulkPage["what"][] {
  return [...(people > 0 || before > 0 ? ["employees" as const] : []), ...(withTeams ? ["teams" as const] : [])];
}

/** Uploads people and then teams: Glean takes one upload at a time. */
async function upload(work: Work<UploadArguments>, own: Progress | undefined): Promise<State> {
  const { args, host } = work;
  const files = await filesIn(handedOver(work.found).file);
  const client = work.session().client();
  const { leaving, before } = shareOf(host, args.directory).value;
  const force = before > 0 && leaving >= before * HELD_BACK;
  // The same content in the same pages: what was uploaded need not be uploaded again.
  const resumed = own?.digest === args.digest && args.interruptedUpload !== "restart" ? own : undefined;
  const id = resumed?.id ?? `roster-${randomBytes(9).toString("hex")}`;
  let done = resumed?.pages ?? 0;
  let page = 0;
  const total = args.people + (args.withTeams ? args.teams : 0);
  const progress = makeProgress({ what: `uploading ${args.directory} to Glean: people and teams`, total });
  try {
    for (const what of kindsOf(args, before)) {
      for await (const each of pagesOf(what, files)) {
        page += 1;
        progress.add(each.records.length);
        if (page <= done) continue;
        // What our own state knows to be open, and does not go on with, is ours to throw away.
        const restart = args.interruptedUpload === "restart" || (own !== undefined && resumed === undefined);
        await sendPage(client, each, { id: `${id}-${what}`, restart: restart && page === 1, force });
        done = page;
        report({ kind: "count", what: "uploaded to Glean", count: each.records.length });
      }
    }
    return {};
  } catch (caught) {
    const error = asRosterError(caught);
    const opened = done > 0 || error.details.code === CONNECTION_LOST || (statusOf(error) ?? 0) >= 500;
    return { error, ...(opened ? { progress: { id, digest: args.digest, pages: done } } : {}) };
  }
}
