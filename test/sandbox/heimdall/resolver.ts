/** A mapping as the service keeps it in Redis: with what its action was called when it was written there. */
export interface Kept {
  readonly id: number;
  readonly method: string;
  readonly path_pattern: string;
  readonly action: string;
  readonly description: string | null;
}

/**
 * What tells gateways which action a request needs. The service keeps mappings in Redis beside its database, and writes
 * there only with a mapping itself: one that goes with its action stays, one whose action is renamed has the old name,
 * and one that is given another method answers for the method that it had as well.
 */
export class Resolver {
  private readonly kept = new Map<number, Kept>();
  /** Newest first. */
  private readonly byMethod = new Map<string, number[]>();

  write({ id, method, path_pattern, action, description }: Kept): void {
    this.kept.set(id, { id, method, path_pattern, action, description });
    this.byMethod.set(method, [id, ...this.without(method, id)]);
  }

  /** The method is the one that the mapping has now. */
  remove(id: number, method: string): void {
    this.kept.delete(id);
    this.byMethod.set(method, this.without(method, id));
  }

  find(method: string, path: string): Kept | undefined {
    return (this.byMethod.get(method) ?? [])
      .flatMap((id) => this.kept.get(id) ?? [])
      .find(({ path_pattern: pattern }) => new RegExp(`^${pattern}`).test(path));
  }

  private without(method: string, id: number): number[] {
    return (this.byMethod.get(method) ?? []).filter((each) => each !== id);
  }
}
