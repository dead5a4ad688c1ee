/** Lines for whoever reads them: several in one write, for that costs more than a line; none is held back for long. */
import { millis } from '../../core/units.ts';

/** A write takes so many at most … */
const MOST_LINES = 64;
/** … and none waits longer, also where no other follows. */
const LONGEST_WAIT = millis(100);

export class LineOutput implements Disposable {
  readonly #write: (text: string) => void;
  readonly #lines: string[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** A write failed: what comes is lost. */
  #failed = false;
  /** @param write - Throws when it cannot; it is not called again then. */
  constructor(write: (text: string) => void) { this.#write = write; }

  /** @param line - Without its end. */
  readonly put = (line: string): void => {
    if (this.#lines.push(line) >= MOST_LINES) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), LONGEST_WAIT);
  };

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const text = `${this.#lines.splice(0).join('\n')}\n`;
    if (text === '\n' || this.#failed) return;
    this.#failed = true;
    this.#write(text);
    this.#failed = false;
  }

  [Symbol.dispose](): void { this.flush(); }
}
