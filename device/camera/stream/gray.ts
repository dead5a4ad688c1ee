/** The small gray pictures that vision looks at: how large, how often, and the ffmpeg output that makes them. */
import type { Size } from '../../core/geometry.ts';
import { sampledOutput, type PictureDescriptors, type SampledPictures } from './picture-output.ts';

/** Gray frames a second if nothing else is asked for. */
export const ANALYSED_FPS = 5;
const WIDTH = 160;

/**
 * The gray frame's size for a picture of `size`: 160 wide, about the same shape, and a height that is a multiple of 8,
 * so that vision can work in blocks. 1280x720 gives 160x88.
 */
export function graySize({ width, height }: Size): Size {
  const blocks = Math.round(WIDTH * height / width / 8);
  return { width: WIDTH, height: Math.min(Math.max(blocks, 5), 40) * 8 };
}

/** The ffmpeg output that writes gray frames of `size`: one and the same for a live camera and for a file. */
export const grayOutput = (
  size: Size, framesPerSecond: number, times: SampledPictures['times'], to: PictureDescriptors, upright?: string,
): readonly string[] =>
  sampledOutput({ framesPerSecond, size, scaling: 'area', format: 'gray', times, upright }, to);
