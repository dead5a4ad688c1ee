/** From the raw pictures that one ffmpeg writes to the frames that were planned. */
import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { ColourFrame, GrayFrame } from '../../core/frame.ts';
import { millis, type Millis } from '../../core/units.ts';
import { colourBytes } from './colour.ts';
import type { PicturePlan } from './picture-options.ts';
import { MICROSECONDS, readPictures, type PictureDescriptors } from './picture-output.ts';

const timeOf = (ticks: number): Millis => millis(ticks * 1000 / MICROSECONDS);

/** Times must be `from-first`. Returns the stream of the pixels, which may be paused. */
export const takeGray = (child: ChildProcess, { gray }: PicturePlan, from: PictureDescriptors, take: (
  frame: GrayFrame,
) => void): Readable =>
  readPictures(child, from, gray.size.width * gray.size.height, ({ ticks, pixels }) => {
    gray.masked.blacken(pixels);
    take({ at: timeOf(ticks), ...gray.size, pixels });
  });

/** The same of the colour frames, if any are planned. */
export function takeColour(child: ChildProcess, { colour }: PicturePlan, from: PictureDescriptors, take: (
  frame: ColourFrame,
) => void): void {
  if (colour === undefined) return;
  readPictures(child, from, colourBytes(colour.size), ({ ticks, pixels }) => {
    colour.masked.blackenColour(pixels);
    take({ at: timeOf(ticks), ...colour.size, pixels });
  });
}
