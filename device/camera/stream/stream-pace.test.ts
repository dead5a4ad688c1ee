import assert from 'node:assert/strict';
import { seconds } from '../../core/units.ts';
import { StreamPace } from './stream-pace.ts';

/**
 * Tells a pace of arrivals, each `[our seconds, the stream's seconds]`.
 * @returns The first of our seconds at which it stands still.
 */
function standsStillAt(arrivals: Iterable<readonly [now: number, newest: number]>): number | undefined {
  const pace = new StreamPace();
  for (const [now, newest] of arrivals) if (!pace.goesOn(seconds(now), seconds(newest))) return now;
  return undefined;
}
const halves = (from: number, to: number): number[] =>
  Array.from({ length: (to - from) * 2 }, (_, index) => from + index / 2);

describe('the pace of a camera\'s own clock', () => {
  it('is as good as ours', () => assert.equal(standsStillAt(halves(0, 60).map((now) => [now, now])), undefined));

  it('is none when it stands still: that is known within ten seconds', () => {
    const at = standsStillAt([
      ...halves(0, 7).map((now) => [now, now] as const), ...halves(7, 30).map((now) => [now, 7 + now / 1000] as const),
    ]);
    assert.ok(at !== undefined && at <= 17, `${at}`);
  });

  it('is not judged by a silence of the network, after which everything that was held up comes at once', () => {
    for (const silence of [1.5, 3, 5, 8, 9.5]) {
      for (const before of halves(1, 8)) {
        const backlog = halves(before, before + silence).map((newest) => [before + silence, newest] as const);
        const after = halves(before + silence, before + silence + 20).map((now) => [now, now] as const);
        assert.equal(
          standsStillAt([...halves(0, before).map((now) => [now, now] as const), ...backlog, ...after]),
          undefined, `${silence} s after ${before} s`,
        );
      }
    }
  });
});
