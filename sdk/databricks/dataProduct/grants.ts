import { isGranted, type Consumer } from "./consumer.js";
import type { ConsumerGrant } from "./types.js";

export type { ConsumerGrant };

/** The grants that requests explain, without USE CATALOG and USE SCHEMA, which come with them. */
export function grantsOf(consumers: readonly Consumer[]): ConsumerGrant[] {
  const grants = new Map<string, ConsumerGrant>();
  for (const consumer of consumers.filter(isGranted)) {
    for (const { privilege, securable } of consumer.permissions) {
      const key = JSON.stringify([consumer.consumerId.toLowerCase(), privilege, securable.toLowerCase()]);
      const before = grants.get(key);
      const until = before === undefined ? consumer.expires : later(before.until, consumer.expires);
      grants.set(key, { principal: before?.principal ?? consumer.consumerId, privilege, securable, until });
    }
  }
  return [...grants.values()];
}

function later(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return undefined;
  return Date.parse(one) > Date.parse(other) ? one : other;
}
