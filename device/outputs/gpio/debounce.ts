import type { Millis } from '../../core/units.ts';

/** Contacts bounce: a level counts once it has stood still for so long. The first one counts at once. */
export class Debounce implements Disposable {
  readonly #still: Millis;
  readonly #onLevel: (on: boolean) => void;
  #told: boolean | undefined;
  #timer: NodeJS.Timeout | undefined;
  constructor(still: Millis, onLevel: (on: boolean) => void) {
    this.#still = still;
    this.#onLevel = onLevel;
  }

  saw(on: boolean): void {
    clearTimeout(this.#timer);
    if (this.#told === undefined) this.#tell(on);
    else if (on !== this.#told) this.#timer = setTimeout(() => this.#tell(on), this.#still);
  }

  [Symbol.dispose](): void { clearTimeout(this.#timer); }

  #tell(on: boolean): void {
    this.#told = on;
    this.#onLevel(on);
  }
}
