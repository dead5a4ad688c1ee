/** Keys at which somebody is working just now: what the store says of them is not yet true. */
export class InFlight {
  readonly #work = new Map<string, Promise<unknown>>();

  async during<T>(key: string, work: () => Promise<T>): Promise<T> {
    const running = this.over(key).then(work);
    this.#work.set(key, running);
    try {
      return await running;
    } finally {
      if (this.#work.get(key) === running) this.#work.delete(key);
    }
  }

  /** Resolves when nobody works at `key` any more, however that went. */
  async over(key: string): Promise<void> { await this.#work.get(key)?.catch(() => {}); }
}
