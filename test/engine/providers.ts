import { containsUnknowns, plainProperties, type Properties } from "./values";
import type { Provider } from "./provider";
import type { ResourceState } from "./state";

/** The provider processes of a run: one for each configuration that is in use. */
export class Providers {
  private readonly configurations = new Map<string, Properties>();
  private readonly processes = new Map<string, Promise<Provider>>();
  private spare: Promise<Provider> | undefined;

  constructor(private readonly start: () => Promise<Provider>) {}

  /** Starts a process that will be needed, since that takes a while. */
  prepare(): void {
    this.spare ??= this.start();
    // Whoever needs it is told why it did not start.
    this.spare.catch(() => undefined);
  }

  /** Gives a provider its configuration. One that nobody configures in this run has that of the state. */
  configure(provider: ResourceState): void {
    this.configurations.set(`${provider.urn}::${provider.id ?? ""}`, provider.inputs ?? {});
  }

  /** The provider that a resource refers to. */
  of(resource: ResourceState): Promise<Provider> {
    const reference = resource.provider ?? "";
    const config = this.configurations.get(reference) ?? {};
    if (containsUnknowns(config)) throw new Error(`the configuration of ${reference} is not known`);
    const key = JSON.stringify(plainProperties(config));
    let process = this.processes.get(key);
    if (process === undefined) {
      process = this.configured(config);
      this.processes.set(key, process);
    }
    return process;
  }

  private async configured(config: Properties): Promise<Provider> {
    const starting = this.spare ?? this.start();
    this.spare = undefined;
    const provider = await starting;
    await provider.configure(config);
    return provider;
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
    const processes = [...this.processes.values(), ...(this.spare ? [this.spare] : [])];
    await Promise.allSettled(processes.map(async (process) => act(await process)));
  }
}
