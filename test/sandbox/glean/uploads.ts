import type { Answer } from "../server.js";

/** A record as it was sent. */
export interface Stored {
  readonly record: Readonly<Record<string, unknown>>;
  readonly version?: number;
}

/** A page of a bulk upload. */
export interface Page {
  readonly uploadId: string;
  readonly isFirstPage?: boolean;
  readonly isLastPage?: boolean;
  readonly forceRestartUpload?: boolean;
  readonly disableStaleDataDeletionCheck?: boolean;
}

/** Stale records are deleted only while they are under this share of all, unless the check is off. */
const STALE_SHARE = 0.2;

interface Upload {
  readonly id: string;
  readonly what: string;
  readonly received: Map<string, Stored>;
}

/** The bulk uploads of a deployment: one at a time, page after page, and what is not in it is deleted in the end. */
export class Uploads {
  private current: Upload | undefined;
  private readonly finished = new Set<string>();
  /** How many uploads were thrown away for another. */
  restarted = 0;

  /** Whether one is not finished. */
  get open(): boolean {
    return this.current !== undefined;
  }

  /** Takes a page of `what`. `checked` tells whether Glean holds back the deletion of many for this kind. */
  take(
    what: string,
    page: Page,
    records: ReadonlyMap<string, Stored>,
    target: { readonly all: Map<string, Stored>; readonly checked: boolean },
  ): Answer {
    const wrong = this.begin(what, page);
    if (wrong !== undefined) return wrong;
    const upload = this.current;
    if (upload === undefined) return refused(400, "the first page of an upload must have isFirstPage");
    for (const [key, stored] of records) upload.received.set(key, stored);
    if (page.isLastPage === true) this.finish(upload, target, page.disableStaleDataDeletionCheck === true);
    return { status: 200 };
  }

  private begin(what: string, page: Page): Answer | undefined {
    if (page.forceRestartUpload === true && page.isFirstPage !== true) {
      return refused(400, "forceRestartUpload must be specified with isFirstPage=true");
    }
    if (page.disableStaleDataDeletionCheck !== undefined && page.isLastPage !== true) {
      return refused(400, "disableStaleDataDeletionCheck must only be set when isLastPage=true");
    }
    if (page.isFirstPage !== true) {
      if (this.current === undefined) return refused(400, "no upload is in progress");
      return this.current.id === page.uploadId && this.current.what === what
        ? undefined
        : refused(409, "another upload is in progress");
    }
    if (this.finished.has(page.uploadId)) return refused(400, "uploadId must be unique");
    if (this.current !== undefined) {
      if (page.forceRestartUpload !== true) return refused(409, "an upload is in progress");
      this.restarted += 1;
    }
    this.current = { id: page.uploadId, what, received: new Map() };
    return undefined;
  }

  private finish(
    upload: Upload,
    { all, checked }: { all: Map<string, Stored>; checked: boolean },
    forced: boolean,
  ): void {
    const stale = [...all.keys()].filter((key) => !upload.received.has(key));
    if (!checked || forced || stale.length < all.size * STALE_SHARE) for (const key of stale) all.delete(key);
    for (const [key, stored] of upload.received) all.set(key, stored);
    this.finished.add(upload.id);
    this.current = undefined;
  }
}

/** An answer that says no. */
export function refused(status: number, message: string): Answer {
  return { status, body: { error: message } };
}
