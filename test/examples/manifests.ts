import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { parseAllDocuments } from "yaml";
import { EXIT } from "../../sdk/roster/exitCodes.js";
import { typeErrors } from "./literals.js";

/** A manifest of Kubernetes, or of something that extends it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [key: string]: unknown;
}

/** An operation of a JSON patch (RFC 6902); nothing here needs another. */
export interface Addition {
  readonly op: "add";
  readonly path: string;
  readonly value: unknown;
}

const load = createRequire(__filename);

/** The documents of a YAML file. Throws what is wrong with it. */
export function readYaml<T>(file: string): T[] {
  return parseAllDocuments(readFileSync(file, "utf8")).map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    return document.toJS() as T;
  });
}

/** What Kubernetes' schemas say against manifests: types, and what is missing. */
export function refusals(manifests: readonly Manifest[]): string[] {
  return manifests.flatMap((manifest) => {
    const { apiVersion, kind } = manifest;
    const models = load(`kubernetes-models/${apiVersion}`) as Record<
      string,
      (new (data: object) => { validate(): void }) | undefined
    >;
    const Model = models[kind];
    if (Model === undefined) return [`${apiVersion} has no ${kind}`];
    try {
      new Model(manifest).validate();
      return [];
    } catch (error) {
      return [`${kind} ${manifest.metadata.name}: ${(error as Error).message}`];
    }
  });
}

/**
 * Fields that Kubernetes does not know: its schemas let them pass, and its types do not, where the compiler holds a
 * literal against them.
 */
export function strangers(manifests: readonly Manifest[]): string[] {
  const lines = manifests.map(
    (manifest, index) =>
      `import type { I${manifest.kind} as M${String(index)} } from "kubernetes-models/${manifest.apiVersion}";\n` +
      `export const m${String(index)}: M${String(index)} = ${JSON.stringify(manifest)};\n`,
  );
  return typeErrors(lines.join(""));
}

/** A manifest with additions. Throws where there is no such place. */
export function patched(manifest: Manifest, additions: readonly Addition[]): Manifest {
  const copy = structuredClone(manifest);
  for (const { op, path: pointer, value } of additions) {
    if ((op as string) !== "add") throw new Error(`${op} is not known here`);
    const keys = pointer
      .split("/")
      .slice(1)
      .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
    const last = keys.pop() ?? "";
    let parent: unknown = copy;
    for (const key of keys) parent = (parent as Record<string, unknown> | undefined)?.[key];
    if (Array.isArray(parent) && last === "-") parent.push(value);
    else if (typeof parent === "object" && parent !== null && !Array.isArray(parent))
      Object.assign(parent, { [last]: value });
    else throw new Error(`${manifest.kind} ${manifest.metadata.name} has no ${pointer}`);
  }
  return copy;
}

const AGAIN: readonly number[] = [EXIT.done, EXIT.failed, EXIT.findings, EXIT.unreachable, EXIT.locked];

/** The exit codes after which a command that is run once more fails once more. */
export const NEVER_AGAIN: readonly number[] = Object.values(EXIT).filter((code) => !AGAIN.includes(code));
