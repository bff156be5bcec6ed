/** A promise with the means to settle it. */
export interface Deferred<T> {
  promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
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
export interface Signal {
  readonly fired: Promise<void>;
  isFired: boolean;
  fire(): void;
}

/** Something that has not happened yet. */
export function signal(): Signal {
  const { promise, resolve } = deferred<void>();
  const made: Signal = {
    fired: promise,
    isFired: false,
    fire() {
      made.isFired = true;
      resolve();
    },
  };
  return made;
}
