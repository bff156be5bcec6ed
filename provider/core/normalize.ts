/**
 * Makes what a handler returns fit for Pulumi's wire: undefined goes away, a Date becomes ISO text, a bigint decimal
 * text. Without this Pulumi's provider process fails on such a value *after* the work is done, and the result is lost.
 */
export function normalize(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return normalizeObject(properties);
}

function normalizeObject(value: object): Record<string, unknown> {
  const fit = Object.entries(value).map(([key, inner]): [string, unknown] => [key, normalizeValue(inner)]);
  return Object.fromEntries(fit.filter(([, inner]) => inner !== undefined));
}

function normalizeValue(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  if (Array.isArray(value)) return value.map((inner) => normalizeValue(inner) ?? null);
  if (typeof value === "object" && value !== null) return normalizeObject(value);
  return value;
}
