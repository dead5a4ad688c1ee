/** What an event's preview will be made of, gathered while it lasts. */
import type { Fragment } from '../contract/mp4-fragment.ts';
import type { InitSegment } from '../contract/mp4-init.ts';
import type { ColourFrame } from '../core/frame.ts';
import { seconds, type Millis } from '../core/units.ts';
import { KeyPictures } from '../media/key-pictures.ts';
import { shrinkFrame } from '../media/shrink-frame.ts';
import { ShownMoments } from '../media/shown-moments.ts';
import { SMALL_WIDTH } from '../media/small-picture.ts';
import type { HeldFrames } from './held-frames.ts';
import type { Snapshot } from './snapshot.ts';

/** Decoded pictures will do that reach back to this long after an event's start. */
const SOON = seconds(2);

export interface PreviewParts {
  /** Decoded and small; of one size. */
  readonly pictures?: readonly ColourFrame[];
  /** Fragmented MP4 of keyframes. */
  readonly clip?: Uint8Array | undefined;
}

/**
 * Decoded pictures where they come anyway, and keyframes where they do not: to decode these, a program is started once
 * the event is over.
 */
export class Album {
  /** The latest picture of the event that is kept. */
  picture: Pick<Snapshot, 'jpeg' | 'small'> | undefined;
  readonly #frames: ShownMoments<ColourFrame> | undefined;
  readonly #keys: KeyPictures | undefined;

  /** @param before - What is held of the stream: its latest pictures, and its video since the event's start, `at`. */
  constructor(
    init: InitSegment, at: Millis, before: { readonly frames: HeldFrames; readonly fragments: readonly Fragment[] },
  ) {
    const held = before.frames.all;
    if ((held[0]?.at ?? Infinity) <= at + SOON) {
      this.#frames = new ShownMoments<ColourFrame>(({ pixels }) => pixels.byteLength);
      for (const frame of held) this.frame(frame);
    } else {
      this.#keys = new KeyPictures(init);
      for (const fragment of before.fragments) this.fragment(fragment);
    }
  }

  fragment(fragment: Fragment): void { this.#keys?.take(fragment); }

  /** It stays the caller's. */
  frame(frame: ColourFrame): void {
    if (this.#frames?.wants(frame.at) === true)
      this.#frames.take({ at: frame.at, ...shrinkFrame(frame, SMALL_WIDTH) });
  }

  /**
   * What shows the event from `from` to `until`; nothing where there are less than two pictures.
   * @param isMasked - Whether the stream's pictures show nothing that nobody may see just now.
   */
  parts(from: Millis, until: Millis, isMasked: boolean): PreviewParts {
    if (this.#frames === undefined) return { clip: this.#keys?.clip(from, until) };
    return isMasked ? { pictures: this.#frames.within(from, until) } : {};
  }
}
