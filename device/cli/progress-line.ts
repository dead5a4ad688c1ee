/** How far a command is that takes minutes: one line at a terminal, which is gone when the work is done. */

/** Where it is said: the error output, so that what was found can be kept alone. */
export interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const CLEAR = '\r\x1b[K';
/** Before so much of the work is done nobody can tell how long the rest will take. */
const TELLING_MS = 5000;

export class ProgressLine implements Disposable {
  readonly #terminal: Terminal;
  readonly #now: () => number;
  readonly #of: { readonly files: number; readonly bytes: number };
  readonly #began: number;
  #done = { files: 0, bytes: 0 };

  /**
   * @param of - All there is to do.
   * @param terminal - Nothing is said where it is none.
   * @param now - Milliseconds of a clock that never jumps.
   */
  constructor(
    of: { readonly files: number; readonly bytes: number }, terminal: Terminal = process.stderr,
    now: () => number = () => performance.now(),
  ) {
    this.#of = of;
    this.#terminal = terminal;
    this.#now = now;
    this.#began = now();
    this.#show();
  }

  /** One more file is done; what `say` writes stands above the line. */
  done(bytes: number, say: () => void = () => {}): void {
    this.#done = { files: this.#done.files + 1, bytes: this.#done.bytes + bytes };
    this.#put(CLEAR);
    say();
    this.#show();
  }

  [Symbol.dispose](): void { this.#put(CLEAR); }

  #show(): void {
    const { files, bytes } = this.#of;
    const share = bytes === 0 ? 0 : Math.floor(100 * this.#done.bytes / bytes);
    this.#put(`${CLEAR}${this.#done.files} of ${files} files, ${share} %${this.#rest()}`);
  }

  #rest(): string {
    const passed = this.#now() - this.#began;
    if (passed < TELLING_MS || this.#done.bytes === 0) return '';
    const left = passed * (this.#of.bytes / this.#done.bytes - 1) / 1000;
    return left < 90 ? `, about ${Math.ceil(left)} s to go` : `, about ${Math.ceil(left / 60)} min to go`;
  }

  #put(text: string): void { if (this.#terminal.isTTY === true) this.#terminal.write(text); }
}
