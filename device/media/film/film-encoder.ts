/**
 * A few small pictures as H.264 (ITU-T H.264, Constrained Baseline): the first by itself, each further one as what is
 * not as in the one before. For films of a camera that stands still: nothing is looked for that has moved on. ffmpeg
 * would do it in fewer bits, but a start of it takes 60 MB, and half a second of a desk's processor.
 */
import type { ColourFrame } from '../../core/frame.ts';
import type { Size } from '../../core/geometry.ts';
import { BitWriter } from './bit-writer.ts';
import { writePictureHead, type PictureKind } from './heads.ts';
import { Macroblocks } from './macroblocks.ts';
import { macroblocksOf, planesOf, type Planes } from './plane.ts';

export class FilmEncoder {
  readonly #macroblocks: Macroblocks;
  readonly #size: Size;
  #count = 0;

  /** @param size - Of all pictures; both sides even. */
  constructor(size: Size) {
    this.#size = size;
    this.#macroblocks = new Macroblocks(macroblocksOf(size));
  }

  /**
   * The next picture, as one unit of the stream; one at a time.
   * @throws {RangeError} When it has another size.
   */
  async encode(frame: Omit<ColourFrame, 'at'>): Promise<Uint8Array> {
    const { width, height } = this.#size;
    if (frame.width !== width || frame.height !== height)
      throw new RangeError(`a film of ${width}x${height} has no picture of ${frame.width}x${frame.height}`);
    const kind: PictureKind = this.#count === 0 ? 'whole' : 'changes';
    const out = new BitWriter();
    const header = writePictureHead(out, kind, this.#count);
    await this.#macroblocks.write(out, planesOf(frame), kind);
    this.#count += 1;
    return out.unit(header);
  }

  /** The picture that was coded last as a decoder shows it, in whole macroblocks. */
  get shown(): Planes { return this.#macroblocks.shown; }
}
