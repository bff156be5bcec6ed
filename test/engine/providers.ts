import { containsUnknowns, plainProperties, type Properties } from "./values";
import type { Provider } from "./provider";
import { providerUrn, type ResourceState } from "./state";

/** The provider processes of a run: one for each configuration that is in use. */
export class Providers {
  private readonly configurations = new Map<string, Properties>();
  private readonly processes = new Map<string, Promise<Provider>>();

  constructor(
    private readonly start: (config: Properties) => Promise<Provider>,
    /** The providers of the state: what nobody configured in this run has the configuration of an earlier one. */
    private readonly stored: (urn: string) => ResourceState | undefined,
  ) {}

  /** Gives the provider of a reference its configuration. */
  configure(reference: string, config: Properties): void {
    this.configurations.set(reference, config);
  }

  /** The provider that a resource refers to. */
  async of(resource: ResourceState): Promise<Provider> {
    const reference = resource.provider ?? "";
    const config = this.configurations.get(reference) ?? this.stored(providerUrn(reference))?.inputs ?? {};
    if (containsUnknowns(config)) throw new Error(`the configuration of ${reference} is not known`);
    const key = JSON.stringify(plainProperties(config));
    let process = this.processes.get(key);
    if (process === undefined) {
      process = this.start(config);
      this.processes.set(key, process);
    }
    return process;
  }

  /** Tells every provider that the run is being interrupted. */
  async cancel(): Promise<void> {
    await this.forEach((provider) => provider.cancel());
  }

  /** Ends all processes. */
  async close(): Promise<void> {
    await this.forEach((provider) => provider.close());
  }

  private async forEach(act: (provider: Provider) => Promise<void>): Promise<void> {
    // One that did not start, or is gone, needs nothing; its failure was told where it was used.
    await Promise.allSettled([...this.processes.values()].map(async (process) => act(await process)));
  }
}
