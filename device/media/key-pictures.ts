/** Keyframes of an event, few and evenly spread however long it lasts: what its preview is made of once it is over. */
import { concat } from '../contract/mp4-boxes.ts';
import type { Fragment } from '../contract/mp4-fragment.ts';
import type { InitSegment } from '../contract/mp4-init.ts';
import { keyPictureFragment, keyPictureOf, keyPicturesHead } from '../contract/mp4-key-pictures.ts';
import { mebibytes, seconds, type Bytes, type Millis } from '../core/units.ts';

interface KeyPicture { readonly at: Millis; readonly data: Uint8Array }

/** Pictures that a preview shows, and for how long each. */
const SHOWN = 12;
const SHOWN_FOR = seconds(0.4);
/** Twice as many are held, so that enough are left after every second one went. */
const MOST = 2 * SHOWN;
const MOST_BYTES = mebibytes(8);

/** Fed with the fragments of one stream in order; each takes a moment and a copy of one picture at most. */
export class KeyPictures {
  readonly #init: InitSegment;
  readonly #mostBytes: Bytes;
  #pictures: KeyPicture[] = [];
  /** Keyframes that come sooner after the one before are passed over. */
  #spacing = 0;
  constructor(init: InitSegment, mostBytes: Bytes = MOST_BYTES) {
    this.#init = init;
    this.#mostBytes = mostBytes;
  }

  take(fragment: Fragment): void {
    const last = this.#pictures.at(-1);
    if (!fragment.key || (last !== undefined && fragment.start - last.at < this.#spacing)) return;
    const data = keyPictureOf(fragment);
    if (data === undefined) return;
    this.#pictures.push({ at: fragment.start, data });
    while (this.#pictures.length > 1 && (this.#pictures.length > MOST || this.#bytes > this.#mostBytes)) this.#thin();
  }

  /**
   * A clip of what was seen from `from` to `until`, or, where that is less than two pictures, of all there is.
   * @returns Undefined when even that is less than two pictures: they show nothing that one does not.
   */
  clip(from: Millis, until: Millis): Uint8Array | undefined {
    const within = this.#pictures.filter(({ at }) => at >= from && at <= until);
    const pictures = spread(within.length < 2 ? this.#pictures : within);
    if (pictures.length < 2) return undefined;
    const durationTicks = Math.round(this.#init.video.timescale * SHOWN_FOR / 1000);
    return concat([keyPicturesHead(this.#init), ...pictures.map(({ data }, index) =>
      keyPictureFragment(data, this.#init.video, {
        sequence: index + 1, startTicks: index * durationTicks, durationTicks,
      }))]);
  }

  get #bytes(): number { return this.#pictures.reduce((sum, { data }) => sum + data.byteLength, 0); }

  #thin(): void {
    this.#pictures = this.#pictures.filter((_, index) => index % 2 === 0);
    const [first, second] = this.#pictures;
    if (first !== undefined && second !== undefined) this.#spacing = second.at - first.at;
  }
}

/** As many as are shown, the first and the last among them. */
function spread<T>(all: readonly T[]): readonly T[] {
  if (all.length <= SHOWN) return all;
  return Array.from({ length: SHOWN }, (_, index) => all[Math.round(index * (all.length - 1) / (SHOWN - 1))])
    .filter((one) => one !== undefined);
}
