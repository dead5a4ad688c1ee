/** ffmpeg outputs of raw pictures, and how they are read: pixels on one descriptor, the time of each on another. */
import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { BugError } from '../../core/errors.ts';
import { giveBack } from '../../core/give-back.ts';
import type { Size } from '../../core/geometry.ts';

export interface PictureDescriptors {
  readonly pixels: number;
  readonly times: number;
}

export interface SampledPictures {
  /** At most so many. */
  readonly framesPerSecond: number;
  readonly size: Size;
  /** Flags of ffmpeg's scaler, and options behind them. */
  readonly scaling: 'area' | `fast_bilinear:${string}`;
  readonly format: 'gray' | 'yuv420p';
  /** What their times count: microseconds from the stream's first picture, or the ticks of the input as they are. */
  readonly times: 'from-first' | 'as-given';
  /** Filters for a picture that was chosen: they put it upright, or fetch it from hardware. */
  readonly upright?: string | undefined;
}

/** Ticks a second of times `from-first`. */
export const MICROSECONDS = 1_000_000;

/** The ffmpeg output that writes some of the pictures of the first video stream, each once. */
export const sampledOutput = (
  { framesPerSecond, size, scaling, format, times: origin, upright }: SampledPictures,
  { pixels, times }: PictureDescriptors,
): readonly string[] => [
  '-map', '0:V:0', '-an',
  '-vf', [
    ...(origin === 'from-first' ? [`setpts=PTS-STARTPTS`, `settb=1/${MICROSECONDS}`] : []),
    firstOfSlot(framesPerSecond), ...(upright === undefined ? [] : [upright]),
    `scale=${size.width}:${size.height}:flags=${scaling}`, `format=${format}`,
    // Only a picture that has some metadata is printed: ours. Of what the stream says of it, nothing is.
    'metadata=mode=delete:key=t', 'metadata=mode=add:key=t:value=1',
    String.raw`metadata=mode=print:key=t:direct=1:file=pipe\\:${times}`,
  ].join(','),
  // An encoder with threads holds pictures back, even where there is nothing to encode.
  '-fps_mode', 'passthrough', '-threads', '1', '-f', 'rawvideo', '-flush_packets', '1', `pipe:${pixels}`,
];

/**
 * Time is cut into slots; of each the first picture is taken. So it does not depend on what was decoded before which
 * pictures are seen, and pauses are not filled. A camera whose pictures fall on the borders of slots and tremble there
 * still shows all of them.
 */
const firstOfSlot = (perSecond: number): string =>
  `select='isnan(prev_selected_t)+gt(floor(t*${perSecond}+.01),floor(prev_selected_t*${perSecond}+.01))+gte((t-prev_selected_t)*${perSecond},.99)'`;

/** A raw picture, and its time in the ticks of the output. */
export interface RawPicture {
  readonly ticks: number;
  readonly pixels: Uint8Array;
}

/** Joins pixels and times. Holds at most one unfinished picture and what the two descriptors are apart. */
export class PictureReader {
  readonly #bytes: number;
  readonly #times: number[] = [];
  readonly #pictures: Uint8Array[] = [];
  #line = '';
  #pixels: Uint8Array;
  #filled = 0;

  /** @param bytes - Of one picture. */
  constructor(bytes: number) {
    this.#bytes = bytes;
    this.#pixels = new Uint8Array(bytes);
  }

  /** The pictures that `chunk` of the pixels completes; each is the caller's, `chunk` is not any more. */
  pixels(chunk: Uint8Array): RawPicture[] {
    const isPicture = this.#filled === 0 && chunk.byteLength === this.#bytes && chunk.buffer.byteLength === this.#bytes;
    if (isPicture) this.#pictures.push(new Uint8Array(chunk.buffer)); // as most come: there is nothing to copy
    else this.#copy(chunk);
    return this.#join();
  }

  #copy(chunk: Uint8Array): void {
    for (let read = 0; read < chunk.byteLength;) {
      const piece = chunk.subarray(read, read + this.#bytes - this.#filled);
      this.#pixels.set(piece, this.#filled);
      this.#filled += piece.byteLength;
      read += piece.byteLength;
      if (this.#filled < this.#bytes) continue;
      this.#pictures.push(this.#pixels);
      this.#pixels = new Uint8Array(this.#bytes);
      this.#filled = 0;
    }
    giveBack(chunk); // 1.5 MB a second
  }

  /** The pictures that `chunk` of the times completes. */
  times(chunk: Uint8Array): RawPicture[] {
    const lines = (this.#line + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1')).split(
      '\n',
    );
    this.#line = lines.pop() ?? '';
    for (const line of lines) {
      const at = line.indexOf(' pts:');
      if (at >= 0) this.#times.push(Number.parseInt(line.slice(at + 5), 10));
    }
    return this.#join();
  }

  #join(): RawPicture[] {
    const joined: RawPicture[] = [];
    while (this.#times.length > 0 && this.#pictures.length > 0) {
      const [ticks, pixels] = [this.#times.shift(), this.#pictures.shift()];
      if (ticks !== undefined && pixels !== undefined) joined.push({ ticks, pixels });
    }
    return joined;
  }
}

/**
 * Reads the pictures, of `bytes` each, that `child` writes; `take` must not throw. Returns the stream of their pixels,
 * which nobody else may read.
 */
export function readPictures(child: ChildProcess, { pixels, times }: PictureDescriptors, bytes: number, take: (
  picture: RawPicture,
) => void): Readable {
  const reader = new PictureReader(bytes);
  readable(child, times).on('data', (chunk: Uint8Array) => reader.times(chunk).forEach(take));
  return readable(child, pixels).on('data', (chunk: Uint8Array) => reader.pixels(chunk).forEach(take));
}

export function readable(child: ChildProcess, fd: number): Readable {
  const stream = child.stdio[fd];
  if (stream !== null && stream !== undefined && 'read' in stream) return stream;
  throw new BugError('camera.pipe', `descriptor ${fd} is no pipe`);
}
