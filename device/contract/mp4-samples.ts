/** The samples of one track in a fragment, one by one: a picture or a frame of sound each. */
import { boxesIn } from './mp4-boxes.ts';
import type { TrackHead } from './mp4-init.ts';
import { NON_SYNC, readTraf, trafOf, type SampleFacts } from './mp4-runs.ts';

export interface Sample extends SampleFacts {
  /** Decode time. */
  readonly ticks: number;
  readonly key: boolean;
  /** Its bytes in the fragment, not copied; shorter than `bytes` where the fragment ends before. */
  readonly data: Uint8Array;
}

/** @param fragment - `moof` and `mdat`. @throws {Mp4Error} When its boxes do not hold together. */
export function samplesOf(fragment: Uint8Array, track: TrackHead): Sample[] {
  const [moof] = boxesIn(fragment);
  const traf = moof && trafOf(moof.data, track.trackId);
  if (moof === undefined || traf === undefined) return [];
  const { startTicks, runs } = readTraf(traf, track);
  let [ticks, at] = [startTicks, moof.data.byteLength + 8];
  return runs.flatMap(({ dataOffset, samples }) => {
    at = dataOffset ?? at;
    return samples.map((facts) => {
      const sample = {
        ...facts, ticks, key: (facts.flags & NON_SYNC) === 0, data: fragment.subarray(at, at + facts.bytes),
      };
      ticks += facts.duration;
      at += facts.bytes;
      return sample;
    });
  });
}
