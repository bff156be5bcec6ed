import { runTime } from "../../core/clock.js";
import type { CommandContext } from "../context.js";
import { EXIT, type ExitCode } from "../exitCodes.js";
import { pulumiCommand } from "../pulumi.js";
import { consumersEdit, type ConsumersEdit } from "./formats.js";
import type { StatusFilter } from "./list.js";
import { audit, list, report, type Looking, type Workspace } from "./look.js";
import type { Format } from "./output.js";
import { approve, revoke } from "./decide.js";
import { detailsOf } from "./requestDetails.js";
import { review } from "./review.js";
import { findProduct, loadProduct, type LoadedProduct } from "./product.js";

/** The flags of `roster consumers`. */
export interface ConsumersFlags {
  /** What to do, where the argument does not say it. */
  readonly action?: string;
  /** The folder below which products are. */
  readonly dir: string;
  /** Which consumers; all where it is left out. */
  readonly consumer?: readonly string[];
  /** In which status. */
  readonly status: StatusFilter;
  /** How results are written. */
  readonly format: Format;
  /** As JSON. */
  readonly json?: boolean;
  /** The file that they go to. */
  readonly output?: string;
  /** The HTML report that is written besides; true for a name of our choice. */
  readonly generateReport?: string | true;
  /** The period. */
  readonly days: number;
  /** After how many days without use a consumer is inactive. */
  readonly inactiveDays?: number;
  /** Looks at the files alone. */
  readonly offline?: boolean;
  /** Exported reviews. */
  readonly reviews?: string;
  /** Why. */
  readonly reason?: string;
  /** Who does it; git's user where it is left out. */
  readonly by?: string;
  /** As whom they approve. */
  readonly as?: "manager" | "data_owner";
  /** Only these permissions. */
  readonly permission?: readonly string[];
  /** For how long they approve at most. */
  readonly durationDays?: number;
  /** To when they approve at most. */
  readonly until?: string;
  /** On which condition, in words. */
  readonly condition?: string;
  /** When access ends. */
  readonly on?: string;
  /** The branch to commit to; true for a name of our choice. */
  readonly commit?: string | true;
  /** Which review. Default: that of the period. */
  readonly review?: string;
  /** By when reviewers answer. */
  readonly due?: string;
  /** Carries out what reviewers decided. */
  readonly apply?: boolean;
  /** The connection to Databricks. */
  readonly connection?: string;
  /** The folder of Pulumi.yaml. */
  readonly cwd?: string;
  /** The stack. */
  readonly stack?: string;
}

/** The actions of `roster consumers`. */
export type Action = "list" | "approve" | "revoke" | "audit" | "report" | "review";

/** Runs an action of `roster consumers`; gives the exit code. Rejects with what went wrong. */
export async function runConsumers(
  name: string,
  action: Action,
  flags: ConsumersFlags,
  environment: CommandContext["environment"],
): Promise<ExitCode> {
  const product = loadProduct(findProduct(flags.dir, name), {
    reviews: flags.reviews,
    now: runTime({ ...environment }),
  });
  const { generateReport } = flags;
  const looking = async (): Promise<Looking> => ({
    product,
    selection: { status: flags.status, consumers: flags.consumer ?? [] },
    counting: { days: flags.days, inactiveDays: flags.inactiveDays ?? product.folder.product.policy.inactive_days },
    workspace: flags.offline === true ? undefined : await workspaceOf(flags, environment),
    format: flags.json === true ? "json" : flags.format,
    output: flags.output,
    report: generateReport === true ? `${name}-${action}.html` : generateReport,
  });
  switch (action) {
    case "list":
      await list(await looking());
      return EXIT.done;
    case "report":
      await report(await looking());
      return EXIT.done;
    case "approve":
    case "revoke":
      decide(product, action, flags);
      return EXIT.done;
    case "review":
      return (await review(product, flags, await looking())) ? EXIT.findings : EXIT.done;
    case "audit":
      return (await audit(await looking())) ? EXIT.findings : EXIT.done;
  }
}

/** Approves or revokes, and says what comes next. */
function decide(product: LoadedProduct, action: "approve" | "revoke", flags: ConsumersFlags): void {
  // The command line has seen to it that there is one.
  const [consumer = ""] = flags.consumer ?? [];
  const { by, permission: permissions, commit, reason, on } = flags;
  const deciding = { product, consumer, by, permissions, commit };
  const done =
    action === "approve"
      ? approve({
          ...deciding,
          role: flags.as,
          durationDays: flags.durationDays,
          until: flags.until,
          note: flags.condition,
        })
      : revoke({ ...deciding, reason, on });
  if (flags.json === true || flags.format === "json") {
    process.stdout.write(`${JSON.stringify(consumersEdit.parse(done), null, 2)}\n`);
    return;
  }
  process.stdout.write(
    `${detailsOf(product, { requestId: done.request_id }, product.evaluation.consumers)}${toldOf(done)}\n`,
  );
}

/** What was done, and what has to be done now. */
function toldOf({
  action,
  request_id: id,
  by,
  role,
  reason,
  branch,
  file,
  still_missing: missing,
}: ConsumersEdit): string {
  const what = {
    approve: `Approved as ${String(role).replace("_", " ")} by ${by}${reason === null ? "" : `, on this condition: ${reason}`}.`,
    revoke: `Taken back by ${by}: ${String(reason)}.`,
    reject: `Turned down by ${by}: ${String(reason)}.`,
    reduce: `Taken back in part by ${by}: ${String(reason)}.`,
  }[action];
  const next =
    branch === null
      ? `It stands in ${file}. Commit it yourself, under your own name, and open a pull request (--commit does the first).`
      : `It is committed to the branch ${branch}. Push it, and open a pull request: git push origin ${branch}`;
  const still = missing.length === 0 ? "" : `\nStill missing: the approval of the ${missing.join(" and of the ")}.`;
  return `${id}: ${what}${still}\n${next}\nAccess changes, and who is to be told is told, with the next pulumi up.`;
}

/** Where settings are looked for: the environment, and where a stack is named its config. */
async function workspaceOf(
  { connection, cwd, stack }: ConsumersFlags,
  environment: CommandContext["environment"],
): Promise<Workspace> {
  if (cwd === undefined && stack === undefined) return { connection, sources: { environment, config: undefined } };
  const { readStack } = await import("../stack.js");
  const read = await readStack({ cwd: cwd ?? ".", stack, pulumi: pulumiCommand(environment), environment });
  return { connection, sources: read.sources };
}
