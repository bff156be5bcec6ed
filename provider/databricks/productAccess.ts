import { without } from "../core/applied.js";
import { PROVIDER } from "../core/arguments.js";
import { RosterError } from "../core/errors.js";
import type { Properties, Resource } from "../core/resource.js";
import { Access } from "./access.js";

/** The output that says what failed; empty for nothing. */
const LEFTOVER = "leftover";

/** What became of an attempt, also where some of it failed: that is told at the end of the chain. */
async function attempt(
  work: () => Promise<{ id: string; outs: Properties }>,
): Promise<{ id: string; outs: Record<string, unknown> }> {
  try {
    const { id, outs } = await work();
    return { id, outs: { ...outs, [LEFTOVER]: "" } };
  } catch (error) {
    if (!(error instanceof RosterError) || error.truth === undefined) throw error;
    const { id, properties } = error.truth;
    return { id, outs: { ...without(properties, [PROVIDER]), [LEFTOVER]: error.message } };
  }
}

/**
 * `databricks.ProductAccess`: a `databricks.Access` after which the ledger is written whatever became of it. Where some
 * of the privileges could not be changed it succeeds and says so in `leftover`, at which `databricks.LedgerDone` fails:
 * were it an error here, Pulumi would skip what depends on it, and what was done would not be told.
 */
export const ProductAccess: Resource = {
  ...Access,
  token: "databricks.ProductAccess",
  identify: (args) => ({ ...Access.identify(without(args, [LEFTOVER])), resource: "databricks.ProductAccess" }),
  async diff(host, id, olds, news) {
    const diff = await Access.diff(host, id, without(olds, [LEFTOVER]), without(news, [LEFTOVER]));
    // What was an Access before has no leftover yet, which what comes after it needs to know.
    return { ...diff, changes: diff.changes || olds[LEFTOVER] !== "" };
  },
  create: (host, inputs) => attempt(() => Access.create(host, inputs)),
  async update(host, id, olds, news) {
    const { outs } = await attempt(async () => ({ id, ...(await Access.update(host, id, olds, news)) }));
    return { outs };
  },
  async read(host, id, props) {
    const seen = await Access.read(host, id, props);
    return seen.id === "" ? seen : { ...seen, props: { ...seen.props, [LEFTOVER]: props[LEFTOVER] ?? "" } };
  },
};
