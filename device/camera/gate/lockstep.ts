/**
 * Keeps the reader of a file, its decoder and vision in step. What is decided on a packet hangs on what vision said of the pictures
 * before it; how far the reader is ahead of decoder and vision is chance. So pictures are handed out only where the reader must
 * wait for one, and vision has its say on each before the next: a file is read the same each time.
 */

/** Hands one picture to whoever waits for it. */
export type HandOut = () => void;

/** So many ticks a reader waits for anything to come of the decoder. */
const PATIENCE_TICKS = 10;

export class Lockstep {
  readonly #attended: () => Promise<void>;
  /** What came out of the decoder and was not handed out yet. */
  #arrived: HandOut[] = [];
  #isOver = false;
  #patience = 0;
  #wake: () => void = () => {};

  /** @param attended - Resolves when vision has said what it sees in each picture that was handed out. */
  constructor(attended: () => Promise<void> = async () => {}) { this.#attended = attended; }

  /** Whether anything came that was not handed out. */
  get hasArrived(): boolean { return this.#arrived.length > 0; }

  /** A picture came out of the decoder. */
  put(handOut: HandOut): void {
    if (this.#isOver) handOut();
    else this.#arrived.push(handOut);
    this.wake();
  }

  /** Resolves when `mustWait` says so no more, or nothing came of the decoder for long. Hands out nothing. */
  async holdWhile(mustWait: () => boolean): Promise<void> {
    while (mustWait() && await this.#wakes());
  }

  /** Hands out picture by picture while `awaits` says that one is awaited; `giveUp` is told where none comes for long. */
  async handOutWhile(awaits: () => boolean, giveUp: () => void): Promise<void> {
    while (awaits()) {
      const handOut = this.#arrived.shift();
      if (handOut !== undefined) {
        handOut();
        await this.#attended();
      } else if (!await this.#wakes()) giveUp();
    }
  }

  /** No packet follows that anything could be decided on: hands out all, and from now on each as it comes. */
  end(): void {
    for (const handOut of this.#arrived.splice(0)) handOut();
    this.#isOver = true;
  }

  /** Whoever waits looks again whether it must. */
  wake(): void { this.#wake(); }

  /** To be called now and then. */
  tick(): void { if (--this.#patience <= 0) this.wake(); }

  /** Resolves when anything came of the decoder; false where nothing did for long. */
  async #wakes(): Promise<boolean> {
    this.#patience = PATIENCE_TICKS;
    await new Promise<void>((resolve) => { this.#wake = resolve; });
    return this.#patience > 0;
  }
}
