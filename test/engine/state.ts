import { createHash } from "node:crypto";
import { CliError } from "./errors";
import type { Crypter } from "./secrets";
import { isProviderType } from "./urn";
import { isObject, isSecret, mapMembers, secretSignature, signatureKey, type Properties, type Value } from "./values";
import { cliVersion } from "./version";

/** A resource as the state keeps it, secrets in clear while it is in memory. */
export interface ResourceState {
  urn: string;
  custom: boolean;
  delete?: boolean;
  id?: string;
  type: string;
  inputs?: Properties;
  outputs?: Properties;
  parent?: string;
  protect?: boolean;
  dependencies?: string[];
  initErrors?: string[];
  provider?: string;
  propertyDependencies?: Record<string, string[]>;
  pendingReplacement?: boolean;
  additionalSecretOutputs?: string[];
  retainOnDelete?: boolean;
  deletedWith?: string;
  created?: string;
  modified?: string;
  ignoreChanges?: string[];
}

/** What was under way when a run was cut off. */
export interface PendingOperation {
  resource: ResourceState;
  type: "creating" | "updating" | "deleting" | "reading";
}

/** The state of a stack, in the form of Pulumi's deployment version 3. */
export interface Deployment {
  manifest: { time: string; magic?: string; version?: string };
  secrets_providers?: { type: string; state?: { salt?: string } };
  resources?: ResourceState[];
  pending_operations?: PendingOperation[];
  metadata?: Record<string, unknown>;
}

/** A new manifest. The magic is the digest of the version: the CLI refuses a state in which they do not match. */
export function newManifest(): Deployment["manifest"] {
  return { time: new Date().toISOString(), magic: digest(cliVersion), version: cliVersion };
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** What to do with the secrets of a state that is written: encrypt them, or show them. */
export type SecretForm = (json: string) => { ciphertext: string } | { plaintext: string };

/** Secrets encrypted. */
export function encrypted(crypter: Crypter): SecretForm {
  return (json) => ({ ciphertext: crypter.encrypt(json) });
}

/** Secrets in clear, for `stack export --show-secrets`. */
export function shown(json: string): { plaintext: string } {
  return { plaintext: json };
}

function storeValue(value: Value, form: SecretForm): Value {
  if (Array.isArray(value)) return value.map((element) => storeValue(element, form));
  if (!isObject(value)) return value;
  if (!isSecret(value)) return mapMembers(value, (member) => storeValue(member, form));
  const content = JSON.stringify(storeValue(value.value ?? null, form));
  return { [signatureKey]: secretSignature, ...form(content) };
}

function loadValue(value: Value, crypter: Crypter | undefined): Value {
  if (Array.isArray(value)) return value.map((element) => loadValue(element, crypter));
  if (!isObject(value)) return value;
  if (!isSecret(value)) return mapMembers(value, (member) => loadValue(member, crypter));
  const { plaintext, ciphertext } = value;
  if (typeof plaintext === "string") return secretOf(plaintext, crypter);
  if (typeof ciphertext !== "string") throw new CliError("malformed secret in the state: no ciphertext");
  if (crypter === undefined) throw new CliError("the state has encrypted secrets but no secrets provider");
  return secretOf(crypter.decrypt(ciphertext), crypter);
}

function secretOf(json: string, crypter: Crypter | undefined): Value {
  return { [signatureKey]: secretSignature, value: loadValue(JSON.parse(json) as Value, crypter) };
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === false || value === "") return true;
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

/** A resource as it is written, without what is empty, as the CLI leaves it out. */
export function storeResource(resource: ResourceState, form: SecretForm): Record<string, unknown> {
  const { urn, custom, ...rest } = resource;
  const stored: Record<string, unknown> = { ...rest };
  if (rest.inputs) stored["inputs"] = mapMembers(rest.inputs, (value) => storeValue(value, form));
  if (rest.outputs) stored["outputs"] = mapMembers(rest.outputs, (value) => storeValue(value, form));
  return { urn, custom, ...Object.fromEntries(Object.entries(stored).filter(([, value]) => !isEmpty(value))) };
}

/** A resource as it was written, secrets in clear. */
export function loadResource(resource: ResourceState, crypter: Crypter | undefined): ResourceState {
  const loaded = { ...resource };
  if (loaded.inputs) loaded.inputs = mapMembers(loaded.inputs, (value) => loadValue(value, crypter));
  if (loaded.outputs) loaded.outputs = mapMembers(loaded.outputs, (value) => loadValue(value, crypter));
  return loaded;
}

/** Whether a state holds secrets. */
function hasSecrets(deployment: Deployment): boolean {
  return JSON.stringify(deployment.resources ?? []).includes(`"${signatureKey}":"${secretSignature}"`);
}

/** The URN in a reference to a provider, which is its URN and id. */
export function providerUrn(reference: string): string {
  return reference.slice(0, reference.lastIndexOf("::"));
}

/** Everything that a resource needs to have before it. */
export function prerequisites(resource: ResourceState): string[] {
  const needed = [
    ...(resource.parent ? [resource.parent] : []),
    ...(resource.provider ? [providerUrn(resource.provider)] : []),
    ...(resource.dependencies ?? []),
    ...Object.values(resource.propertyDependencies ?? {}).flat(),
    ...(resource.deletedWith ? [resource.deletedWith] : []),
  ];
  return [...new Set(needed)];
}

/** Refuses a state that the CLI refuses too. */
export function verifyDeployment(deployment: Deployment): void {
  const { manifest, resources = [] } = deployment;
  if (manifest.magic && manifest.magic !== digest(manifest.version ?? "")) {
    throw new CliError("magic cookie mismatch; possible tampering/corruption detected");
  }
  if (deployment.secrets_providers === undefined && hasSecrets(deployment)) {
    throw new CliError("snapshot contains encrypted secrets but no secrets provider (secrets_providers)");
  }
  const seen = new Map<string, ResourceState>();
  for (const resource of resources) {
    verifyResource(resource, seen);
    seen.set(resource.urn, resource);
  }
}

function verifyResource(resource: ResourceState, seen: ReadonlyMap<string, ResourceState>): void {
  const { urn } = resource;
  const refuse = (problem: string): never => {
    throw new CliError(`failed to verify snapshot: resource ${urn}${problem}`);
  };
  if (!urn || !resource.type) refuse(" is missing required 'urn' or 'type'");
  if (typeof resource.custom !== "boolean") refuse(" is missing required 'custom'");
  if (resource.custom && !resource.id) refuse(" is a custom resource without an id");
  if (resource.provider) {
    const provider = seen.get(providerUrn(resource.provider));
    if (provider === undefined || !isProviderType(provider.type)) {
      refuse(` refers to unknown provider ${resource.provider}, or comes before it`);
    }
  }
  if (resource.parent && !seen.has(resource.parent))
    refuse(`'s parent ${resource.parent} is missing or comes after it`);
  for (const dependency of prerequisites(resource)) {
    if (!seen.has(dependency)) refuse(`'s dependency ${dependency} is missing or comes after it`);
  }
  const twin = seen.get(urn);
  if (twin !== undefined && !resource.delete && !twin.delete) refuse(" is there twice (not marked for deletion)");
}
