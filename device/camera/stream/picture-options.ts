/** What is wanted of a camera's pictures besides the recording. */
import type { PrivacyMask } from '../../contract/places.ts';
import type { Size } from '../../core/geometry.ts';
import { COLOUR_FPS, colourSize } from './colour.ts';
import { ANALYSED_FPS, graySize } from './gray.ts';
import { MaskedArea } from './masks.ts';

export interface PictureOptions {
  /**
   * As the setting `vision.decode`: `auto`, if not given, leaves out what the stream itself says is not worth decoding.
   * With `none` there are no frames at all: another stream is watched.
   */
  readonly decode?: 'auto' | 'full' | 'none' | undefined;
  /** Gray frames a second, from 1 to 15; 5 if not given. A camera that sends fewer pictures gives fewer. */
  readonly framesPerSecond?: number | undefined;
  /** Whether colour frames are wanted, and how many a second at most; `true` is one. */
  readonly colour?: boolean | number | undefined;
  /** Black in all frames, and in the recording where we encode it ourselves. */
  readonly masks?: readonly PrivacyMask[] | undefined;
}

/** The same for pictures of a known size. */
export interface PicturePlan {
  readonly gray: { readonly size: Size; readonly framesPerSecond: number; readonly masked: MaskedArea };
  readonly colour: { readonly size: Size; readonly framesPerSecond: number; readonly masked: MaskedArea } | undefined;
}

const MOST_FPS = 15;

/** @throws {RangeError} When the frames a second are out of range. */
export function planPictures(
  { framesPerSecond = ANALYSED_FPS, colour = false, masks = [] }: PictureOptions, size: Size,
): PicturePlan {
  if (!Number.isInteger(framesPerSecond) || framesPerSecond < 1 || framesPerSecond > MOST_FPS) {
    throw new RangeError(`vision looks at 1 to ${MOST_FPS} frames a second, got ${framesPerSecond}`);
  }
  const gray = graySize(size);
  const coloured = colourSize(size);
  return {
    gray: { size: gray, framesPerSecond, masked: new MaskedArea(masks, gray) },
    colour: colour === false ? undefined
      : {
        size: coloured, framesPerSecond: colour === true ? COLOUR_FPS : colour, masked: new MaskedArea(masks, coloured),
      },
  };
}
