import { setTimeout as pause } from "node:timers/promises";
import { ATTEMPTS, waitAfter } from "../core/backOff.js";
import { CONNECTION_LOST, asRosterError, type RosterError } from "../core/errors.js";
import { statusOf } from "../core/httpErrors.js";
import type { HttpRequest } from "../core/httpRequest.js";
import { PREFIX } from "./changes.js";
import type { Client } from "./client.js";
import type { BulkPage } from "./pages.js";

/** Which upload a page is part of, and what its flags say. */
export interface UploadFlags {
  readonly id: string;
  /** Whether the first page throws away an upload that is open. */
  readonly restart: boolean;
  /** Whether the last page deletes whoever is not in the upload, however many they are. */
  readonly force: boolean;
}

/**
 * Sends a page. A page in the middle can simply be sent again. The first and the last one begin and end the upload:
 * where their answer was lost, the answer to the next attempt tells whether they did.
 */
export async function sendPage(client: Client, page: BulkPage, flags: UploadFlags): Promise<void> {
  if (!page.first && !page.last) {
    await client.send(requestOf(page, flags, true));
    return;
  }
  let doubtful: RosterError | undefined;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.send(requestOf(page, flags, false));
      return;
    } catch (caught) {
      const error = asRosterError(caught);
      const status = statusOf(error);
      if (doubtful !== undefined && status === 400 && page.last) return;
      if (doubtful !== undefined && status === 409 && !page.last) {
        await goOn(client, page, flags, error);
        return;
      }
      if (!(error.details.code === CONNECTION_LOST || (status ?? 0) >= 500) || attempt >= ATTEMPTS) throw error;
      doubtful = error;
      await pause(waitAfter(attempt, undefined));
    }
  }
}

/** An upload is open, after a first page whose answer was lost: where it is ours, it takes the page as one of its own. */
async function goOn(client: Client, page: BulkPage, flags: UploadFlags, conflict: RosterError): Promise<void> {
  try {
    await client.send(requestOf({ ...page, first: false }, flags, true));
  } catch (error) {
    const status = statusOf(error);
    throw status === 400 || status === 409 ? conflict : error;
  }
}

function requestOf({ what, records, first, last }: BulkPage, flags: UploadFlags, repeatable: boolean): HttpRequest {
  const path = `${PREFIX}/bulkindex${what}`;
  return {
    method: "POST",
    path,
    repeatable,
    shown: `POST ${path} (${String(records.length)} ${what} of upload ${flags.id})`,
    body: {
      uploadId: flags.id,
      ...(first ? { isFirstPage: true } : {}),
      ...(last ? { isLastPage: true } : {}),
      ...(first && flags.restart ? { forceRestartUpload: true } : {}),
      ...(last && flags.force && what === "employees" ? { disableStaleDataDeletionCheck: true } : {}),
      [what]: records,
    },
  };
}
