import {
  newManifest,
  storeResource,
  type Deployment,
  type PendingOperation,
  type ResourceState,
  type SecretForm,
} from "./state";

/** Writes a deployment, given as JSON, for good. */
export type WriteDeployment = (json: string) => Promise<void>;

/**
 * The state of a stack while a run changes it: what the run has made, then what it has not come to yet. It is written
 * at every step, so that a run may be cut off anywhere.
 */
export class Snapshot {
  private readonly made: ResourceState[] = [];
  private readonly finished = new Set<ResourceState>();
  private readonly underWay = new Map<ResourceState, PendingOperation["type"]>();
  // Most of a state does not change from one step to the next: each resource is put into JSON once.
  private readonly json = new WeakMap<ResourceState, string>();
  private nextWrite: Promise<void> | undefined;
  private lastWrite: Promise<void> = Promise.resolve();
  private unwritten = false;

  constructor(
    private base: ResourceState[],
    private readonly previous: Deployment,
    private readonly form: SecretForm,
    private readonly secretsProvider: Deployment["secrets_providers"],
    private readonly writeDeployment: WriteDeployment | undefined,
  ) {}

  /** The resources as they are now. */
  resources(): ResourceState[] {
    return [...this.made, ...this.base].filter((resource) => !this.finished.has(resource));
  }

  /** Replaces what the run starts from, after a refresh. */
  rebase(resources: ResourceState[]): void {
    this.base = resources;
    this.made.length = 0;
    this.finished.clear();
    this.unwritten = true;
  }

  /** Records that something is about to happen to a resource. */
  async begin(resource: ResourceState, type: PendingOperation["type"]): Promise<void> {
    this.underWay.set(resource, type);
    await this.write();
  }

  /** Records what happened: what is no more, what there is now. */
  async end(
    resource: ResourceState,
    change: { gone?: ResourceState | undefined; made?: ResourceState | undefined },
  ): Promise<void> {
    this.underWay.delete(resource);
    // What was written as under way is complete now.
    this.json.delete(resource);
    this.record(change);
    await this.write();
  }

  /** Records a step that need not be written at once, since nothing that matters changed. */
  record(change: { gone?: ResourceState | undefined; made?: ResourceState | undefined }): void {
    if (change.gone) this.finished.add(change.gone);
    if (change.made) this.made.push(change.made);
    this.unwritten = true;
  }

  /** Says that a recorded resource was changed in place. */
  touch(resource: ResourceState): void {
    this.json.delete(resource);
    this.unwritten = true;
  }

  /** Writes what has not been written. */
  async close(): Promise<void> {
    if (this.unwritten) await this.write();
  }

  /**
   * Writes the state. Calls that come while a write is waiting share it: steps that run side by side cost one write.
   */
  write(): Promise<void> {
    if (this.writeDeployment === undefined) return Promise.resolve();
    this.nextWrite ??= this.lastWrite
      .then(() => new Promise<void>((resolve) => setImmediate(resolve)))
      .then(() => {
        this.nextWrite = undefined;
        this.unwritten = false;
        return this.writeDeployment?.(this.toJson());
      });
    this.lastWrite = this.nextWrite.catch(() => undefined);
    return this.nextWrite;
  }

  private toJson(): string {
    const resources = this.resources().map((resource) => this.resourceJson(resource));
    const pending = [...this.underWay].map(
      ([resource, type]) => `{"resource":${this.resourceJson(resource)},"type":"${type}"}`,
    );
    // Only a refresh can tell what became of a creation that was cut off.
    const creating = (this.previous.pending_operations ?? []).filter(({ type }) => type === "creating");
    pending.push(
      ...creating.map(({ resource, type }) => `{"resource":${this.resourceJson(resource)},"type":"${type}"}`),
    );
    const parts = [`"manifest":${JSON.stringify(newManifest())}`];
    if (this.secretsProvider) parts.push(`"secrets_providers":${JSON.stringify(this.secretsProvider)}`);
    if (resources.length > 0) parts.push(`"resources":[${resources.join(",\n")}]`);
    if (pending.length > 0) parts.push(`"pending_operations":[${pending.join(",\n")}]`);
    parts.push(`"metadata":${JSON.stringify(this.previous.metadata ?? {})}`);
    return `{${parts.join(",")}}`;
  }

  private resourceJson(resource: ResourceState): string {
    let json = this.json.get(resource);
    if (json === undefined) {
      json = JSON.stringify(storeResource(resource, this.form));
      this.json.set(resource, json);
    }
    return json;
  }
}
