/** A promise with the means to settle it. */
export interface Deferred<T> {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (error: unknown) => void;
}

/** A promise that is settled from outside. */
export function deferred<T>(): Deferred<T> {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** Something that happens once. */
export class Signal {
  private readonly deferred = deferred<undefined>();
  /** Whether it has happened. */
  isFired = false;

  /** Resolves when it happens. */
  get fired(): Promise<undefined> {
    return this.deferred.promise;
  }

  /** Makes it happen. */
  fire(): void {
    this.isFired = true;
    this.deferred.resolve(undefined);
  }
}
