/**
 * Ends a request on which nothing moves, however long it may take as a whole: for libraries that
 * only know how to limit the whole.
 */
export class IdleLimit implements Disposable {
  readonly #broken = new AbortController();
  readonly #limitMs: number;
  #timer: NodeJS.Timeout | undefined;
  /** Aborts after `limitMs` without `touch`. */
  readonly signal = this.#broken.signal;
  constructor(limitMs: number) {
    this.#limitMs = limitMs;
    this.touch();
  }

  touch(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#broken.abort(new Error(`nothing moved for ${this.#limitMs / 1000} s`));
    }, this.#limitMs);
    this.#timer.unref();
  }

  /** The same chunks, each of which shows that something moves. */
  async *watch(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of chunks) {
      this.touch();
      yield chunk;
      this.touch();
    }
  }

  [Symbol.dispose](): void { clearTimeout(this.#timer); }
}
