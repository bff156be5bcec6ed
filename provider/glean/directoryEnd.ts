import * as z from "zod";
import { RosterError } from "../core/errors.js";
import { PREFIX } from "./changes.js";
import { directoryArguments, directoryResource } from "./directoryResource.js";

const schema = z.strictObject({
  ...directoryArguments,
  /** Changes with everything that the directory holds. */
  digest: z.string(),
  /** Whether Glean is asked to process at once what was sent. */
  process: z.boolean().optional(),
  /** What `glean.DirectoryKeys` did not get to delete; not known before it has run. */
  leftover: z.string(),
});

/**
 * `glean.DirectoryEnd`: what comes after everything was sent. It fails for those whom the keys could not delete: were
 * that an error of the keys, nothing that depends on them would be sent.
 */
export const DirectoryEnd = directoryResource({
  token: "glean.DirectoryEnd",
  schema,
  part: () => "end",
  compared: ["digest", "process", "leftover"],
  later: ["leftover"],

  check: ({ args }) =>
    Promise.resolve({ args, plan: args.process === true ? [`POST ${PREFIX}/processallemployeesandteams`] : [] }),

  async apply({ args, session }) {
    if (args.process === true) {
      await session()
        .client()
        .send({ method: "POST", path: `${PREFIX}/processallemployeesandteams`, repeatable: true });
    }
    if (args.leftover === "") return { outs: args };
    // Not the digest: the next run comes by here again.
    return { outs: { ...args, digest: undefined }, error: new RosterError(args.leftover), keep: true };
  },

  remove: () => Promise.resolve(),
});
