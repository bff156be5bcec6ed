/**
 * A date (midnight UTC) or an instant with its zone, as ISO 8601 in UTC; undefined for what is neither, or no day of
 * the calendar.
 */
export function instantOf(text: string): string | undefined {
  const date = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text)
    ? new Date(text)
    : undefined;
  if (date === undefined || Number.isNaN(date.getTime()) || !isDay(text.slice(0, 10))) return undefined;
  return isoInstant(date);
}

/** An instant as Roster writes it: ISO 8601 in UTC, without a fraction where there is none. */
export function isoInstant(date: Date): string {
  return date.toISOString().replace(".000Z", "Z");
}

/** Whether a day is in the calendar: JavaScript takes 31 June for 1 July, and access would last longer than written. */
function isDay(day: string): boolean {
  const date = new Date(day);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

/** Whether something has ended. */
export function isOver(until: string | undefined, now: Date): boolean {
  return until !== undefined && new Date(until) <= now;
}

/** What a plan says of a grant or a membership whose end has come (`remark` of a resource). */
export function remarkOnEnd({
  until,
  expired,
}: {
  readonly until?: string | undefined;
  readonly expired?: true | undefined;
}): string | undefined {
  return expired === true ? `it has ended (until ${until ?? ""}): nothing is given` : undefined;
}

/** The variable that sets the clock of a run, for tests and for a look ahead: what will have expired by then? */
export const NOW = "ROSTER_NOW";

/** The time of a run by what the variable says: now where it says nothing, undefined where it is no time. */
export function clockTime(text: string | undefined): Date | undefined {
  const time = text === undefined || text === "" ? new Date() : new Date(text);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

/** What is wrong with the variable, and what to give. */
export const NO_TIME = {
  headline: (text: string | undefined): string =>
    `the environment variable ${NOW} is ${JSON.stringify(text)}, which is no time`,
  remedy: "Give a date such as 2027-01-31, or with time and zone 2027-01-31T18:00:00Z.",
};
