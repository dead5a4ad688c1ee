/** How far what the decoder was fed is ahead of what came out of it. Pure. */
import { millis, seconds, type Millis } from '../../core/units.ts';

/** Of a file, so much is decoded ahead … */
const FILE_LEAD = seconds(0.5);
/** … and at any rate so many packets more than the decoder holds back behind the picture that is looked at next. */
const PACKETS_AHEAD = 3;
/** What was fed long ago and never came out is not waited for. */
const REMEMBERED = 512;

export class DecoderLead {
  /** Stream times of what was fed, behind the latest look. */
  #fed: Millis[] = [];
  #from = 0;
  #newest = 0;

  fed(at: Millis): void {
    this.#newest = Math.max(this.#newest, at);
    this.#fed.push(at);
    if (this.#fed.length > REMEMBERED) this.#fed.shift();
  }

  /** Everything from `at` on is decoded, or the picture of `at` has come out. */
  begins(at: Millis): void {
    this.#from = Math.max(this.#from, at);
    this.#fed = this.#fed.filter((other) => other > at);
  }

  /** Stream time of the newest picture that was fed. */
  get newest(): number { return this.#newest; }

  /** Milliseconds between the latest picture that came out and the newest that was fed. */
  get span(): number { return this.#newest - this.#from; }

  /**
   * Whether the next look comes without another packet, where one is due after `lookEvery`: of what goes on being fed, with
   * some more behind it, so that the decoder has work meanwhile.
   *
   * @param held - Pictures that the decoder holds back until it gets more.
   */
  isEnough(lookEvery: number, held: number, goesOn: boolean): boolean {
    if (goesOn && this.span <= FILE_LEAD) return false;
    const due = this.#from + lookEvery;
    let ahead = 0;
    for (const at of this.#fed) if (at >= due) ahead++;
    return ahead > held + (goesOn ? PACKETS_AHEAD : 0);
  }

  /** What was fed so far and did not come out is not waited for. */
  forgive(): void { this.begins(millis(this.#newest)); }
}
