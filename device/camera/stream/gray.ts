/** The small gray pictures that vision looks at: how large, how often, and how they are cut from ffmpeg's output. */
import type { GrayFrame } from '../../core/frame.ts';
import type { Size } from '../../core/geometry.ts';
import { millis } from '../../core/units.ts';

/** Gray frame number n is the picture that was to be seen `n / ANALYSED_FPS` seconds after the first. */
export const ANALYSED_FPS = 5;
const WIDTH = 160;

/**
 * The gray frame's size for a picture of `size`: 160 wide, about the same shape, and a height that is a multiple of 8, so
 * that vision can work in blocks. 1280x720 gives 160x88.
 */
export function graySize({ width, height }: Size): Size {
  const blocks = Math.round(WIDTH * height / width / 8);
  return { width: WIDTH, height: Math.min(Math.max(blocks, 5), 40) * 8 };
}

/**
 * The ffmpeg filter that makes gray frames of `size`: one and the same for a live camera and for a file. Time begins with
 * the first picture, as the recording's does.
 */
export const grayFilter = ({ width, height }: Size): string =>
  `setpts=PTS-STARTPTS,fps=${ANALYSED_FPS}:round=up,scale=${width}:${height}:flags=area,format=gray`;

/** The ffmpeg output that writes these frames one after the other to descriptor `fd`. */
export const grayOutput = (size: Size, fd: number): readonly string[] => [
  // The frames carry no times: filling up from time 0 on would shift them against the recording.
  '-map', '0:V:0', '-an', '-vf', grayFilter(size), '-fps_mode', 'passthrough', '-f', 'rawvideo', `pipe:${fd}`,
];

/** Cuts ffmpeg's output into frames. Holds at most one unfinished frame; a frame that is given out is the caller's. */
export class GrayReader {
  readonly #size: Size;
  #pixels: Uint8Array;
  #filled = 0;
  #frames = 0;

  constructor(size: Size) {
    this.#size = size;
    this.#pixels = new Uint8Array(size.width * size.height);
  }

  /** The frames that `chunk` completes. */
  push(chunk: Uint8Array): GrayFrame[] {
    const frames: GrayFrame[] = [];
    for (let read = 0; read < chunk.byteLength;) {
      const piece = chunk.subarray(read, read + this.#pixels.byteLength - this.#filled);
      this.#pixels.set(piece, this.#filled);
      this.#filled += piece.byteLength;
      read += piece.byteLength;
      if (this.#filled === this.#pixels.byteLength) frames.push(this.#finish());
    }
    return frames;
  }

  #finish(): GrayFrame {
    const frame = { at: millis(this.#frames * 1000 / ANALYSED_FPS), ...this.#size, pixels: this.#pixels };
    this.#frames++;
    this.#filled = 0;
    this.#pixels = new Uint8Array(frame.pixels.byteLength);
    return frame;
  }
}
