/**
 * A bounded hand-off from one writer to one reader. Keeps the newest `capacity` items; what it pushes out, or gets
 * after it was closed, goes to `onDrop` (free it, count it). So no frame path grows without bound.
 */
export class Mailbox<T extends object> implements AsyncIterable<T>, Disposable {
  readonly #items: T[] = [];
  readonly #capacity: number;
  readonly #onDrop: (item: T) => void;
  #closed = false;
  #wake: () => void = () => {};

  constructor(capacity: number, onDrop: (item: T) => void) {
    this.#capacity = capacity;
    this.#onDrop = onDrop;
  }

  put(item: T): void {
    if (this.#closed) return this.#onDrop(item);
    this.#items.push(item);
    const oldest = this.#items.length > this.#capacity ? this.#items.shift() : undefined;
    if (oldest !== undefined) this.#onDrop(oldest);
    this.#wake();
  }

  get waiting(): number { return this.#items.length; }

  /** Ends once the mailbox is closed and what it held was read. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    for (;;) {
      const item = this.#items.shift();
      if (item !== undefined) yield item;
      else if (this.#closed) return;
      else await new Promise<void>((resolve) => { this.#wake = resolve; });
    }
  }

  /** Takes nothing more; the reader drains what is left. */
  [Symbol.dispose](): void {
    this.#closed = true;
    this.#wake();
  }
}
