import assert from 'node:assert/strict';
import { nothingSeen, type ColourFrame, type Observation, type Track } from '../../core/frame.ts';
import { seconds } from '../../core/units.ts';
import { ColourMoments } from './colour-moments.ts';

const frame = (at: number): ColourFrame => ({ at: seconds(at), width: 2, height: 2, pixels: new Uint8Array(6) });
const moving: Track = { id: 1, box: [0, 0, 1, 1], since: seconds(0), moving: true, path: [], zones: [] };
const seen = (at: number, tracks: readonly Track[] = [moving]): Observation =>
  ({ ...nothingSeen(seconds(at)), motion: tracks.length > 0, tracks });

/** In order: numbers are what vision saw at that second, negative ones colour frames of theirs. */
function pairs(...order: readonly number[]): (readonly [number, number])[] {
  const moments = new ColourMoments();
  return order.flatMap((at) => {
    if (at >= 0) return moments.until(seen(at)).map((one) => [one.frame.at / 1000, one.seen.at / 1000] as const);
    moments.put(frame(-at));
    return [];
  });
}

describe('colour frames and what moves in them', () => {
  it('are of one moment, whichever of the two comes first', () => {
    assert.deepEqual(pairs(0.8, -1, 1, 1.2), [[1, 1]]);
    assert.deepEqual(pairs(0.8, 1, -1, 1.2), [[1, 1]], 'the colour frame is read after the gray one');
    assert.deepEqual(pairs(0.8, 1, 1.2, 1.4, 1.6, -1, 1.8), [[1, 1]], 'long after');
  });
  it('are the nearest where there is none of the same moment', () =>
    assert.deepEqual(pairs(0.9, -1.3, 1.2, 1.5), [[1.3, 1.2]]));
  it('wait for a moment that vision has not seen yet', () => assert.deepEqual(pairs(-1, -2, 0.8, 1, 1.2), [[1, 1]]));
  it('are left out where nothing moved in theirs, whatever does a moment later', () => {
    const moments = new ColourMoments();
    moments.until(seen(1, []));
    moments.put(frame(1));
    assert.deepEqual(moments.until(seen(1.4)), []);
  });
});
