/** Track fragments (ISO/IEC 14496-12, 8.8.7, 8.8.8, 8.8.12): which samples a fragment holds of one track, and where. */
import { boxesIn, findBox, Mp4Error, neededBox, viewOf } from './mp4-boxes.ts';
import type { TrackHead } from './mp4-init.ts';

export interface SampleFacts {
  /** Ticks. */
  readonly duration: number;
  readonly bytes: number;
  readonly flags: number;
  /** Of its time of showing against that of decoding, in ticks. */
  readonly offset: number;
}

export interface Run {
  /**
   * Where its data begin, from the start of `moof`; undefined where they follow those of the run
   * before, or the place in a file is told.
   */
  readonly dataOffset: number | undefined;
  readonly samples: readonly SampleFacts[];
}

export interface TrackRuns {
  /** Decode time of the first sample. */
  readonly startTicks: number;
  readonly runs: readonly Run[];
}

/** `sample_is_non_sync_sample` of the sample flags (8.8.3.1). */
export const NON_SYNC = 0x0001_0000;
/** A run whose samples are all alike takes no room for them: more than this is a lie. */
const MOST_ALIKE = 65_536;

/** The `traf` of one track; undefined when the fragment has none of it. */
export function trafOf(moof: Uint8Array, trackId: number): Uint8Array | undefined {
  for (const { type, data } of boxesIn(moof, 8)) if (type === 'traf' && trackOfTraf(data) === trackId) return data;
  return undefined;
}

export function trackOfTraf(traf: Uint8Array): number | undefined {
  const tfhd = findBox(traf, 'tfhd', 8);
  return tfhd && viewOf(tfhd).getUint32(12);
}

/** @throws {Mp4Error} When `traf` claims more samples than it holds, or lacks a box. */
export function readTraf(traf: Uint8Array, track: TrackHead): TrackRuns {
  const defaults = readTfhd(neededBox(findBox(traf, 'tfhd', 8), 'tfhd'), track);
  const runs = [...boxesIn(traf, 8)].filter(({ type }) => type === 'trun').map(({ data }) => readTrun(data, defaults));
  return { startTicks: decodeTime(neededBox(findBox(traf, 'tfdt', 8), 'tfdt')), runs };
}

/** Moves the decode time of `traf` back by `ticks`, in place; never below 0. */
export function moveDecodeTime(traf: Uint8Array, ticks: number): void {
  const tfdt = neededBox(findBox(traf, 'tfdt', 8), 'tfdt');
  const view = viewOf(tfdt);
  const moved = Math.max(0, decodeTime(tfdt) - ticks);
  if (tfdt[8] === 1) view.setBigUint64(12, BigInt(moved));
  else view.setUint32(12, moved);
}

/** Says in `traf`, in place, that what its data offsets count from grew by `bytes`. */
export function moveDataOffsets(traf: Uint8Array, bytes: number): void {
  for (const { type, data } of boxesIn(traf, 8)) {
    if (type !== 'trun') continue;
    const view = viewOf(data);
    if ((view.getUint32(8) & 0x1) !== 0) view.setInt32(16, view.getInt32(16) + bytes);
  }
}

interface Defaults extends Pick<SampleFacts, 'duration' | 'bytes' | 'flags'> {
  /** Offsets count from some place of the file. */
  readonly countsFromFile: boolean;
}

function readTfhd(tfhd: Uint8Array, track: TrackHead): Defaults {
  const view = viewOf(tfhd);
  const present = view.getUint32(8) & 0xff_ffff;
  let at = 16 + ((present & 0x1) === 0 ? 0 : 8) + ((present & 0x2) === 0 ? 0 : 4);
  const field = (flag: number, otherwise: number): number => {
    if ((present & flag) === 0) return otherwise;
    at += 4;
    return view.getUint32(at - 4);
  };
  return {
    duration: field(0x8, track.defaultDuration), bytes: field(0x10, track.defaultBytes),
    flags: field(0x20, track.defaultFlags), countsFromFile: (present & 0x1) !== 0,
  };
}

function readTrun(trun: Uint8Array, defaults: Defaults): Run {
  const view = viewOf(trun);
  const present = view.getUint32(8) & 0xff_ffff;
  const count = view.getUint32(12);
  const has = (flag: number): boolean => (present & flag) !== 0;
  let at = 16;
  const field = (): number => { at += 4; return view.getUint32(at - 4); };
  const told = has(0x1) ? field() | 0 : undefined;
  const firstFlags = has(0x4) ? field() : undefined;
  const stride = [0x100, 0x200, 0x400, 0x800].filter(has).length * 4;
  if (stride === 0 ? count > MOST_ALIKE : at + stride * count > trun.byteLength) {
    throw new Mp4Error(0, `a run claims ${count} samples, more than it holds`);
  }
  const samples = Array.from({ length: count }, (_, index): SampleFacts => {
    const duration = has(0x100) ? field() : defaults.duration;
    const bytes = has(0x200) ? field() : defaults.bytes;
    const flags = has(0x400) ? field() : defaults.flags;
    // Version 1 has signed offsets; before it, encoders wrote them all the same.
    const offset = has(0x800) ? field() | 0 : 0;
    return { duration, bytes, flags: index === 0 ? firstFlags ?? flags : flags, offset };
  });
  return { dataOffset: defaults.countsFromFile ? undefined : told, samples };
}

/** Signed: a stream that was not shifted may begin before its 0. */
function decodeTime(tfdt: Uint8Array): number {
  const view = viewOf(tfdt);
  return tfdt[8] === 1 ? Number(view.getBigInt64(12)) : view.getUint32(12);
}
