/**
 * The text that stands for a value which is not known before the update, for instance the output of a resource that
 * does not exist yet. Pulumi puts it in place of a string and also of a whole list or object.
 * Source: `unknownValue` in @pulumi/pulumi/runtime/rpc, part of the engine's wire protocol.
 */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * Whether a value is unknown, or holds an unknown value at any depth.
 *
 * @example
 * hasUnknown({ host: UNKNOWN }) // true
 */
export function hasUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  if (typeof value === "object" && value !== null) return Object.values(value).some(hasUnknown);
  return false;
}
