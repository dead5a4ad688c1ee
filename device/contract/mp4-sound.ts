/**
 * A track of sound beside the video: put into a head and into fragments that had none, and cut off where a clip begins.
 */
import { AAC_CODEC, AAC_FRAME, elementaryStream, type AacFormat } from './aac.ts';
import { ascii } from './ascii.ts';
import { boxesIn, concat, viewOf } from './mp4-boxes.ts';
import type { InitSegment, SoundHead, TrackHead } from './mp4-init.ts';
import { moveDataOffsets, readTraf, trafOf } from './mp4-runs.ts';

export interface SoundSample {
  /** Ticks; a frame of AAC is 1024 of them where nothing is to be skipped after it. */
  readonly duration: number;
  readonly data: Uint8Array;
}

/** What sounds during a fragment, without a gap in it. */
export interface SoundRun {
  /** Decode time of the first sample, in ticks of the sound track. */
  readonly startTicks: number;
  readonly samples: readonly SoundSample[];
}

/**
 * `init`, which has no sound, with a second track of AAC. Its timescale is the sample rate.
 * @throws {Mp4Error} When `init` is no whole head.
 */
export function addSoundTrack(init: InitSegment, format: AacFormat): InitSegment {
  const trackId = init.video.trackId + 1;
  const sound: SoundHead = {
    trackId, timescale: format.sampleRate, defaultDuration: AAC_FRAME,
    defaultBytes: 0, defaultFlags: EVERY_FRAME_STANDS_ALONE, codec: AAC_CODEC,
  };
  const data = concat([...boxesIn(init.data)].map((top) =>
    (top.type === 'moov' ? moovWith(top.data, sound, format) : top.data)));
  return { ...init, data, sound };
}

/** The bytes of a fragment without sound, with that of `run`: its data follow those of the video. */
export function addSound(fragment: Uint8Array, { trackId }: TrackHead, { startTicks, samples }: SoundRun): Uint8Array {
  const moofBytes = viewOf(fragment).getUint32(0);
  const moof = fragment.slice(0, moofBytes);
  const added = soundTraf({
    trackId, startTicks, samples: samples.map(({ duration, data }) => ({ duration, bytes: data.byteLength })),
    dataOffset: 0,
  });
  moveDataOffsets(added, fragment.byteLength + added.byteLength);
  for (const { type, data } of boxesIn(moof, 8)) if (type === 'traf') moveDataOffsets(data, added.byteLength);
  const whole = concat([moof, added, fragment.subarray(moofBytes), ...samples.map(({ data }) => data)]);
  const view = viewOf(whole);
  view.setUint32(0, moofBytes + added.byteLength);
  view.setUint32(moofBytes + added.byteLength, whole.byteLength - moofBytes - added.byteLength);
  return whole;
}

/**
 * A copy of a fragment's bytes without the sound that begins before `ticks`; what was
 * sounded stays in its data, unused.
 */
export function soundFrom(fragment: Uint8Array, sound: TrackHead, ticks: number): Uint8Array {
  const moofBytes = viewOf(fragment).getUint32(0);
  const moof = fragment.slice(0, moofBytes);
  const traf = trafOf(moof, sound.trackId);
  const { startTicks, runs: [run] } = traf === undefined ? { startTicks: 0, runs: [] } : readTraf(traf, sound);
  if (traf === undefined || run?.dataOffset === undefined || startTicks >= ticks) return fragment.slice();
  let [start, dataOffset, skipped] = [startTicks, run.dataOffset, 0];
  for (const { duration, bytes } of run.samples) {
    if (start >= ticks) break;
    [start, dataOffset, skipped] = [start + duration, dataOffset + bytes, skipped + 1];
  }
  const samples = run.samples.slice(skipped);
  const kept = samples.length === 0 ? new Uint8Array()
    : soundTraf({ trackId: sound.trackId, startTicks: start, samples, dataOffset });
  const less = kept.byteLength - traf.byteLength;
  const boxes = [...boxesIn(moof, 8)].map(({ data }) => (data.byteOffset === traf.byteOffset ? kept : data));
  const whole = concat([moof.subarray(0, 8), ...boxes, fragment.subarray(moofBytes)]);
  viewOf(whole).setUint32(0, moofBytes + less);
  for (const { type, data } of boxesIn(whole.subarray(0, moofBytes + less), 8))
    if (type === 'traf') moveDataOffsets(data, less);
  return whole;
}

/** Depends on no other, and is no difference to one (ISO/IEC 14496-12, 8.8.3.1). */
const EVERY_FRAME_STANDS_ALONE = 0x0200_0000;

interface TrafPlan {
  readonly trackId: number;
  readonly startTicks: number;
  readonly samples: readonly { readonly duration: number; readonly bytes: number }[];
  readonly dataOffset: number;
}

/** Offsets count from `moof`; each sample with its own duration and size. */
const soundTraf = ({ trackId, startTicks, samples, dataOffset }: TrafPlan): Uint8Array => box('traf',
  box('tfhd', words(0x02_0000, trackId)),
  box('tfdt', words(0x0100_0000, Math.floor(startTicks / 2 ** 32), startTicks % 2 ** 32)),
  box(
    'trun', words(0x301, samples.length, dataOffset, ...samples.flatMap(({ duration, bytes }) => [duration, bytes])),
  ));

/** The new track stands before `mvex`, and what holds for its fragments in there. */
function moovWith(moov: Uint8Array, sound: SoundHead, format: AacFormat): Uint8Array {
  const parts = [...boxesIn(moov, 8)].flatMap(({ type, data }) => {
    if (type === 'mvhd') return [nextTrack(data, sound.trackId + 1)];
    if (type !== 'mvex') return [data];
    const { trackId, defaultDuration, defaultBytes, defaultFlags } = sound;
    return [
      soundTrack(sound, format),
      box('mvex', data.subarray(8), box('trex', words(0, trackId, 1, defaultDuration, defaultBytes, defaultFlags))),
    ];
  });
  return box('moov', ...parts);
}

/** `next_track_ID` is the last field of `mvhd` (8.2.2). */
function nextTrack(mvhd: Uint8Array, id: number): Uint8Array {
  const copy = mvhd.slice();
  viewOf(copy).setUint32(copy.byteLength - 4, id);
  return copy;
}

const UNITY = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];
const UNDETERMINED_LANGUAGE = 0x55c4_0000;

/** ISO/IEC 14496-12, 8.3 to 8.5: a track that is enabled, of volume 1, with everything in fragments. */
const soundTrack = ({ trackId, timescale }: SoundHead, format: AacFormat): Uint8Array => box('trak',
  box('tkhd', words(3, 0, 0, trackId, 0, 0, 0, 0, 1, 0x0100_0000, ...UNITY, 0, 0)),
  box('mdia',
    box('mdhd', words(0, 0, 0, timescale, 0, UNDETERMINED_LANGUAGE)),
    box('hdlr', words(0, 0), ascii('soun'), words(0, 0, 0), ascii('sound\0')),
    box('minf',
      box('smhd', words(0, 0)),
      box('dinf', box('dref', words(0, 1), box('url ', words(1)))),
      box('stbl',
        box('stsd', words(0, 1), sampleEntry(format)),
        box('stts', words(0, 0)), box('stsc', words(0, 0)), box('stsz', words(0, 0, 0)), box('stco', words(0, 0))))));

/** `mp4a` (8.5.2): channels, 16 bits, and the rate as 16.16, which holds none above 65535. */
const sampleEntry = (format: AacFormat): Uint8Array => box('mp4a',
  words(0, 1, 0, 0, format.channels * 0x1_0000 + 16, 0, Math.min(format.sampleRate, 0xffff) * 0x1_0000),
  box('esds', elementaryStream(format)));

function box(type: string, ...content: readonly Uint8Array[]): Uint8Array {
  const whole = concat([new Uint8Array(4), ascii(type), ...content]);
  viewOf(whole).setUint32(0, whole.byteLength);
  return whole;
}

function words(...values: readonly number[]): Uint8Array {
  const data = new Uint8Array(values.length * 4);
  values.forEach((value, index) => viewOf(data).setUint32(index * 4, value));
  return data;
}
