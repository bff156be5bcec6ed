/**
 * Makes what a handler returns fit for Pulumi's wire: undefined goes away, a Date becomes ISO text, a bigint decimal
 * text. Without this Pulumi's provider process fails on such a value *after* the work is done, and the result is lost.
 */
export function normalize(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return normalizeObject(properties);
}

function normalizeObject(value: object): Record<string, unknown> {
  const kept = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(kept.map(([key, inner]) => [key, normalizeValue(inner)]));
}

function normalizeValue(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((inner) => (inner === undefined ? null : normalizeValue(inner)));
  if (typeof value === "object" && value !== null) return normalizeObject(value);
  return value;
}
