import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { REPOSITORY } from "../../repository.js";
import { readYaml, type Manifest } from "../manifests.js";

/** The folder of the example. */
export const FOLDER = path.join(REPOSITORY, "examples/keycloak-glean");

/** Variables that nobody may read in a file. */
export const SECRETS = ["KEYCLOAK_CLIENT_SECRET", "GLEAN_API_TOKEN", "PULUMI_CONFIG_PASSPHRASE"];
/** A secret that the job does without. */
export const OPTIONAL_SECRET = "GLEAN_CLIENT_TOKEN";

/** The job as a platform's files say it, whatever the platform. */
export interface PlatformJob {
  readonly image: string;
  /** What the container runs; undefined for what the image says. */
  readonly command: readonly string[] | undefined;
  /** Settings that stand in the files. */
  readonly settings: Readonly<Record<string, string>>;
  /** Where the value of a secret variable comes from. */
  readonly secrets: Readonly<Record<string, unknown>>;
  readonly schedule: unknown;
  readonly timeZone: unknown;
}

/** A file of the example. */
export function read(name: string): string {
  return readFileSync(path.join(FOLDER, name), "utf8");
}

/** The page about the example. */
export function page(): string {
  return readFileSync(path.join(REPOSITORY, "docs/keycloak-glean.md"), "utf8");
}

/** The variables of a job, with what env.template says they are. */
export function template(): Record<string, string> {
  return literals(read("env.template").split("\n"));
}

/** `NAME=value` lines, without comments. */
export function literals(lines: readonly string[]): Record<string, string> {
  const found = lines.map((line) => /^([A-Z_]+)=(.*)$/.exec(line)).filter((each) => each !== null);
  return Object.fromEntries(found.map(([, name = "", value = ""]) => [name, value]));
}

interface CronJobSpec {
  readonly schedule: string;
  readonly timeZone: string;
  readonly jobTemplate: {
    readonly spec: {
      readonly template: { readonly spec: { readonly containers: readonly KubernetesContainer[] } };
    };
  };
}

interface KubernetesContainer {
  readonly image: string;
  readonly args: readonly string[];
  readonly env?: readonly unknown[];
  readonly envFrom: readonly {
    readonly configMapRef?: { readonly name: string };
    readonly secretRef?: { readonly name: string };
  }[];
}

interface Kustomization {
  readonly images: readonly { readonly name: string; readonly newName: string; readonly newTag: string }[];
  readonly configMapGenerator: readonly { readonly name: string; readonly literals: readonly string[] }[];
}

/** The CronJob, with its settings from kustomization.yaml; its Secret is made by the command in the page. */
export function kubernetes(): PlatformJob {
  const [cronJob] = readYaml<Manifest>(path.join(FOLDER, "kubernetes/cronjob.yaml"));
  const spec = cronJob?.["spec"] as CronJobSpec;
  const [container] = spec.jobTemplate.spec.template.spec.containers;
  const kustomization = parse(read("kustomization.yaml")) as Kustomization;
  const image = kustomization.images.find(({ name }) => name === container?.image);
  const settings = kustomization.configMapGenerator.find(({ name }) =>
    container?.envFrom.some(({ configMapRef }) => configMapRef?.name === name),
  );
  const secret = container?.envFrom.find(({ secretRef }) => secretRef !== undefined)?.secretRef?.name ?? "";
  const [, made = ""] = new RegExp(`kubectl create secret generic ${secret} ([^]*?)\\n\`\`\``).exec(page()) ?? [];
  const keys = [...made.matchAll(/--from-literal=(\w+)="?(\S+?)"?(?=\s|$)/g)];
  return {
    image: `${image?.newName ?? ""}:${image?.newTag ?? ""}`,
    command: container?.args,
    settings: literals(settings?.literals ?? []),
    secrets: Object.fromEntries(keys.map(([, name = "", value]) => [name, value])),
    schedule: spec.schedule,
    timeZone: spec.timeZone,
  };
}
