/** Hands frames from whoever decodes to a reader that may take its time; the writer asks whether there is room. */
import type { GrayFrame } from '../../core/frame.ts';

export class FrameQueue {
  readonly #capacity: number;
  readonly #frames: GrayFrame[] = [];
  #end: { readonly error?: Error | undefined } | undefined;
  #changed = Promise.withResolvers<void>();
  constructor(capacity: number) { this.#capacity = capacity; }

  get full(): boolean { return this.#frames.length >= this.#capacity; }

  put(frame: GrayFrame): void {
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

  async *read(): AsyncGenerator<GrayFrame, void> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame !== undefined) {
        if (this.#frames.length === this.#capacity - 1) this.#tell();
        yield frame;
      } else if (this.#end === undefined) await this.#changed.promise;
      else if (this.#end.error === undefined) return;
      else throw this.#end.error;
    }
  }

  #tell(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
