/** Hands frames from whoever decodes to a reader that may take its time; the writer asks whether there is room. */
import type { GrayFrame } from '../../core/frame.ts';

export class FrameQueue {
  readonly #capacity: number;
  readonly #frames: GrayFrame[] = [];
  /** The reader has taken all and waits. */
  #asked = false;
  #end: { readonly error?: Error | undefined } | undefined;
  #changed = Promise.withResolvers<void>();

  /** @param capacity - Where there are so many there is no room. */
  constructor(capacity = Infinity) { this.#capacity = capacity; }

  get full(): boolean { return this.#frames.length >= this.#capacity; }

  put(frame: GrayFrame): void {
    this.#asked = false;
    this.#frames.push(frame);
    this.#tell();
  }

  /** The reader gets what is there, then the end, or `error` thrown. */
  end(error?: Error): void {
    this.#end ??= { error };
    this.#tell();
  }

  /** Resolves when there is room, or nobody reads any more. */
  async room(): Promise<void> {
    while (this.full && this.#end === undefined) await this.#changed.promise;
  }

  /** Resolves when the reader is done with all frames and asks for the next, or nobody reads any more. */
  async done(): Promise<void> {
    while (!this.#asked && this.#end === undefined) await this.#changed.promise;
  }

  async *read(): AsyncGenerator<GrayFrame, void> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame !== undefined) {
        if (this.#frames.length === this.#capacity - 1) this.#tell();
        yield frame;
      } else if (this.#end === undefined) {
        if (!this.#asked) {
          this.#asked = true;
          this.#tell();
        }
        await this.#changed.promise;
      } else if (this.#end.error === undefined) return;
      else throw this.#end.error;
    }
  }

  #tell(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
