/** Many holders of a shared lock, or one of an exclusive one. Who asks for the exclusive lock goes before later shared requests. */
export class SharedLock {
  #holders = 0;
  #exclusive: Promise<void> = Promise.resolve();
  #onFree: (() => void) | undefined;

  /** Waits for an exclusive holder, then returns the function that releases this share (safe to call twice). */
  async acquireShared(): Promise<() => void> {
    for (let barrier = this.#exclusive; ; barrier = this.#exclusive) {
      await barrier;
      if (barrier === this.#exclusive) break;
    }
    this.#holders++;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      if (--this.#holders === 0) this.#onFree?.();
    };
  }

  /** Runs `work` together with other shared holders. */
  async shared<T>(work: () => Promise<T>): Promise<T> {
    const release = await this.acquireShared();
    try {
      return await work();
    } finally {
      release();
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
