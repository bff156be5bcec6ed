import { cannotStart, runPulumi, type PulumiCommand } from "./pulumi.js";
import { knownRefusal, pulumiSaid } from "./refusals.js";
import { tokenOf } from "./stack.js";

/** What is previewed, and how it is asked for. */
export interface PreviewOptions {
  /** The folder of Pulumi.yaml. */
  readonly cwd: string;
  /** The stack; undefined for the selected one. */
  readonly stack: string | undefined;
  /** The Pulumi to call. */
  readonly pulumi: PulumiCommand;
  /** Whether the live systems are read first. */
  readonly refresh: boolean;
  /** The only resources to look at, by URN; undefined for all. */
  readonly targets?: readonly string[];
  /** Resources of the state that are left out, by URN. */
  readonly excluded?: readonly string[];
  /** Variables for Pulumi besides those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Properties as Pulumi prints them: secrets as `[secret]`, what is not known yet as Pulumi's text for that. */
export type Properties = Readonly<Record<string, unknown>>;

/** A resource of Roster's that a preview does something to. */
export interface PreviewStep {
  /** Pulumi's name of it, unique in the stack. */
  readonly urn: string;
  /** What Roster calls it: `postgres.User`. */
  readonly token: string;
  /** The system: `postgres`. */
  readonly system: string;
  /** Its name in the program. */
  readonly name: string;
  /** What an update would do, by Pulumi's word: `create`, `update`, `delete`, `replace`. */
  readonly op: string;
  /** The natural key; undefined for what is not there. */
  readonly id: string | undefined;
  /** The arguments as the state has them, before anything was read; undefined for what the state does not have. */
  readonly stored: Properties | undefined;
  /** The arguments as they are: read from the live system with `refresh`, else those of the state. */
  readonly live: Properties | undefined;
  /** The arguments as the program wants them, without the plan; undefined where it wants none. */
  readonly wanted: Properties | undefined;
  /** The statements or requests that would run; undefined where the preview shows none, as for what is deleted. */
  readonly plan: readonly string[] | undefined;
  /** The resources that it needs, by URN. */
  readonly needs: readonly string[];
}

/** Something that a preview says went wrong, or may. */
export interface PreviewMessage {
  /** The resource that it is about; undefined for the run or the program. */
  readonly urn: string | undefined;
  /** What Pulumi said, without `error:` in front. */
  readonly text: string;
}

/** What a preview found. */
export interface Preview {
  /** Whether Pulumi looked at everything. If not, `steps` hold what it came to. */
  readonly whole: boolean;
  /** Whether another run holds the stack. */
  readonly locked: boolean;
  /** What would be done; what stays as it is is not there. */
  readonly steps: readonly PreviewStep[];
  /** What would be done to resources, by Pulumi's word for it: `create`, `same`. */
  readonly counts: Readonly<Record<string, number>>;
  /** Changes of resources that are not Roster's, components left out, by Pulumi's word for it. */
  readonly others: Readonly<Record<string, number>>;
  /** Why it is not whole: of the resources, and of the run. */
  readonly errors: readonly PreviewMessage[];
  /** What may go wrong. */
  readonly warnings: readonly PreviewMessage[];
}

/**
 * Runs `pulumi preview --json` and reads what it prints; changes nothing. A preview that fails is an answer too:
 * `errors` say why. Rejects where there is no Pulumi.
 */
export async function runPreview(options: PreviewOptions): Promise<Preview> {
  const { pulumi, cwd, environment = {} } = options;
  const told: string[] = [];
  const said: string[] = [];
  const line = (text: string, stream: "stdout" | "stderr"): void => {
    (stream === "stdout" ? told : said).push(text);
  };
  const { code, locked } = await runPulumi(pulumi, wordsOf(options), { cwd, line, environment }).catch(
    (error: unknown) => {
      throw new Error(cannotStart(pulumi, error));
    },
  );
  const preview = parsePreview(told.join("\n"));
  if (code === 0) return { ...preview, locked };
  const refused = { stack: options.stack, code, said };
  const text = knownRefusal(refused) ?? pulumiSaid(refused);
  const errors = preview.errors.length > 0 ? preview.errors : [{ urn: undefined, text }];
  return { ...preview, whole: false, locked, errors };
}

function wordsOf({ stack, refresh, targets = [], excluded = [] }: PreviewOptions): string[] {
  return [
    "preview",
    "--json",
    ...(refresh ? ["--refresh"] : []),
    ...(stack === undefined ? [] : ["--stack", stack]),
    ...targets.flatMap((urn) => ["--target", urn]),
    ...excluded.flatMap((urn) => ["--exclude", urn]),
    "--non-interactive",
    "--color",
    "never",
  ];
}

interface Printed {
  readonly steps?: readonly PrintedStep[];
  readonly diagnostics?: readonly {
    readonly urn?: string;
    readonly message: string;
    readonly severity: string;
  }[];
  readonly changeSummary?: Readonly<Record<string, number>>;
}

interface PrintedStep {
  readonly op: string;
  readonly urn: string;
  readonly oldState?: PrintedState;
  readonly newState?: PrintedState;
}

interface PrintedState {
  readonly custom?: boolean;
  readonly id?: string;
  readonly inputs?: Properties;
  readonly outputs?: Properties;
  readonly dependencies?: readonly string[];
  readonly parent?: string;
}

/** Reads what `pulumi preview --json` printed; a text that is no JSON, as of a run that could not begin, holds nothing. */
export function parsePreview(text: string): Preview {
  const printed = printedOf(text);
  const { steps = [], diagnostics = [], changeSummary = {} } = printed ?? {};
  // Steps of a refresh are printed before anything was read: both of their states are that of the stack.
  const stored = new Map(steps.filter(({ op }) => op === "refresh").map(({ urn, oldState }) => [urn, oldState]));
  const messages = (severity: string): PreviewMessage[] =>
    diagnostics
      .filter((diagnostic) => diagnostic.severity === severity)
      .map(({ urn, message }) => ({ urn: urn === "" ? undefined : urn, text: message.replace(SAID, "").trim() }));
  const errors = messages("error");
  return {
    whole: printed !== undefined && errors.length === 0,
    locked: false,
    steps: steps.flatMap((step) => stepOf(step, stored)),
    counts: changeSummary,
    others: othersAmong(steps),
    errors: errors.filter(({ text: said }, _index, all) => all.length === 1 || said !== "preview failed"),
    warnings: messages("warning"),
  };
}

/** What Pulumi puts before a message. */
const SAID = /^(?:error|warning): (?:Preview failed: )?/;

function printedOf(text: string): Printed | undefined {
  try {
    return JSON.parse(text) as Printed;
  } catch {
    return undefined;
  }
}

function othersAmong(steps: readonly PrintedStep[]): Record<string, number> {
  const others = steps.filter(({ op, oldState, newState }) => {
    const state = newState ?? oldState;
    const loader = state?.inputs?.["__provider"] ?? state?.outputs?.["__provider"];
    return state?.custom === true && !["same", "refresh"].includes(op) && tokenOf(loader) === undefined;
  });
  const counts = new Map<string, number>();
  for (const { op } of others) counts.set(op, (counts.get(op) ?? 0) + 1);
  return Object.fromEntries([...counts].sort());
}

function stepOf(
  { op, urn, oldState, newState }: PrintedStep,
  stored: ReadonlyMap<string, PrintedState | undefined>,
): PreviewStep[] {
  const before = stored.get(urn) ?? oldState;
  const loader = [newState?.inputs, oldState?.inputs, before?.outputs].flatMap((each) => each?.["__provider"] ?? []);
  const token = tokenOf(loader[0]);
  if (token === undefined || op === "refresh" || op === "same") return [];
  const { plan, ...wanted } = newState?.inputs ?? {};
  const state = newState ?? oldState;
  return [
    {
      urn,
      token,
      system: token.split(".")[0] ?? token,
      name: urn.slice(urn.lastIndexOf("::") + 2),
      op,
      id: oldState?.id ?? before?.id,
      stored: visible(before?.inputs),
      live: visible(oldState?.inputs),
      wanted: newState?.inputs === undefined ? undefined : visible(wanted),
      plan: Array.isArray(plan) ? plan.map(String) : undefined,
      needs: [...new Set([...(state?.dependencies ?? []), ...(state?.parent === undefined ? [] : [state.parent])])],
    },
  ];
}

/** Without what Pulumi and Roster keep for themselves. */
function visible(properties: Properties | undefined): Properties | undefined {
  if (properties === undefined) return undefined;
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !name.startsWith("__")));
}
