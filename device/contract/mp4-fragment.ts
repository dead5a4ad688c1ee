/**
 * One fragment (`moof` + `mdat`): the unit in which Tyto keeps, records, streams and proves video,
 * with the sound that belongs to it.
 */
import { giveBack } from '../core/give-back.ts';
import { millis, type Millis } from '../core/units.ts';
import { boxesIn, BoxSplitter, concat, Mp4Error, viewOf, type Mp4Box } from './mp4-boxes.ts';
import { readInit, type InitSegment, type Tracks } from './mp4-init.ts';
import { moveDecodeTime, NON_SYNC, readTraf, trackOfTraf, trafOf } from './mp4-runs.ts';
import { soundFrom } from './mp4-sound.ts';

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
  /** Of the stream that it is of. */
  readonly tracks: Tracks;
}

export type Mp4Part =
  | { readonly type: 'init'; readonly init: InitSegment }
  | { readonly type: 'fragment'; readonly fragment: Fragment };

/**
 * Reads a fragmented MP4 byte stream: an init segment first, then fragments; a new init segment may follow at any time.
 */
export class FragmentReader {
  readonly #splitter: BoxSplitter;
  #ftyp: Mp4Box | undefined;
  #init: InitSegment | undefined;
  #moof: Mp4Box | undefined;

  /** @param chunks - As of `BoxSplitter`. */
  constructor(chunks: { readonly ownsChunks?: boolean } = {}) { this.#splitter = new BoxSplitter(chunks); }

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
    if (this.#init === undefined)
      throw new Mp4Error(0, 'media data stands before moov: the file is not fragmented MP4');
    if (this.#moof === undefined) throw new Mp4Error(0, 'mdat stands without its moof');
    const fragment = readFragment(this.#moof, box, this.#init);
    this.#moof = undefined;
    giveBack(box.data); // the fragment has a copy
    return { type: 'fragment', fragment };
  }
}

/** @throws {Mp4Error} When `moof` has no video run. */
export function readFragment(moof: Mp4Box, mdat: Mp4Box, tracks: Tracks): Fragment {
  const { video } = tracks;
  const traf = trafOf(moof.data, video.trackId);
  if (traf === undefined) throw new Mp4Error(0, 'a fragment has no video track');
  const { startTicks, runs } = readTraf(traf, video);
  const samples = runs.flatMap((run) => run.samples);
  const [first] = samples;
  if (first === undefined) throw new Mp4Error(0, 'a fragment has no video samples');
  const ticks = samples.reduce((sum, { duration }) => sum + duration, 0);
  return {
    data: concat([moof.data, mdat.data]),
    startTicks,
    start: millis(startTicks * 1000 / video.timescale),
    duration: millis(ticks * 1000 / video.timescale),
    key: (first.flags & NON_SYNC) === 0,
    samples: samples.length,
    tracks,
  };
}

/**
 * A copy of the fragment's bytes as if its stream had begun `baseTicks` of the video later, with `sequence` (from 1) as
 * its number: what makes a clip cut from a running stream start at 0. Sound from before that is left out.
 */
export function rebaseFragment(
  { data, tracks: { video, sound } }: Fragment, baseTicks: number, sequence: number,
): Uint8Array {
  const soundBase = sound === undefined ? 0 : Math.round(baseTicks * sound.timescale / video.timescale);
  const copy = sound === undefined ? data.slice() : soundFrom(data, sound, soundBase);
  const moof = copy.subarray(0, viewOf(copy).getUint32(0));
  for (const box of boxesIn(moof, 8)) {
    if (box.type === 'mfhd') viewOf(moof).setUint32(box.offset + 12, sequence);
    if (box.type === 'traf') moveDecodeTime(box.data, trackOfTraf(box.data) === sound?.trackId ? soundBase : baseTicks);
  }
  return copy;
}
