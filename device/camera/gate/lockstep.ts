/**
 * Keeps the reader of a file, its decoder and vision in step. What is decided on a packet hangs on what vision said of the pictures
 * before it; how far the reader is ahead of decoder and vision is chance. So pictures are handed out only where the reader must
 * wait for one, and vision has its say on each before the next: a file is read the same each time.
 */

/** Hands one picture to whoever waits for it. */
export type HandOut = () => void;

/** So many ticks a reader waits for anything to come of the decoder: a busy machine may be slow … */
const PATIENCE_TICKS = 20;
/** … but where nothing came even so, what stands next is damaged as well, most likely. */
const LITTLE_PATIENCE_TICKS = 2;

export class Lockstep {
  readonly #attended: () => Promise<void>;
  /** What came out of the decoder and was not handed out yet. */
  #arrived: HandOut[] = [];
  #isLive = false;
  /** Nothing came for long, and nothing since. */
  #isDry = false;
  #patience = PATIENCE_TICKS;
  #wake: () => void = () => {};

  /** @param attended - Resolves when vision has said what it sees in each picture that was handed out. */
  constructor(attended: () => Promise<void> = async () => {}) { this.#attended = attended; }

  /** Whether anything came that was not handed out. */
  get hasArrived(): boolean { return this.#arrived.length > 0; }

  /** Of a live camera: each picture is handed out as it comes. */
  release(): void { this.#isLive = true; }

  /** A picture came out of the decoder. */
  put(handOut: HandOut): void {
    if (this.#isLive) return handOut();
    this.#arrived.push(handOut);
    this.#isDry = false;
    this.#begin();
    this.wake();
  }

  /** Resolves when `mustWait` says so no more, or nothing came of the decoder for long. Hands out nothing. */
  async holdWhile(mustWait: () => boolean): Promise<void> {
    this.#begin();
    while (mustWait() && this.#patience > 0) await this.#anything();
  }

  /** Hands out picture by picture while `awaits` says that one is awaited; `help` is asked for where none comes for long. */
  async handOutWhile(awaits: () => boolean, help: () => void): Promise<void> {
    this.#begin();
    while (awaits()) {
      if (await this.#handOutNext()) this.#begin();
      else if (this.#patience > 0) await this.#anything();
      else {
        this.#isDry = true;
        this.#begin();
        help();
      }
    }
  }

  /** Hands out all that has come so far, one by one. */
  async handOutArrived(): Promise<void> {
    for (let left = this.#arrived.length; left > 0; left--) await this.#handOutNext();
  }

  /** Whoever waits looks again whether it must. */
  wake(): void { this.#wake(); }

  /** To be called now and then. */
  tick(): void {
    this.#patience--;
    this.wake();
  }

  /** Waiting begins anew. */
  #begin(): void { this.#patience = this.#isDry ? LITTLE_PATIENCE_TICKS : PATIENCE_TICKS; }

  /** False when nothing came that was not handed out. */
  async #handOutNext(): Promise<boolean> {
    const handOut = this.#arrived.shift();
    if (handOut === undefined) return false;
    handOut();
    await this.#attended();
    return true;
  }

  #anything(): Promise<void> {
    return new Promise<void>((resolve) => { this.#wake = resolve; });
  }
}
