import type { Checkup, CheckupRequest, Finding } from "../../provider/core/checkup.js";
import type { DoctorReport } from "./doctorReport.js";
import { readStack, type Stack, type StackConnection, type StackOptions, type StackResource } from "./stack.js";

/** What looks at a system's connections. Loaded when a connection of it is there. */
const CHECKUPS: Readonly<Record<string, () => Promise<{ checkup(request: CheckupRequest): Promise<Checkup> }>>> = {
  civis: () => import("../../provider/civis/checkup.js"),
  databricks: () => import("../../provider/databricks/checkup.js"),
  glean: () => import("../../provider/glean/checkup.js"),
  heimdall: () => import("../../provider/heimdall/checkup.js"),
  keycloak: () => import("../../provider/keycloak/checkup.js"),
  mail: async () => ({ checkup: (await import("../../provider/core/notify/checkup.js")).checkMail }),
  postgres: () => import("../../provider/postgres/checkup.js"),
  webhook: async () => ({ checkup: (await import("../../provider/core/notify/checkup.js")).checkWebhook }),
};

/** The systems that can be looked at. */
export const SYSTEMS: readonly string[] = Object.keys(CHECKUPS);

/** What is looked at. */
export interface DoctorOptions extends StackOptions {
  /** Only these, each `keycloak` or `keycloak:partners`; also such as no resource uses. Default: all of the stack. */
  readonly connections: readonly string[];
}

/** Looks at every connection of a stack, side by side, and changes nothing. Rejects where the stack cannot be read. */
export async function examine(options: DoctorOptions): Promise<DoctorReport> {
  const stack = await readStack(options);
  const { sources } = stack;
  const chosen = options.connections.length > 0 ? named(stack, options.connections) : used(stack);
  const now = new Date();
  const connections = await Promise.all(
    chosen.map(async ({ system, name, arg, resources }) => {
      const uses = resources.map(({ token, outputs }) => ({ token, args: outputs }));
      const look = async (): Promise<Checkup> => (await load(system)).checkup({ arg, sources, uses, now });
      const { place, findings } = await look().catch((error: unknown) => unsettled(name, error));
      return { system, name, place, resources: resources.length, findings: [...findings] };
    }),
  );
  const count = (level: Finding["level"]): number =>
    connections.flatMap(({ findings }) => findings).filter((finding) => finding.level === level).length;
  return { version: 1, connections, errors: count("error"), warnings: count("warning") };
}

function load(system: string): ReturnType<(typeof CHECKUPS)[string]> {
  const found = CHECKUPS[system]?.();
  if (found === undefined) throw new Error(`roster doctor knows no system ${system}; it can be ${SYSTEMS.join(", ")}`);
  return found;
}

/** Settings of which nothing could be made: the config is not of its form, for instance. */
function unsettled(name: string, error: unknown): Checkup {
  const message = error instanceof Error ? error.message : String(error);
  const remedy = "Mend the setting; pulumi config get roster:connections shows what the stack has.";
  return { place: `connection ${name}`, findings: [{ aspect: "settings", level: "error", message, remedy }] };
}

function named({ connections }: Stack, wanted: readonly string[]): StackConnection[] {
  return wanted.flatMap((text) => {
    const { system, name } = partsOf(text);
    const found = connections.filter((each) => each.system === system && each.name === name);
    const arg = name === system ? undefined : name;
    return found.length > 0 ? found : [{ system, name, arg, resources: [] }];
  });
}

/** `keycloak:partners`, or `keycloak` for the connection of that name. */
function partsOf(text: string): { readonly system: string; readonly name: string } {
  const [system = "", name = system] = text.split(":");
  return { system, name };
}

/** What resources use, and what the program reads without a resource that would say so. */
function used(stack: Stack): StackConnection[] {
  const found = [...stack.connections];
  const add = (system: string, name = system): void => {
    if (found.some((each) => each.system === system && each.name === name)) return;
    found.push({ system, name, arg: name === system ? undefined : name, resources: [] });
  };
  for (const { system, name } of stack.reads.map(partsOf)) if (system in CHECKUPS) add(system, name);
  for (const { kind, name } of stack.resources.flatMap(channelsOf)) add(kind, name);
  for (const [variable, system] of VARIABLES) if ((stack.sources.environment[variable] ?? "") !== "") add(system);
  for (const [name, settings] of Object.entries(configured(stack))) {
    const system = systemOf(name, Object.keys(settings));
    if (system !== undefined) add(system, name);
  }
  return found;
}

/** Where a resource's messages go: connections that it uses besides its own. */
function channelsOf({ outputs }: StackResource): { readonly kind: string; readonly name: string }[] {
  const { channels } = outputs;
  if (!Array.isArray(channels)) return [];
  return (channels as readonly { kind?: unknown; name?: unknown }[]).flatMap(({ kind, name }) =>
    typeof kind === "string" && kind in CHECKUPS && typeof name === "string" ? [{ kind, name }] : [],
  );
}

/** Variables that nobody sets who does not read that system. */
const VARIABLES = [
  ["KEYCLOAK_BASE_URL", "keycloak"],
  ["CIVIS_API_KEY", "civis"],
] as const;
/** Settings that only one system's connections have; of several the first counts. */
const TELLING: Readonly<Record<string, string>> = {
  realm: "keycloak",
  apiKey: "civis",
  datasource: "glean",
  clientToken: "glean",
  warehouse: "databricks",
  profile: "databricks",
  restoreFolder: "heimdall",
  backupFolder: "heimdall",
  from: "mail",
  host: "postgres",
};

function systemOf(name: string, settings: readonly string[]): string | undefined {
  if (name in CHECKUPS) return name;
  return Object.entries(TELLING).find(([setting]) => settings.includes(setting))?.[1];
}

/** The connections of the stack's config; where that is not of its form, each system says so itself. */
function configured({ sources }: Stack): Readonly<Record<string, object>> {
  try {
    const parsed: unknown = JSON.parse(sources.config ?? "{}");
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, object>) : {};
  } catch {
    return {};
  }
}
