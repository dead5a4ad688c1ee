/** AAC-LC, the sound of our recordings: what a player must know of it, and what silence looks like. ISO/IEC 14496-3. */

export interface AacFormat {
  /** Samples a second. */
  readonly sampleRate: number;
  readonly channels: 1 | 2;
}

/** Samples of each channel in a frame. */
export const AAC_FRAME = 1024;
/** RFC 6381. */
export const AAC_CODEC = 'mp4a.40.2';

const LOW_COMPLEXITY = 2;
/** Table 1.16; the place in it is the index. */
const RATES = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350];
/** The rate itself follows. */
const OWN_RATE = 15;

/** AudioSpecificConfig (1.6.2.1): object type, rate, channels. */
export function audioSpecificConfig({ sampleRate, channels }: AacFormat): Uint8Array {
  const index = RATES.indexOf(sampleRate);
  const known = index !== -1;
  const rate = known ? index : OWN_RATE * 2 ** 24 + sampleRate;
  const bits = BigInt(((LOW_COMPLEXITY * 2 ** (known ? 4 : 28)) + rate) * 16 + channels) << 3n;
  return Uint8Array.from({ length: known ? 2 : 5 }, (_, at) =>
    Number(bits >> BigInt(8 * ((known ? 1 : 4) - at)) & 0xffn));
}

/**
 * A frame of silence (4.4.2): no band is coded. One channel is a single channel element, two are a pair with a common
 * window.
 */
export const silentFrame = (channels: AacFormat['channels']): Uint8Array =>
  Uint8Array.from(channels === 1 ? [0, 0, 0, 0x07] : [0x21, 0, 0, 0, 0, 0x1c]);

const [ES_DESCRIPTOR, DECODER_CONFIG, DECODER_INFO] = [3, 4, 5];

/** The `esds` box (ISO/IEC 14496-14, 5.6) without its header: descriptors, one in the other. */
export function elementaryStream(format: AacFormat): Uint8Array {
  // 0x40 is MPEG-4 audio, 0x15 a stream of sound; buffer and bit rates are not told.
  const decoder = descriptor(DECODER_CONFIG, [
    0x40, 0x15, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...descriptor(DECODER_INFO, [...audioSpecificConfig(format)]),
  ]);
  return Uint8Array.from([0, 0, 0, 0, ...descriptor(ES_DESCRIPTOR, [0, 0, 0, ...decoder, ...descriptor(6, [2])])]);
}

const descriptor = (tag: number, content: readonly number[]): number[] => [tag, content.length, ...content];

/** The codec of a sound track from its whole `esds` box; AAC-LC, as nearly all is, where the box does not tell. */
export function aacCodec(esds: Uint8Array | undefined): string {
  const stream = esds && inside(esds.subarray(12), ES_DESCRIPTOR);
  const decoder = stream && inside(stream.subarray(3), DECODER_CONFIG);
  const [first] = decoder && inside(decoder.subarray(13), DECODER_INFO) || [];
  return first === undefined ? AAC_CODEC : `mp4a.40.${first >> 3}`;
}

/** What is in the descriptor that `data` begins with; its length has seven bits a byte. */
function inside(data: Uint8Array, tag: number): Uint8Array | undefined {
  if (data[0] !== tag) return undefined;
  let [at, length] = [1, 0];
  for (let more = true; more && at <= 4; at++) {
    const byte = data[at] ?? 0;
    length = length * 128 + (byte & 0x7f);
    more = (byte & 0x80) !== 0;
  }
  return data.subarray(at, at + length);
}
