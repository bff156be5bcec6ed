/*
 * Stands for the Pulumi CLI where only a program and its provider matter: `up` and `preview` run the program with the
 * SDK's own mocks, and the real provider for each resource. No protocol and no state, so that a run takes a second.
 */
import * as pulumi from "@pulumi/pulumi";
import { keycloak } from "pulumi-roster";
import load from "../../../provider/index.js";

const preview = process.argv.includes("preview");

function fail(error: unknown): never {
  const text = error instanceof Error ? error.message : String(error);
  console.error(`    error: ${text.replaceAll("\n", "\n    ")}`);
  process.exit(255);
}

process.on("unhandledRejection", fail);

/** Secrets as their values, as the engine hands them over. */
function inClear(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const isSecret = (value: unknown): value is { value: unknown } =>
    typeof value === "object" && value !== null && "4dabf18193072939515e22adb298388d" in value;
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, isSecret(value) ? value.value : value] as const),
  );
}

async function make(type: string, given: Record<string, unknown>): Promise<{ id: string; state: object }> {
  const [, system = "", name = ""] = /^pulumi-nodejs:dynamic\/(\w+):(\w+)$/.exec(type) ?? [];
  if (name === "") return { id: "", state: {} };
  const provider = load(`${system}.${name}`);
  await provider.configure({ config: { get: () => undefined } });
  const { inputs } = (await provider.check({}, inClear(given))) as { inputs: Record<string, unknown> };
  for (const line of (inputs["plan"] ?? []) as string[]) console.log(`    ${line}`);
  if (preview) return { id: "", state: inputs };
  const { id, outs } = (await provider.create(inputs)) as { id: string; outs: object };
  return { id, state: outs };
}

async function main(): Promise<void> {
  await pulumi.runtime.setMocks(
    { newResource: ({ type, inputs }) => make(type, inputs as Record<string, unknown>), call: () => ({}) },
    "keycloak-glean",
    "prod",
    preview,
  );
  new keycloak.KeycloakPeople("company", {
    mapping: { department: ["department", "/departments/*"], teams: "/teams/**" },
    department: "Unassigned",
    shards: 1,
  });
}

main().catch(fail);
