import assert from 'node:assert/strict';
import { seconds } from '../../core/units.ts';
import { StreamPace } from './stream-pace.ts';

/**
 * Tells a pace of arrivals, each `[our seconds, the stream's seconds, pictures]`.
 * @returns The first of our seconds at which it stands still.
 */
function standsStillAt(
  arrivals: Iterable<readonly [now: number, newest: number, pictures?: number]>,
): number | undefined {
  const pace = new StreamPace();
  for (const [now, newest, pictures = 12] of arrivals)
    if (!pace.goesOn(seconds(now), seconds(newest), pictures)) return now;
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

  it('is none when all pictures of four seconds are of one moment, though so seldom something comes', () => {
    const good = halves(0, 8).map((now) => [now, now] as const);
    const seldom = [11.5, 15.5, 19.5].map((now, index) => [now, 7.5 + index / 900, 100] as const);
    const at = standsStillAt([...good, ...seldom]);
    assert.equal(at, 11.5);
  });

  it('is none when each of two seconds\' packets comes a tick after the one before', () => {
    const packets = Array.from({ length: 250 }, (_, index) =>
      [index / 25, Math.min(index / 25, 4) + index / 90_000, 1] as const);
    const at = standsStillAt(packets);
    assert.ok(at !== undefined && at > 5.9 && at < 6.2, `${at}`);
  });

  it('is not told by a few pictures of one moment, out of order, or by one that is late', () => {
    const order = [0, 4, 2, 1, 3].map((index) => index / 25);
    const shuffled = Array.from({ length: 60 }, (_, group) =>
      order.map((at) => [group / 5 + at, group / 5 + at, 1] as const));
    assert.equal(standsStillAt(shuffled.flat()), undefined);
    const burst = Array.from({ length: 9 }, (_, index) => [8, 7.99 + index / 90_000, 1] as const);
    const before = halves(0, 8).map((now) => [now, now, 1] as const);
    assert.equal(standsStillAt([...before, ...burst, [12, 8, 1], [12, 8.04, 1]]), undefined);
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
