/** The colour pictures in which faces and things are looked for. */
import type { Size } from '../../core/geometry.ts';
import { sampledOutput, type PictureDescriptors, type SampledPictures } from './picture-output.ts';

/** Colour frames a second if nothing else is asked for. */
export const COLOUR_FPS = 1;
const WIDEST = 1280;

/** The colour frame's size for a picture of `size`: the same, or 1280 wide; even. */
export function colourSize({ width, height }: Size): Size {
  const scale = Math.min(1, WIDEST / width);
  return { width: even(width * scale), height: even(height * scale) };
}

/** Bytes of one. */
export const colourBytes = ({ width, height }: Size): number => width * height * 3 / 2;

const even = (side: number): number => Math.max(2, Math.round(side / 2) * 2);

export const colourOutput = (
  size: Size, framesPerSecond: number, times: SampledPictures['times'], to: PictureDescriptors, upright?: string,
): readonly string[] =>
  sampledOutput({
    framesPerSecond, size, scaling: 'fast_bilinear:out_color_matrix=bt601:out_range=tv', format: 'yuv420p', times, upright,
  }, to);
