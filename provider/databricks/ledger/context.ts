import * as z from "zod";
import { ignorePatterns } from "../../core/entryArguments.js";
import { RosterError } from "../../core/errors.js";
import { linesOf } from "../../core/handover.js";
import type { Host } from "../../core/resource.js";
import { connectionFor, sessionFor, shared, valuesOf } from "../../core/sessions.js";
import type { Session } from "../../core/system.js";
import type { Found, HandoverInput } from "../../core/step.js";
import { connection } from "../arguments.js";
import type { Change } from "../changes.js";
import { ignoredBy } from "../grantLists.js";
import { ledgerPlace } from "../ledgerTables.js";
import type { Metastore } from "../metastore.js";
import { openStatements } from "../read.js";
import { securableKey } from "../securables.js";
import { databricks } from "../system.js";
import type { Recorded, Situation } from "./changes.js";
import type { Writer } from "./events.js";
import { NOTICE_KINDS } from "./notices.js";
import type { LedgerRequest, Privileges } from "./request.js";
import { openStore, type LedgerStore } from "./store.js";

/** Arguments of every step of a ledger. */
export const ledgerArguments = {
  /** The data product. */
  product: z.string().min(1),
  ledger: ledgerPlace,
  connection,
};

/** Through which connections somebody is told of what happens; none where it is left out. */
export const channels = z
  .array(
    z.strictObject({
      kind: z.enum(["webhook", "mail"]),
      name: z.string().min(1),
      to: z.array(z.string()).optional(),
      events: z.array(z.enum(NOTICE_KINDS)).optional(),
    }),
  )
  .optional();

/** Arguments of the steps before and after the grants. */
export const grantingArguments = {
  ...ledgerArguments,
  /** SHA-256 of the requests. */
  digest: z.string(),
  /** The securables of the product, on which its requests say who has anything. */
  securables: z.array(z.string()),
  /** Those that it needs besides and shares with others, such as its catalog. */
  shared: z.array(z.string()),
  ignore: ignorePatterns,
  channels,
  onRemove: z.enum(["drop", "keep"]).optional(),
};

/** What the steps before and after the grants are given. */
export type GrantingArguments = z.output<z.ZodObject<typeof grantingArguments>>;
/** What every step is given. */
export type LedgerArguments = z.output<z.ZodObject<typeof ledgerArguments>>;

/** What a step works with. */
export interface Live {
  readonly store: LedgerStore;
  readonly metastore: (securables: readonly string[]) => Promise<Metastore>;
}

/** Opens what a step works with; shared by those of a run, so that one securable is read once. */
export function openLive(host: Host, args: LedgerArguments): Live {
  const { ledger, connection: arg } = args;
  const found = connectionFor(host, databricks, arg);
  const runner = shared(host, ["statements", databricks.title, found.name, valuesOf(found)], () =>
    openStatements(found),
  );
  const session: Session<Metastore, Change> = sessionFor(host, databricks, arg);
  return {
    store: shared(host, ["ledger", ledger, found.name, valuesOf(found)], () => openStore(runner, ledger)),
    metastore: (securables) => session.model(securables),
  };
}

/** Who runs this, for what is written. */
export function writerOf(host: Host, product: string, { account }: Metastore): Writer {
  return { product, runBy: account === undefined ? undefined : [...account.names][0], at: host.now().toISOString() };
}

/** The requests that the program handed over. Throws a RosterError where a command runs without the program. */
export async function requestsOf(found: Found | undefined): Promise<LedgerRequest[]> {
  if (found === undefined) {
    throw new RosterError("there are no requests that the program has handed over", {
      remedy: "Run pulumi up, which runs the program.",
    });
  }
  return readRequests(found.file);
}

async function readRequests(file: HandoverInput): Promise<LedgerRequest[]> {
  const requests: LedgerRequest[] = [];
  for await (const line of linesOf(file)) {
    const request = JSON.parse(line) as LedgerRequest;
    requests.push({ ...request, requested: keyed(request.requested), grants: keyed(request.grants) });
  }
  return requests;
}

/** Securables as they are compared. */
function keyed(privileges: Privileges): Privileges {
  return Object.fromEntries(Object.entries(privileges).map(([securable, names]) => [securableKey(securable), names]));
}

/** What changes are computed from. */
export async function situationOf(
  live: Live,
  args: GrantingArguments,
  requests: readonly LedgerRequest[],
): Promise<Situation> {
  const recorded = await live.store.recorded(args.product);
  const metastore = await live.metastore(allSecurables(args, recorded));
  const whole = args.securables.map(securableKey);
  return { requests, whole, recorded, metastore, ignored: ignoredBy(args.ignore) };
}

/** Everything that is looked at: also what the product had and has no more. */
export function allSecurables(
  { securables, shared: others }: Pick<GrantingArguments, "securables" | "shared">,
  recorded: ReadonlyMap<string, Recorded>,
): string[] {
  const given = [...recorded.values()].flatMap(({ permissions }) => Object.keys(permissions));
  return [...new Map([...securables, ...others, ...given].map((each) => [securableKey(each), each])).values()];
}
