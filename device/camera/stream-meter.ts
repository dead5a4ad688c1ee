/** Measures a stream while it is recorded: how much it is, how many pictures, and how far keyframes are apart. Pure. */
import type { Fragment } from '../contract/mp4-fragment.ts';
import type { StreamFacts } from '../contract/topics.ts';
import type { Size } from '../core/geometry.ts';
import { seconds } from '../core/units.ts';
import { isCopied } from './stream/stream-arguments.ts';

const WINDOW = seconds(10);
/** Before that a stream says little: it begins with pictures that waited for the connection. */
const LEAST = seconds(2);

type Measured = Pick<Fragment, 'duration' | 'samples'> & { readonly bytes: number };

export class StreamMeter {
  readonly #codec: string;
  readonly #window: Measured[] = [];
  #sinceKey: number | undefined;
  #gop: number | null = null;

  /** @param codec - As the camera sends it. */
  constructor(codec: string) { this.#codec = codec; }

  add({ duration, samples, data, key }: Pick<Fragment, 'duration' | 'samples' | 'data' | 'key'>): void {
    if (key) {
      this.#gop = this.#sinceKey ?? this.#gop;
      this.#sinceKey = 0;
    }
    if (this.#sinceKey !== undefined) this.#sinceKey += samples;
    this.#window.push({ duration, samples, bytes: data.byteLength });
    while (this.#measured() - (this.#window[0]?.duration ?? 0) >= WINDOW) this.#window.shift();
  }

  get facts(): StreamFacts {
    const measured = this.#measured();
    if (measured < LEAST) return { codec: this.#codec, bitrate: null, frameRate: null, gop: this.#gop };
    const [bytes, samples] = [sum(this.#window, 'bytes'), sum(this.#window, 'samples')];
    return {
      codec: this.#codec, bitrate: rounded(bytes * 8000 / measured),
      frameRate: Math.round(samples * 10_000 / measured) / 10, gop: this.#gop,
    };
  }

  #measured(): number { return sum(this.#window, 'duration'); }
}

const sum = (window: readonly Measured[], of: keyof Measured): number =>
  window.reduce((total, one) => total + one[of], 0);

/** More than two digits would be news all the time. */
const rounded = (bits: number): number => Number(bits.toPrecision(2));

/**
 * `h264 1280x720, 25 pictures a second, a keyframe every 50, 1.8 Mbit/s`. Of what is encoded here, such as MJPEG, the
 * figures are those of the recording: `mjpeg, recorded as h264 1280x720, ...`.
 */
export function describeStream({ codec, bitrate, frameRate, gop }: StreamFacts, { width, height }: Size): string {
  return [
    `${isCopied(codec) ? codec : `${WORDS[codec] ?? codec}, recorded as h264`} ${width}x${height}`,
    ...(frameRate === null ? [] : [`${frameRate} pictures a second`]),
    ...(gop === null ? [] : [`a keyframe every ${gop}`]),
    ...(bitrate === null
    ? []
    : [bitrate < 1_000_000
    ? `${Math.round(bitrate / 1000)} kbit/s`
    : `${Number((bitrate / 1_000_000).toPrecision(2))} Mbit/s`]),
  ].join(', ');
}

const WORDS: Readonly<Record<string, string>> = { rawvideo: 'plain pictures' };
