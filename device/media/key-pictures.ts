/** Keyframes of an event: what its preview is made of once it is over, where no decoded pictures are at hand. */
import { concat } from '../contract/mp4-boxes.ts';
import type { Fragment } from '../contract/mp4-fragment.ts';
import type { InitSegment } from '../contract/mp4-init.ts';
import { keyPictureFragment, keyPictureOf, keyPicturesHead } from '../contract/mp4-key-pictures.ts';
import type { Bytes, Millis } from '../core/units.ts';
import { MOST_BYTES, ShownMoments, SHOWN_FOR } from './shown-moments.ts';

interface KeyPicture { readonly at: Millis; readonly data: Uint8Array }

/** Fed with the fragments of one stream in order; each takes a moment and a copy of one picture at most. */
export class KeyPictures {
  readonly #init: InitSegment;
  readonly #pictures: ShownMoments<KeyPicture>;
  constructor(init: InitSegment, mostBytes: Bytes = MOST_BYTES) {
    this.#init = init;
    this.#pictures = new ShownMoments<KeyPicture>(({ data }) => data.byteLength, mostBytes);
  }

  take(fragment: Fragment): void {
    if (!fragment.key || !this.#pictures.wants(fragment.start)) return;
    const data = keyPictureOf(fragment);
    if (data !== undefined) this.#pictures.take({ at: fragment.start, data });
  }

  /**
   * A clip of what was seen from `from` to `until`, or, where that is less than two pictures, of all there is.
   * @returns Undefined when even that is less than two pictures: they show nothing that one does not.
   */
  clip(from: Millis, until: Millis): Uint8Array | undefined {
    const pictures = this.#pictures.within(from, until);
    if (pictures.length === 0) return undefined;
    const durationTicks = Math.round(this.#init.video.timescale * SHOWN_FOR / 1000);
    return concat([keyPicturesHead(this.#init), ...pictures.map(({ data }, index) =>
      keyPictureFragment(data, this.#init.video, {
        sequence: index + 1, startTicks: index * durationTicks, durationTicks,
      }))]);
  }
}
