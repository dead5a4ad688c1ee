/**
 * Which pictures need not be decoded though all is followed? Of each slot of time the first picture alone is looked at
 * (`firstOfSlot`), so one that is not the first of its slot, and that no other picture is made from, is needed by
 * nobody. What is looked at stays the same to the bit. Pure.
 */
import type { Millis } from '../../core/units.ts';

/** As `firstOfSlot` has it: where a slot begins, in slots. */
const BEGINS = -0.01;
/** So close to a border, in slots, nothing is left out: a picture there may be taken as well as the one before. */
const [JUST_BEGUN, NEARLY_OVER] = [1e-4, 0.98];
/** Slots that pictures out of order are spread over at most. */
const REMEMBERED = 16;

export class SparePictures {
  readonly #outputs: readonly SlotStarts[];

  /** @param framesPerSecond - Of each of the outputs: gray, and colour where it is wanted. */
  constructor(framesPerSecond: readonly number[]) { this.#outputs = framesPerSecond.map((rate) => new SlotStarts(rate)); }

  /** What is decoded next does not follow on what was decoded before. */
  begin(): void { for (const output of this.#outputs) output.clear(); }

  /** The picture of stream time `at` is decoded. */
  decoded(at: Millis): void { for (const output of this.#outputs) output.add(at); }

  /** Whether no output takes the picture of stream time `at`. What comes later may still be the first of an earlier slot. */
  isUnseen(at: Millis): boolean { return this.#outputs.every((output) => output.hasBefore(at)); }
}

/** The earliest picture of each of the latest slots. */
class SlotStarts {
  readonly #perMilli: number;
  readonly #slots = new Float64Array(REMEMBERED).fill(-1);
  readonly #earliest = new Float64Array(REMEMBERED);
  constructor(framesPerSecond: number) { this.#perMilli = framesPerSecond / 1000; }

  clear(): void { this.#slots.fill(-1); }

  add(at: Millis): void {
    const place = at * this.#perMilli - BEGINS;
    const slot = Math.floor(place);
    if (!isInside(place - slot)) return;
    const index = slot % REMEMBERED;
    if (this.#slots[index] === slot && (this.#earliest[index] ?? 0) <= at) return;
    this.#slots[index] = slot;
    this.#earliest[index] = at;
  }

  hasBefore(at: Millis): boolean {
    const place = at * this.#perMilli - BEGINS;
    const slot = Math.floor(place);
    const index = slot % REMEMBERED;
    return isInside(place - slot) && this.#slots[index] === slot && (this.#earliest[index] ?? at) < at;
  }
}

const isInside = (place: number): boolean => place > JUST_BEGUN && place < NEARLY_OVER;
