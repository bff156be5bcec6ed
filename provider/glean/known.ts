/** What Glean's Client API shows of a person or a team, under the names of our arguments. */
export type Seen = Readonly<Record<string, unknown>>;

/** What is known of one person or team. */
export type Entry =
  /** This run has sent it. */
  | { readonly kind: "sent"; readonly record: Readonly<Record<string, unknown>>; readonly version: number | undefined }
  /** It is not there: this run has deleted it, or the Client API does not have it. */
  | { readonly kind: "gone" }
  /** The Client API shows it. */
  | { readonly kind: "seen"; readonly fields: Seen };

/**
 * What is known of a deployment of Glean. The Indexing API reads nothing back, so that this is what the run itself
 * has done, and what the Client API shows where there is a token for it. What has no entry is as the state says.
 */
export interface Known {
  /** By `person:<e-mail>` and `team:<id>`. */
  readonly entries: Map<string, Entry>;
  /** The parts that were looked for in the Client API. */
  readonly looked: Set<string>;
}

/** How a person is called among the entries. */
export function personKey(email: string): string {
  return `person:${email}`;
}

/** How a team is called among the entries. */
export function teamKey(id: string): string {
  return `team:${id}`;
}

/** Nothing is known. */
export function blankKnown(): Known {
  return { entries: new Map(), looked: new Set() };
}

/** An independent copy. */
export function copyKnown({ entries, looked }: Known): Known {
  return { entries: new Map(entries), looked: new Set(looked) };
}

/** Brings in what was looked for after the copy was made; what the preview has played through stays. */
export function completeKnown(copy: Known, live: Known): void {
  for (const [key, entry] of live.entries) if (!copy.entries.has(key)) copy.entries.set(key, entry);
}
