import { isGranted, type Consumer } from "../../databricks/dataProduct/consumer.js";
import { dayOf } from "../../databricks/dataProduct/period.js";
import type { ListedConsumer } from "./formats.js";
import type { Usage } from "./readUsage.js";
import { daysBefore } from "./scope.js";

/** Whether somebody uses their access, as far as anybody can know. */
export type Activity = Pick<ListedConsumer, "activity" | "activity_reason" | "last_access_date">;

/**
 * Whether a consumer is active. Inactive is only who is known to have used the product, and not for so many days before
 * the latest record of the sources: what they do not cover is unknown.
 */
export function activityOf(consumer: Consumer, usage: Usage | undefined, days: number, now: Date): Activity {
  const unknown = (why: string): Activity => ({ activity: "unknown", activity_reason: why, last_access_date: null });
  if (usage === undefined) return unknown("the system tables were not asked");
  if (consumer.type === "group") return unknown("use is recorded by person, and this is a group");
  const last = lastAccess(usage, consumer.consumerId);
  const isNew =
    isGranted(consumer) &&
    consumer.grantedFrom !== undefined &&
    Date.parse(consumer.grantedFrom) > daysBefore(now, days).getTime();
  if (last === undefined) {
    const none = "no event is known in lineage or query history";
    return isNew ? { ...unknown(`${none}, and access is new`), activity: "new" } : unknown(none);
  }
  const known = { last_access_date: last };
  if (Date.parse(last) >= daysBefore(latest(usage, now), days).getTime()) {
    return { ...known, activity: "active", activity_reason: `used on ${dayOf(last)}` };
  }
  if (isNew)
    return {
      ...known,
      activity: "new",
      activity_reason: `not used since access was given anew; before, on ${dayOf(last)}`,
    };
  return {
    ...known,
    activity: "inactive",
    activity_reason: `not used since ${dayOf(last)}, which is more than ${String(days)} days`,
  };
}

/** The latest event known of a principal. */
export function lastAccess({ accesses }: Usage, principal: string): string | undefined {
  const times = (accesses.get(principal.toLowerCase()) ?? []).flatMap(({ read, written }) =>
    [read ?? [], written ?? []].flat(),
  );
  return times.sort().at(-1);
}

/** Where lineage ends: after its latest record nothing is known, and nobody inactive. */
function latest({ coverage }: Usage, now: Date): Date {
  const newest = coverage.sources.find(({ name }) => name.endsWith("table_lineage"))?.newest;
  const end = newest === undefined || newest === null ? now.getTime() : Date.parse(newest);
  return new Date(Math.min(end, now.getTime()));
}
