import type { Host } from "../../provider/core/resource.js";

/** What the provider's process knows in a run of a test: no config, nothing seen yet, and one time for all. */
export function testHost(values: Partial<Host> & Pick<Host, "environment" | "warn">): Host {
  return {
    options: { maxRemovals: undefined, offline: false },
    connections: undefined,
    sessions: new Map(),
    known: new Set(),
    now: () => new Date("2026-06-01T00:00:00Z"),
    tell: () => undefined,
    ...values,
  };
}

/** What the settings of a run change of that. */
export function runValues(settings: {
  readonly now?: string;
  readonly maxRemovals?: number;
  readonly offline?: boolean;
}): Pick<Host, "options"> & Partial<Pick<Host, "now">> {
  const { now, maxRemovals, offline = false } = settings;
  return { options: { maxRemovals, offline }, ...(now === undefined ? {} : { now: () => new Date(now) }) };
}
