/** One thing that is wrong, or not: it must hold for a while before it is believed, and be gone for a while to end. */

/** Frames may be seconds apart: only what was so in the frame before, too, counts as time. */
export class Claim {
  readonly #holdMs: number;
  #chargeMs = 0;
  #before = false;
  #on = false;

  constructor(holdMs: number) { this.#holdMs = holdMs; }

  get on(): boolean { return this.#on; }
  /** Whether it is so, or was just now. */
  get suspected(): boolean { return this.#chargeMs > 0 || this.#before; }

  /** Whether the next frames can change the answer. */
  get wavering(): boolean { return this.#on ? this.#chargeMs < this.#holdMs : this.suspected; }

  /** `so`: whether it looks so in this frame. Time against it counts twice. */
  step(so: boolean, elapsedMs: number): void {
    if (so && this.#before) this.#chargeMs = Math.min(this.#chargeMs + elapsedMs, this.#holdMs);
    if (!so) this.#chargeMs = Math.max(this.#chargeMs - 2 * elapsedMs, 0);
    this.#before = so;
    if (this.#chargeMs >= this.#holdMs) this.#on = true;
    if (this.#chargeMs === 0) this.#on = false;
  }

  reset(): void {
    this.#chargeMs = 0;
    this.#before = false;
    this.#on = false;
  }
}
