/** By how much the wall clock was wrong until it was set. Pure. */
import type { Millis } from '../../core/units.ts';
import type { TwoClocks } from '../ledger/watch-ledger.ts';

export type ClockNews =
  /** The clock was set: what was told before lies `shiftMs` later in truth. */
  | { readonly type: 'set'; readonly shiftMs: number }
  /** It was not set for long. */
  | { readonly type: 'hopeless' };

export class ClockWatch {
  #wrong: { readonly offset: number; readonly since: number } | undefined;
  #shiftMs: number | undefined;
  #isHopeless = false;
  readonly #patience: Millis;
  /** @param patience - How long events are kept back for the clock before they go out with the time that they have. */
  constructor(patience: Millis) { this.#patience = patience; }

  /** Whether what is recorded now, or was until the clock was set, has a time that is to be set right. */
  get isDoubtful(): boolean { return this.#wrong !== undefined || this.#shiftMs !== undefined; }

  /** Whether events are still to be kept back. */
  get isWaiting(): boolean { return this.isDoubtful && !this.#isHopeless; }

  /** @returns What is to be done now; `set` again at every word, for what ends later. */
  word(isSynced: boolean, { wall, steady }: TwoClocks): ClockNews | undefined {
    const offset = wall - steady;
    if (!isSynced) {
      this.#wrong ??= { offset, since: steady };
      if (this.#isHopeless || steady - this.#wrong.since < this.#patience) return undefined;
      this.#isHopeless = true;
      return { type: 'hopeless' };
    }
    if (this.#wrong !== undefined) this.#shiftMs = offset - this.#wrong.offset;
    this.#wrong = undefined;
    return this.#shiftMs === undefined ? undefined : { type: 'set', shiftMs: this.#shiftMs };
  }
}
