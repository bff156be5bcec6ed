import { runTime } from "../../core/clock.js";
import type { CommandContext } from "../context.js";
import { EXIT, type ExitCode } from "../exitCodes.js";
import { pulumiCommand } from "../pulumi.js";
import type { StatusFilter } from "./list.js";
import { audit, list, report, type Looking, type Workspace } from "./look.js";
import type { Format } from "./output.js";
import { findProduct, loadProduct } from "./product.js";

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
  /** The connection to Databricks. */
  readonly connection?: string;
  /** The folder of Pulumi.yaml. */
  readonly cwd?: string;
  /** The stack. */
  readonly stack?: string;
}

/** The actions of `roster consumers`. */
export type Action = "list" | "audit" | "report";

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
    case "audit":
      return (await audit(await looking())) ? EXIT.findings : EXIT.done;
  }
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
