interface Waiting {
  readonly alone: boolean;
  readonly enter: () => void;
}

/**
 * Lets work of one kind go side by side, and of the other kind only alone; in the order in which it came. Reading a
 * list page by page, while something is written, can skip one entry and repeat another.
 */
export class Gate {
  private inside = 0;
  private aloneInside = false;
  private readonly waiting: Waiting[] = [];

  /** Runs work beside other such work. */
  together<T>(work: () => Promise<T>): Promise<T> {
    return this.pass(false, work);
  }

  /** Runs work while no other runs. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    return this.pass(true, work);
  }

  private async pass<T>(alone: boolean, work: () => Promise<T>): Promise<T> {
    await new Promise<void>((enter) => {
      this.waiting.push({ alone, enter });
      this.admit();
    });
    try {
      return await work();
    } finally {
      this.inside -= 1;
      this.aloneInside = false;
      this.admit();
    }
  }

  private admit(): void {
    for (let next = this.waiting[0]; next !== undefined; next = this.waiting[0]) {
      if (this.aloneInside || (next.alone && this.inside > 0)) return;
      this.waiting.shift();
      this.inside += 1;
      this.aloneInside = next.alone;
      next.enter();
    }
  }
}
