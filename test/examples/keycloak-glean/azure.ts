import { ContainerInstanceManagementClient } from "@azure/arm-containerinstance";
import { read } from "./files.js";

/** A resource of an Azure Resource Manager template. */
export interface AzureResource {
  readonly type: string;
  readonly apiVersion: string;
  readonly name: string;
  readonly dependsOn?: readonly string[];
  readonly [key: string]: unknown;
}

/** An Azure Resource Manager template. */
export interface AzureTemplate {
  readonly parameters: Readonly<Record<string, { readonly type: string; readonly defaultValue?: string }>>;
  readonly resources: readonly AzureResource[];
}

/** The values with which a template is deployed. */
export interface AzureParameters {
  readonly parameters: Readonly<
    Record<
      string,
      {
        readonly value?: string;
        readonly reference?: { readonly keyVault: { id: string }; readonly secretName: string };
      }
    >
  >;
}

/** The template, and the values. */
export function azure(): AzureTemplate & { readonly values: AzureParameters["parameters"] } {
  const { parameters: values } = JSON.parse(read("azure/parameters.json")) as AzureParameters;
  return { ...(JSON.parse(read("azure/template.json")) as AzureTemplate), values };
}

/** The resources of a type. */
export function ofType(type: string, { resources } = azure()): AzureResource[] {
  return resources.filter((resource) => resource.type === type);
}

/**
 * A container group as Azure's own client sends it, after it has read it from the template: what that does not know, or
 * knows with another type, it leaves out or refuses.
 */
export async function roundTrip(group: AzureResource): Promise<object> {
  const { type: _type, apiVersion: _version, name: _name, dependsOn: _before, ...body } = group;
  let sent = "{}";
  const credential = {
    getToken: () => Promise.resolve({ token: "none", expiresOnTimestamp: Number.MAX_SAFE_INTEGER }),
  };
  const client = new ContainerInstanceManagementClient(credential, "subscription", {
    httpClient: {
      sendRequest(request) {
        if (request.method === "PUT" && typeof request.body === "string") sent = request.body;
        const properties = { ...(body["properties"] as object), provisioningState: "Succeeded" };
        const bodyAsText = JSON.stringify({ ...body, properties });
        request.headers.set("Content-Type", "application/json");
        return Promise.resolve({ request, status: 200, headers: request.headers, bodyAsText });
      },
    },
  });
  // The state in which it is, Azure tells and is not told.
  const asRead = await client.containerGroups.get("people", "people-exporter");
  await client.containerGroups.beginCreateOrUpdate("people", "people-exporter", asRead);
  return JSON.parse(sent) as object;
}
