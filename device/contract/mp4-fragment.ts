/** One fragment (`moof` + `mdat`): the unit in which Tyto keeps, records, streams and proves video. */
import { millis, type Millis } from '../core/units.ts';
import { boxesIn, BoxSplitter, concat, findBox, Mp4Error, viewOf, type Mp4Box } from './mp4-boxes.ts';
import { readInit, type InitSegment, type TrackHead } from './mp4-init.ts';

export interface Fragment {
  /** `moof` and `mdat`. */
  readonly data: Uint8Array;
  /** Decode time of its first video sample, in ticks of the track's timescale. */
  readonly startTicks: number;
  readonly start: Millis;
  readonly duration: Millis;
  /** True when its first video sample is a keyframe: decoding may begin here. */
  readonly key: boolean;
  /** Video samples. */
  readonly samples: number;
}

export type Mp4Part =
  | { readonly type: 'init'; readonly init: InitSegment }
  | { readonly type: 'fragment'; readonly fragment: Fragment };

/** Reads a fragmented MP4 byte stream: an init segment first, then fragments; a new init segment may follow at any time. */
export class FragmentReader {
  readonly #splitter = new BoxSplitter();
  #ftyp: Mp4Box | undefined;
  #init: InitSegment | undefined;
  #moof: Mp4Box | undefined;

  /** What `chunk` completes. @throws {Mp4Error} When the stream is no fragmented MP4 with H.264 or H.265. */
  push(chunk: Uint8Array): Mp4Part[] {
    try {
      return this.#splitter.push(chunk).flatMap((box) => this.#take(box) ?? []);
    } catch (cause) {
      if (cause instanceof RangeError) throw new Mp4Error(0, 'a box is shorter than its fields');
      throw cause;
    }
  }

  /** Bytes that are not yet part of a whole init segment or fragment. */
  get pending(): number {
    return this.#splitter.pending + (this.#moof?.data.byteLength ?? 0) + (this.#ftyp?.data.byteLength ?? 0);
  }

  #take(box: Mp4Box): Mp4Part | undefined {
    if (box.type === 'ftyp') { this.#ftyp = box; return undefined; }
    if (box.type === 'moov') {
      if (this.#ftyp === undefined) throw new Mp4Error(0, 'moov stands before ftyp');
      this.#init = readInit(this.#ftyp, box);
      this.#ftyp = undefined;
      return { type: 'init', init: this.#init };
    }
    if (box.type === 'moof') { this.#moof = box; return undefined; }
    if (box.type !== 'mdat') return undefined;
    if (this.#init === undefined) throw new Mp4Error(0, 'media data stands before moov: the file is not fragmented MP4');
    if (this.#moof === undefined) throw new Mp4Error(0, 'mdat stands without its moof');
    const fragment = readFragment(this.#moof, box, this.#init.video);
    this.#moof = undefined;
    return { type: 'fragment', fragment };
  }
}

/** @throws {Mp4Error} When `moof` has no video run. */
export function readFragment(moof: Mp4Box, mdat: Mp4Box, track: TrackHead): Fragment {
  const traf = videoTraf(moof.data, track.trackId);
  const header = readTfhd(need(findBox(traf, 'tfhd', 8), 'tfhd'), track);
  const runs = [...boxesIn(traf, 8)].filter(({ type }) => type === 'trun').map(({ data }) => readTrun(data, header));
  const [first] = runs;
  if (first === undefined) throw new Mp4Error(0, 'a fragment has no video samples');
  const startTicks = readDecodeTime(traf);
  const ticks = runs.reduce((sum, run) => sum + run.ticks, 0);
  return {
    data: concat([moof.data, mdat.data]),
    startTicks,
    start: millis(startTicks * 1000 / track.timescale),
    duration: millis(ticks * 1000 / track.timescale),
    key: (first.firstFlags & NON_SYNC) === 0,
    samples: runs.reduce((sum, run) => sum + run.samples, 0),
  };
}

/**
 * A copy of the fragment's bytes as if its stream had begun `baseTicks` later, with `sequence` (from 1) as its number:
 * what makes a clip cut from a running stream start at 0.
 */
export function rebaseFragment(fragment: Fragment, baseTicks: number, sequence: number): Uint8Array {
  const data = fragment.data.slice();
  const moofSize = viewOf(data).getUint32(0);
  const moof = data.subarray(0, moofSize);
  const view = viewOf(moof);
  for (const box of boxesIn(moof, 8)) {
    if (box.type === 'mfhd') view.setUint32(box.offset + 12, sequence);
    if (box.type !== 'traf') continue;
    for (const inner of boxesIn(box.data, 8)) {
      if (inner.type === 'tfdt') shiftDecodeTime(inner.data, baseTicks);
    }
  }
  return data;
}

interface TfhdDefaults { readonly duration: number; readonly flags: number }
interface TrunFacts { readonly samples: number; readonly ticks: number; readonly firstFlags: number }

/** `sample_is_non_sync_sample` of the sample flags (ISO/IEC 14496-12, 8.8.3.1). */
const NON_SYNC = 0x0001_0000;

function videoTraf(moof: Uint8Array, trackId: number): Uint8Array {
  for (const box of boxesIn(moof, 8)) {
    if (box.type !== 'traf') continue;
    const tfhd = findBox(box.data, 'tfhd', 8);
    if (tfhd !== undefined && viewOf(tfhd).getUint32(12) === trackId) return box.data;
  }
  throw new Mp4Error(0, 'a fragment has no video track');
}

function readTfhd(tfhd: Uint8Array, track: TrackHead): TfhdDefaults {
  const view = viewOf(tfhd);
  const present = view.getUint32(8) & 0xff_ffff;
  let at = 16 + ((present & 0x1) === 0 ? 0 : 8) + ((present & 0x2) === 0 ? 0 : 4);
  const duration = (present & 0x8) === 0 ? track.defaultDuration : view.getUint32(at);
  at += (present & 0x8) === 0 ? 0 : 4;
  at += (present & 0x10) === 0 ? 0 : 4;
  return { duration, flags: (present & 0x20) === 0 ? track.defaultFlags : view.getUint32(at) };
}

function readTrun(trun: Uint8Array, defaults: TfhdDefaults): TrunFacts {
  const view = viewOf(trun);
  const present = view.getUint32(8) & 0xff_ffff;
  const samples = view.getUint32(12);
  const has = (flag: number): boolean => (present & flag) !== 0;
  let at = 16 + (has(0x1) ? 4 : 0);
  const firstFlags = has(0x4) ? view.getUint32(at) : undefined;
  at += has(0x4) ? 4 : 0;
  const stride = [0x100, 0x200, 0x400, 0x800].filter(has).length * 4;
  if (at + stride * samples > trun.byteLength) throw new Mp4Error(0, `a run claims ${samples} samples, more than it holds`);
  let ticks = has(0x100) ? 0 : defaults.duration * samples;
  if (has(0x100)) for (let i = 0; i < samples; i++) ticks += view.getUint32(at + i * stride);
  const ownFlags = has(0x400) && samples > 0 ? view.getUint32(at + (has(0x100) ? 4 : 0) + (has(0x200) ? 4 : 0)) : undefined;
  return { samples, ticks, firstFlags: firstFlags ?? ownFlags ?? defaults.flags };
}

function readDecodeTime(traf: Uint8Array): number {
  const tfdt = need(findBox(traf, 'tfdt', 8), 'tfdt');
  const view = viewOf(tfdt);
  return tfdt[8] === 1 ? Number(view.getBigUint64(12)) : view.getUint32(12);
}

function shiftDecodeTime(tfdt: Uint8Array, baseTicks: number): void {
  const view = viewOf(tfdt);
  if (tfdt[8] === 1) view.setBigUint64(12, BigInt(Math.max(0, Number(view.getBigUint64(12)) - baseTicks)));
  else view.setUint32(12, Math.max(0, view.getUint32(12) - baseTicks));
}

function need(box: Uint8Array | undefined, name: string): Uint8Array {
  if (box === undefined) throw new Mp4Error(0, `box "${name}" is missing`);
  return box;
}
