/** Many holders of a shared lock, or one of an exclusive one. Who asks for the exclusive lock goes before later shared requests. */
export class SharedLock {
  #holders = 0;
  #exclusive: Promise<void> = Promise.resolve();
  #onFree: (() => void) | undefined;

  /** Runs `work` together with other shared holders, after an exclusive one. */
  async shared<T>(work: () => Promise<T>): Promise<T> {
    for (let barrier = this.#exclusive; ; barrier = this.#exclusive) {
      await barrier;
      if (barrier === this.#exclusive) break;
    }
    this.#holders++;
    try {
      return await work();
    } finally {
      if (--this.#holders === 0) this.#onFree?.();
    }
  }

  /** Runs `work` alone. */
  async exclusive<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#exclusive;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#exclusive = promise;
    await before;
    if (this.#holders > 0) {
      await new Promise<void>((free) => {
        this.#onFree = free;
      });
      this.#onFree = undefined;
    }
    try {
      return await work();
    } finally {
      resolve();
    }
  }
}
