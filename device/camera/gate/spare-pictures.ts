/**
 * Which pictures need not be decoded though all is followed? Of each slot of time the first picture alone is looked at
 * (`firstOfSlot`). One that is not the first of its slot, and that no other picture is made from, is needed by nobody. One
 * that others are made from is needed as soon as one of those is: it waits for that, and where a closed group of pictures
 * begins before, it was the end of its group and is never needed. What is looked at stays the same to the bit. Pure.
 */
import type { Millis } from '../../core/units.ts';
import type { Packet } from './packet.ts';

/** As `firstOfSlot` has it: where a slot begins, in slots. */
const BEGINS = -0.01;
/** So close to a border, in slots, nothing is left out: a picture there may be taken as well as the one before. */
const [JUST_BEGUN, NEARLY_OVER] = [1e-4, 0.98];
/** Slots that pictures out of order are spread over at most. */
const REMEMBERED = 16;

export class SparePictures<P extends Pick<Packet, 'at' | 'key' | 'closed' | 'spare'> = Packet> {
  readonly #outputs: readonly SlotStarts[];
  /** What was left out since the latest that was decoded and others may be made from. */
  #waiting: P[] = [];

  /** @param framesPerSecond - Of each of the outputs: gray, and colour where it is wanted. */
  constructor(framesPerSecond: readonly number[]) { this.#outputs = framesPerSecond.map((rate) => new SlotStarts(rate)); }

  /**
   * Whether `packet`, which follows on the one before, is left out, for now or for good.
   *
   * @param mayWait - Whether one that others are made from may be decoded later than it came.
   */
  leaves(packet: P, mayWait: boolean): boolean {
    if (packet.key || !this.#isUnseen(packet.at)) return false;
    if (packet.spare) return true;
    if (mayWait) this.#waiting.push(packet);
    return mayWait;
  }

  /**
   * `packet` is decoded. Returns what was left out and has to be decoded before it, in that order.
   *
   * @param follows - Whether it follows on the one before.
   */
  decodes(packet: P, follows: boolean): readonly P[] {
    const before = follows && !packet.closed ? this.#waiting : [];
    if (this.#waiting.length > 0) this.#waiting = [];
    for (const output of this.#outputs) {
      if (!follows) output.clear();
      output.add(packet.at);
    }
    return before;
  }

  /** Whether no output takes the picture of stream time `at`. What comes later may still be the first of an earlier slot. */
  #isUnseen(at: Millis): boolean { return this.#outputs.every((output) => output.hasBefore(at)); }
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
