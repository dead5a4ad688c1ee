/** Reads ffmpeg's output of sound alone: fragmented MP4 with one track. */
import { BoxSplitter, concat, findPath, Mp4Error, viewOf, type Mp4Box } from '../../contract/mp4-boxes.ts';
import { samplesOf } from '../../contract/mp4-samples.ts';

export interface HeardFrame {
  /** In seconds of the input's time. */
  readonly at: number;
  readonly data: Uint8Array;
}

export class SoundReader {
  readonly #splitter = new BoxSplitter();
  readonly #sampleRate: number;
  #timescale: number | undefined;
  #moof: Mp4Box | undefined;

  /** @param sampleRate - As it is recorded: of anything else the pitch would be wrong. */
  constructor(sampleRate: number) { this.#sampleRate = sampleRate; }

  /** The frames that `chunk` completes. @throws {Mp4Error} When it is no such stream, or of another sample rate. */
  push(chunk: Uint8Array): HeardFrame[] {
    try {
      return this.#splitter.push(chunk).flatMap((box) => this.#take(box));
    } catch (cause) {
      if (cause instanceof RangeError) throw new Mp4Error(0, 'a box is shorter than its fields');
      throw cause;
    }
  }

  #take(box: Mp4Box): HeardFrame[] {
    if (box.type === 'moov') this.#timescale = timescaleOf(box.data);
    if (this.#timescale !== undefined && this.#timescale !== this.#sampleRate) {
      throw new Mp4Error(0, `the sound has ${this.#timescale} samples a second, ${this.#sampleRate} were announced`);
    }
    if (box.type === 'moof') this.#moof = box;
    if (box.type !== 'mdat' || this.#moof === undefined || this.#timescale === undefined) return [];
    const timescale = this.#timescale;
    const track = { trackId: 1, timescale, defaultDuration: 0, defaultBytes: 0, defaultFlags: 0 };
    return samplesOf(concat([this.#moof.data, box.data]), track)
      .map(({ ticks, data }) => ({ at: ticks / timescale, data }));
  }
}

function timescaleOf(moov: Uint8Array): number {
  const mdhd = findPath(moov, 'trak', 'mdia', 'mdhd');
  const timescale = mdhd && viewOf(mdhd).getUint32(mdhd[8] === 1 ? 28 : 20);
  if (timescale === undefined || timescale === 0) throw new Mp4Error(0, 'the track of sound has no timescale');
  return timescale;
}
