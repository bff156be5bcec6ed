import path from "node:path";
import { parse } from "yaml";
import { readYaml, type Manifest } from "../manifests.js";
import { azure as azureFiles, ofType } from "./azure.js";
import { readTemplate } from "./cloudFormation.js";
import { FOLDER, page, read } from "./files.js";

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

interface EcsContainer {
  readonly Image: { readonly Ref: string };
  readonly Environment: readonly { readonly Name: string; readonly Value: string | { readonly "Fn::Sub": string } }[];
  readonly Secrets: readonly { readonly Name: string; readonly ValueFrom: { readonly "Fn::Sub": string } }[];
}

/** The task of ECS, and its schedule of EventBridge. */
export function ecs(): PlatformJob {
  const { Parameters, Resources } = readTemplate(read("aws/template.yaml"));
  const [container] = Resources["Task"]?.Properties?.["ContainerDefinitions"] as EcsContainer[];
  const schedule = Resources["Schedule"]?.Properties ?? {};
  const text = (value: string | { readonly "Fn::Sub": string }): string =>
    typeof value === "string" ? value : value["Fn::Sub"];
  return {
    image: Parameters[container?.Image.Ref ?? ""]?.Default ?? "",
    command: undefined,
    settings: Object.fromEntries(container?.Environment.map(({ Name, Value }) => [Name, text(Value)]) ?? []),
    secrets: Object.fromEntries(container?.Secrets.map(({ Name, ValueFrom }) => [Name, text(ValueFrom)]) ?? []),
    schedule: schedule["ScheduleExpression"],
    timeZone: schedule["ScheduleExpressionTimezone"],
  };
}

/** A job of Cloud Run, as far as it is looked into. */
export interface CloudRunJob {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly template: { readonly spec: { readonly template: { readonly spec: CloudRunTask } } } };
}

interface CloudRunTask {
  readonly serviceAccountName: string;
  readonly containers: readonly {
    readonly image: string;
    readonly env: readonly {
      readonly name: string;
      readonly value?: string;
      readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
    }[];
  }[];
}

/** A job of Cloud Scheduler. */
export interface CloudSchedule {
  readonly name: string;
  readonly schedule: string;
  readonly timeZone: string;
  readonly httpTarget: {
    readonly uri: string;
    readonly httpMethod: string;
    readonly oauthToken: { readonly serviceAccountEmail: string; readonly scope: string };
  };
}

/** The job of Cloud Run, and what Cloud Scheduler is told. */
export function google(): PlatformJob & { readonly job: CloudRunJob; readonly scheduler: CloudSchedule } {
  const job = parse(read("google/job.yaml")) as CloudRunJob;
  const scheduler = JSON.parse(read("google/schedule.json")) as CloudSchedule;
  const [container] = job.spec.template.spec.template.spec.containers;
  const env = container?.env ?? [];
  return {
    job,
    scheduler,
    image: container?.image ?? "",
    command: undefined,
    settings: Object.fromEntries(env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]))),
    secrets: Object.fromEntries(
      env.flatMap(({ name, valueFrom }) =>
        valueFrom === undefined ? [] : [[name, `${valueFrom.secretKeyRef.name}/${valueFrom.secretKeyRef.key}`]],
      ),
    ),
    schedule: scheduler.schedule,
    timeZone: scheduler.timeZone,
  };
}

interface AzureGroup {
  readonly containers: readonly {
    readonly properties: {
      readonly image: string;
      readonly environmentVariables: readonly {
        readonly name: string;
        readonly value?: string;
        readonly secureValue?: string;
      }[];
    };
  }[];
}

interface AzureWorkflow {
  readonly definition: {
    readonly triggers: {
      readonly daily: {
        readonly recurrence: {
          readonly frequency: string;
          readonly interval: number;
          readonly timeZone: string;
          readonly schedule: { readonly hours: readonly number[]; readonly minutes: readonly number[] };
        };
      };
    };
  };
}

/** The container group, with secrets as the parameters' file names them, and the Logic App that starts it. */
export function azure(): PlatformJob {
  const { parameters, values } = azureFiles();
  const [group] = ofType("Microsoft.ContainerInstance/containerGroups");
  const [workflow] = ofType("Microsoft.Logic/workflows");
  const [container] = (group?.["properties"] as AzureGroup).containers;
  const { recurrence } = (workflow?.["properties"] as AzureWorkflow).definition.triggers.daily;
  const env = container?.properties.environmentVariables ?? [];
  /** What stands behind `[parameters('name')]`: a default, or a secret of the vault. */
  const behind = (expression: string): string => {
    const [, name = ""] = /^\[parameters\('(\w+)'\)\]$/.exec(expression) ?? [];
    const { keyVault, secretName } = values[name]?.reference ?? {};
    if (keyVault === undefined) return parameters[name]?.defaultValue ?? "";
    return `${parameters[name]?.type ?? ""} ${keyVault.id}/${secretName ?? ""}`;
  };
  const { hours, minutes } = recurrence.schedule;
  return {
    image: behind(container?.properties.image ?? ""),
    command: undefined,
    settings: Object.fromEntries(env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]))),
    secrets: Object.fromEntries(
      env.flatMap(({ name, secureValue }) => (secureValue === undefined ? [] : [[name, behind(secureValue)]])),
    ),
    schedule: `${String(recurrence.interval)} ${recurrence.frequency} at ${hours.join()}:${minutes.join()}`,
    timeZone: recurrence.timeZone,
  };
}
