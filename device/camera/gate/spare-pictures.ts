/**
 * Which pictures need not be decoded though all is followed? Of each slot of time one picture is looked at, the first
 * that is decoded (`firstOfSlot`). So one that no other picture is made from is needed by nobody, where its slot has
 * another to look at: an earlier one, or one in its first half that others are made from, and that is decoded anyway.
 * Pure.
 */
import type { Millis } from '../../core/units.ts';

/** As `firstOfSlot` has it: where a slot begins, in slots. */
const BEGINS = -0.01;
/** So close to a border, in slots, nothing is left out: a picture there may be taken as well as the one before. */
const [JUST_BEGUN, NEARLY_OVER] = [1e-4, 0.98];
/** Looks are no more uneven than this, in slots: what others are made from is looked at instead up to here. */
const EARLY = 0.5;
/** Slots that pictures out of order are spread over at most. */
const REMEMBERED = 16;

export class SparePictures {
  readonly #outputs: readonly SlotLooks[];

  /** @param framesPerSecond - Of each of the outputs: gray, and colour where it is wanted. */
  constructor(framesPerSecond: readonly number[]) { this.#outputs = framesPerSecond.map((rate) => new SlotLooks(rate)); }

  /** What is decoded next does not follow on what was decoded before. */
  begin(): void { for (const output of this.#outputs) output.clear(); }

  /** The picture of stream time `at` is decoded; `spare`: no other is made from it. */
  decoded(at: Millis, spare: boolean): void { for (const output of this.#outputs) output.add(at, spare); }

  /** Whether no output needs the spare picture of stream time `at`. */
  isUnneeded(at: Millis): boolean { return this.#outputs.every((output) => output.hasFor(at)); }
}

/** From which time on each of the latest slots needs no spare picture. */
class SlotLooks {
  readonly #perMilli: number;
  readonly #slots = new Float64Array(REMEMBERED).fill(-1);
  readonly #enoughFrom = new Float64Array(REMEMBERED);
  constructor(framesPerSecond: number) { this.#perMilli = framesPerSecond / 1000; }

  clear(): void { this.#slots.fill(-1); }

  add(at: Millis, spare: boolean): void {
    const place = at * this.#perMilli - BEGINS;
    const slot = Math.floor(place);
    if (!isInside(place - slot)) return;
    const from = !spare && place - slot < EARLY ? -Infinity : at;
    const index = slot % REMEMBERED;
    if (this.#slots[index] === slot && (this.#enoughFrom[index] ?? 0) <= from) return;
    this.#slots[index] = slot;
    this.#enoughFrom[index] = from;
  }

  hasFor(at: Millis): boolean {
    const place = at * this.#perMilli - BEGINS;
    const slot = Math.floor(place);
    const index = slot % REMEMBERED;
    return isInside(place - slot) && this.#slots[index] === slot && (this.#enoughFrom[index] ?? at) < at;
  }
}

const isInside = (place: number): boolean => place > JUST_BEGUN && place < NEARLY_OVER;
