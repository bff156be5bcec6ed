import type { Alias } from "@pulumi/pulumi/proto/alias_pb";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { fromStruct } from "./provider";
import type { Properties } from "./values";

/** What the program wants of one resource. */
export interface Goal {
  type: string;
  name: string;
  custom: boolean;
  properties: Properties;
  parent: string;
  provider: string;
  protect: boolean;
  dependencies: string[];
  propertyDependencies: Record<string, string[]>;
  /** Undefined leaves it to the provider. */
  deleteBeforeReplace: boolean | undefined;
  ignoreChanges: string[];
  additionalSecretOutputs: string[];
  aliases: AliasGoal[];
  retainOnDelete: boolean;
  deletedWith: string;
}

/** A name that a resource had before: in full, or the parts that differ. */
export type AliasGoal =
  { urn: string } | { name: string; type: string; stack: string; project: string; parent: string; noParent: boolean };

/** The package of the resources that this engine knows. */
export const dynamicPackage = "pulumi-nodejs";

/** The goal of a request. Throws for what this engine does not know. */
export function goalOf(request: RegisterResourceRequest): Goal {
  refuseUnknown(request);
  const propertyDependencies: [string, string[]][] = [];
  request.getPropertydependenciesMap().forEach((dependencies, key) => {
    propertyDependencies.push([key, [...dependencies.getUrnsList()].sort()]);
  });
  return {
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    properties: fromStruct(request.getObject()),
    parent: request.getParent(),
    provider: request.getProvider(),
    protect: request.getProtect() ?? false,
    dependencies: [...request.getDependenciesList()].sort(),
    propertyDependencies: Object.fromEntries(propertyDependencies.sort(([a], [b]) => (a < b ? -1 : 1))),
    deleteBeforeReplace: request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined,
    ignoreChanges: request.getIgnorechangesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    aliases: request.getAliasesList().map(aliasOf),
    retainOnDelete: request.getRetainondelete() ?? false,
    deletedWith: request.getDeletedwith(),
  };
}

function aliasOf(alias: Alias): AliasGoal {
  const spec = alias.getSpec();
  if (spec === undefined) return { urn: alias.getUrn() };
  return {
    name: spec.getName(),
    type: spec.getType(),
    stack: spec.getStack(),
    project: spec.getProject(),
    parent: spec.getParenturn(),
    noParent: spec.getNoparent(),
  };
}

function refuseUnknown(request: RegisterResourceRequest): void {
  const timeouts = request.getCustomtimeouts();
  const unknown: [string, boolean][] = [
    ["import", request.getImportid() !== ""],
    ["provider", request.getProvider() !== "" || request.getProvidersMap().getLength() > 0],
    ["replaceOnChanges", request.getReplaceonchangesList().length > 0],
    ["replaceWith", request.getReplaceWithList().length > 0],
    ["replacementTrigger", request.hasReplacementTrigger()],
    ["hideDiffs", request.getHidediffsList().length > 0],
    ["transforms", request.getTransformsList().length > 0],
    ["hooks", request.hasHooks()],
    ["envVarMappings", request.getEnvvarmappingsMap().getLength() > 0],
    ["customTimeouts", Object.values(timeouts?.toObject() ?? {}).some((timeout) => timeout !== "")],
  ];
  const option = unknown.find(([, given]) => given)?.[0];
  if (option !== undefined) throw new Error(`this engine does not know the resource option "${option}"`);
  if (request.getRemote()) throw new Error("this engine does not know remote components");
  const [pkg] = request.getType().split(":");
  if (request.getCustom() && pkg !== dynamicPackage) {
    throw new Error(`this engine knows dynamic resources (${dynamicPackage}) only, not ${request.getType()}`);
  }
}
