/** How far what the decoder was fed is ahead of what came out of it. Pure. */
import { millis, seconds, type Millis } from '../../core/units.ts';

/** A live decoder that is this far behind is given up catching up: what led to an event is not held for ever. */
const MOST_BEHIND = seconds(8);
const MOST_BACKLOG = 16 * 1024 * 1024;
/** Of a file, no more waits to be decoded … */
const FILE_BACKLOG = 512 * 1024;
/** … so much is decoded ahead … */
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
  #isFollowing = false;
  #followedUntil = -Infinity;

  /** From `at` on every picture is fed, or none but what is asked for. */
  follow(at: Millis, follows: boolean): void {
    if (follows && !this.#isFollowing) this.begins(at);
    if (!follows && this.#isFollowing) this.#followedUntil = this.#newest;
    this.#isFollowing = follows;
  }

  get isFollowing(): boolean { return this.#isFollowing; }

  /** Stream time of the newest picture that was fed when following ended. */
  get followedUntil(): number { return this.#followedUntil; }

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

  /** Milliseconds between the latest picture that came out and the newest that was fed. */
  get span(): number { return this.#newest - this.#from; }

  /**
   * Of a file: whether the next look comes without another packet, where one is due after `lookEvery`; while it follows, with
   * some more behind it, so that the decoder has work meanwhile.
   *
   * @param held - Pictures that the decoder holds back until it gets more.
   */
  isEnough(lookEvery: number, held: number): boolean {
    if (this.#isFollowing && this.span <= FILE_LEAD) return false;
    const due = this.#from + lookEvery;
    let ahead = 0;
    for (const at of this.#fed) if (at >= due) ahead++;
    return ahead > held + (this.#isFollowing ? PACKETS_AHEAD : 0);
  }

  /** Of a file: whether enough waits to be decoded. @param backlog - Bytes. */
  isFlooded(backlog: number): boolean { return backlog > FILE_BACKLOG; }

  /**
   * Of a live camera: whether the decoder does not keep up. While nothing waits to be decoded, a stream whose times jump is no
   * decoder that is behind.
   *
   * @param backlog - Bytes that wait to be decoded.
   */
  isTooFar(backlog: number): boolean {
    return backlog > MOST_BACKLOG || (backlog > 0 && this.#isFollowing && this.span > MOST_BEHIND);
  }

  /** What was fed so far and did not come out is not waited for. */
  forgive(): void { this.begins(millis(this.#newest)); }
}
