/**
 * Property values as they travel between program, engine and provider: plain JSON in which an object under a reserved
 * key stands for a secret, and one reserved string for a value that is not known yet.
 */

/** A property value. */
export type Value = null | boolean | number | string | Value[] | Properties;
/** The properties of a resource, or the members of an object, by name. */
export interface Properties {
  [name: string]: Value;
}

/** The key that marks an object as something special; its value says what. */
export const signatureKey = "4dabf18193072939515e22adb298388d";
/** Marks a secret. */
export const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
/** Marks a reference to a resource. */
export const resourceSignature = "5cf8f73096256a8f31e491e813e4eb8e";
/** Stands for a value that is not known before something else is created. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether a value is an object with named members. */
export function isObject(value: Value | undefined): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value is a secret. */
export function isSecret(value: Value | undefined): value is Properties & { value: Value } {
  return isObject(value) && value[signatureKey] === secretSignature;
}

/** The content of a secret, or the value itself. */
export function unwrap(value: Value): Value {
  return isSecret(value) ? (value.value ?? null) : value;
}

/** A value as a secret. A secret in a secret is one secret. */
export function makeSecret(value: Value): Value {
  return isSecret(value) ? value : { [signatureKey]: secretSignature, value };
}

/** A copy in which every member went through a function. */
export function mapMembers(properties: Properties, change: (value: Value, key: string) => Value): Properties {
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, change(value, key)]));
}

/** Whether there is a secret anywhere in a value. */
export function containsSecrets(value: Value): boolean {
  if (Array.isArray(value)) return value.some(containsSecrets);
  return isSecret(value) || (isObject(value) && Object.values(value).some(containsSecrets));
}

/** Whether something in a value is not known yet. */
export function containsUnknowns(value: Value): boolean {
  if (typeof value === "string") return value === unknownValue;
  if (Array.isArray(value)) return value.some(containsUnknowns);
  return isObject(value) && Object.values(value).some(containsUnknowns);
}

/**
 * A value as a provider that declines secrets and resource references sees it: in clear, a reference as the id of its
 * resource (or the URN, for one without an id).
 */
export function plain(value: Value): Value {
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  if (isSecret(value)) return plain(unwrap(value));
  if (value[signatureKey] === resourceSignature) return value.id ?? value.urn ?? null;
  return mapMembers(value, plain);
}

/** All properties in clear. */
export function plainProperties(properties: Properties): Properties {
  return mapMembers(properties, plain);
}

/** A value with every secret replaced by a word, for people's eyes. */
export function blind(value: Value): Value {
  if (isSecret(value)) return "[secret]";
  if (Array.isArray(value)) return value.map(blind);
  return isObject(value) ? mapMembers(value, blind) : value;
}

/** Puts secretness back, by name, on what a provider that declines secrets returned. */
export function annotateSecrets(returned: Properties, sent: Properties): Properties {
  return mapMembers(returned, (value, key) => {
    const model = sent[key];
    if (model === undefined || isSecret(value)) return value;
    if (isObject(value) && isObject(model) && !isSecret(model)) return annotateSecrets(value, model);
    return containsSecrets(model) ? makeSecret(value) : value;
  });
}

/** Whether two values are the same. Order matters in lists and not in objects. */
export function equalValues(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((element, index) => equalValues(element, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && equalValues(a[key], b[key]));
}

/** Takes ignored properties back to what they were, so that no change is seen in them. */
export function keepIgnored(inputs: Properties, olds: Properties, ignoreChanges: readonly string[]): Properties {
  if (ignoreChanges.length === 0) return inputs;
  const part = ignoreChanges.find((name) => /[.[*]/.test(name));
  if (part) throw new Error(`ignoreChanges: this engine knows whole properties only, not "${part}"`);
  const changing = (properties: Properties, ignored: boolean): [string, Value][] =>
    Object.entries(properties).filter(([name]) => ignoreChanges.includes(name) === ignored);
  return Object.fromEntries([...changing(inputs, false), ...changing(olds, true)]);
}
