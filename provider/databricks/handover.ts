import { LineFile, makeHandoverFolder, type Handover } from "../core/handover.js";
import { canonicalJson } from "../core/lines.js";
import type { LedgerRequest } from "./ledger/request.js";

export type { LedgerRequest, Privileges } from "./ledger/request.js";

/** Hands the requests of a data product over to the provider, a line each. */
export function handOver(requests: readonly LedgerRequest[]): Handover {
  const file = new LineFile(makeHandoverFolder());
  for (const request of requests) file.add(canonicalJson(request));
  return file.finish();
}
