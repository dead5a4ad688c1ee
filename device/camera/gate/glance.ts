/**
 * A keyframe that is decoded alone, and how its picture is had out of a decoder that puts pictures in order: such a one lets go of a
 * picture only after it got some more packets. Those cost as much as the keyframe saves, so where the decoder can be told to let go
 * without them, it is. Pure.
 */
import type { Millis } from '../../core/units.ts';
import type { Packet } from './packet.ts';
import type { DecodedPicture } from './picture-decoder.ts';
import { Release } from './release.ts';

export interface Glance {
  readonly key: Packet;
  /** The packets between the keyframe before and this one. */
  readonly before: readonly Packet[];
  since: Millis;
  /** When patience was lost and one more packet was given. */
  helpedAt?: Millis;
  /** Decoded after it, so that its picture comes out. */
  helpers: number;
  /** The decoder was told to let go of it. */
  readonly letGo: boolean;
  /** Its own picture has come, not one that is shown later. */
  came: boolean;
  readonly colours: DecodedPicture[];
}

/** A picture that comes so soon after a helping packet came because of it. */
const HELPED = 200 as Millis;

export class GlanceHelp {
  readonly #release = new Release();
  /** Pictures that the decoder holds since the last glance; undefined when it has decoded anything else since. */
  #held: number | undefined;
  #isDeaf = false;

  /** So many packets after a keyframe bring its picture. @param depth - How far out of order pictures were seen to be. */
  packets(depth: number): number { return this.#release.packets(depth); }

  /**
   * So many pictures the decoder is to let go of, then of the next keyframe. Undefined where that would not do: the first keyframe
   * after others needs packets, for a decoder shows nothing that is to be shown before what it has shown, and forgets what that
   * was only in the ordinary course.
   */
  held(depth: number): number | undefined { return this.#isDeaf || this.packets(depth) === 0 ? undefined : this.#held; }

  /** Something else is decoded. */
  fed(): void { this.#held = undefined; }

  /** The glance is over. */
  over(glance: Glance, now: Millis, depth: number): void {
    const late = glance.helpedAt !== undefined && now - glance.helpedAt < HELPED;
    this.#held = glance.came ? glance.helpers : undefined;
    // A decoder that does not heed the word shows a picture only after as many packets as without it, each after a while.
    if (glance.letGo) this.#isDeaf ||= !glance.came || (late && glance.helpers >= depth);
    else this.#release.came(glance.helpers, late, depth);
  }
}
