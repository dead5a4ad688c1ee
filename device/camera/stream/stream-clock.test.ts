import assert from 'node:assert/strict';
import fc from 'fast-check';
import { millis, seconds, type Millis } from '../../core/units.ts';
import { aheadOfTime, anchorAt, leapAhead, observeArrival, type StreamAnchor } from './stream-clock.ts';

/** Plays arrivals twice a second from second `from` to `to`; `late` tells by how many seconds each comes late. */
function play(
  anchor: StreamAnchor, from: number, to: number, late: (second: number) => number, isHeldUp = false,
): StreamAnchor {
  let now = anchor;
  for (let second = from; second <= to; second += 0.5)
    now = observeArrival(now, seconds(second + late(second)), seconds(second), isHeldUp);
  return now;
}
const start = anchorAt(seconds(3), seconds(0.5)); // connected 2.5 s late: pictures had waited for a keyframe

describe('stream clock', () => {
  it('begins with the first arrival', () => assert.equal(start.origin, 2500));
  it('is corrected by every sooner arrival in the first seconds', () =>
    assert.equal(play(start, 3, 8, (second) => (second < 5 ? 1 : 0.3)).origin, 300));
  it('takes no notice of a network that is late for a while', () => {
    const settled = play(start, 3, 30, () => 0.3);
    assert.equal(play(settled, 30, 38, (second) => Math.max(0.3, 8 - (second - 30))).origin, 300);
  });
  it('follows a camera that runs slow, once it is 2 s behind', () => {
    const settled = play(start, 3, 30, () => 0.3);
    assert.equal(play(settled, 30, 60, () => 1.9).origin, 300);
    assert.equal(play(settled, 30, 60, () => 2.5).origin, 2500);
  });
  it('takes a device that is too slow for a minute for no camera that is', () => {
    const settled = play(start, 3, 30, () => 0.3);
    const starved = play(settled, 30, 90, (second) => Math.min(22, (second - 30) / 2 + 0.3), true);
    assert.equal(starved.origin, 300);
    assert.equal(play(starved, 90, 120, (second) => Math.max(0.3, 22 - 3 * (second - 90))).origin, 300);
    for (const perSecond of [1, 0.5, 0.25]) {
      const catchesUp = (second: number): number => Math.max(0.3, 22 - perSecond * (second - 90));
      for (let until = 95; until <= 190; until += 5)
        assert.equal(play(starved, 90, until, catchesUp).origin, 300, `it has time again: ${perSecond} s a second`);
    }
    assert.equal(play(settled, 30, 300, () => 5.3, true).origin, 5300, 'one that is late for ever is late itself');
  });
  it('follows a camera that runs fast at once, for no picture arrives before it was taken', () => {
    const settled = play(start, 3, 30, () => 0.3);
    assert.equal(play(settled, 30, 30, () => -1.5).origin, 300);
    assert.equal(play(settled, 30, 30, () => -2).origin, -2000);
  });
  it('sees a timeline that jumps ahead', () => {
    const settled = play(start, 3, 30, () => 0.3);
    assert.deepEqual(
      [aheadOfTime(settled, seconds(31), seconds(30)), aheadOfTime(settled, seconds(31), seconds(91))], [0, 60_300],
    );
  });
  it('tells a leap of the camera\'s clock from a hole in what the network brings', () => {
    const settled = play(start, 3, 30, () => 0.3);
    const after = (now: number, newest: number): number => leapAhead(
      settled, { now: seconds(30.3), newest: seconds(30) }, { now: seconds(now), newest: seconds(newest) },
    );
    assert.equal(after(30.4, 40), 9900, 'ten seconds of stream time in a tenth of one');
    assert.equal(after(40.3, 40), 0, 'nothing came for ten seconds');
    assert.equal(after(40.3, 55), 15_000, 'nothing came for ten seconds, and the clock leapt meanwhile');
    assert.equal(after(30.4, 31.9), 0, 'within what the estimate may be wrong by');
    const held = { now: seconds(40.3), newest: seconds(32) };
    assert.equal(leapAhead(settled, held, { now: seconds(40.3), newest: seconds(40) }), 0, 'what was held up is lost');
    const [old, fresh] = [{ now: seconds(4), newest: seconds(0.5) }, { now: seconds(4.1), newest: seconds(7) }];
    assert.equal(leapAhead(start, old, fresh), 0, 'an old keyframe, then what is now');
  });
  it('takes no network that is as quick as it was, after a while of being late, for a leap', () => {
    const late = play(play(start, 3, 30, () => 0.3), 30, 60, () => 5.3);
    const after = (newest: number): number => leapAhead(
      late, { now: seconds(65.3), newest: seconds(60) }, { now: seconds(65.4), newest: seconds(newest) },
    );
    assert.equal(after(65.1), 0, 'what had piled up is lost');
    assert.equal(Math.round(after(75)), 14_900, 'later than it can be by now');
  });
  it('notices a leap of a camera whose clock had fallen behind, a little every minute', () => {
    const slow = play(start, 3, 20_000, (second) => 0.3 + second * 0.0004);
    const last = { now: seconds(20_008.3), newest: seconds(20_000) };
    assert.equal(Math.round(leapAhead(slow, last, { now: seconds(20_008.4), newest: seconds(20_006.1) })), 6000);
  });
  it('stays within 2 s of the truth whatever the delays are, once an arrival every 10 s is on time', () => fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 30, noNaN: true }), { minLength: 60, maxLength: 200 }), (delays) => {
      let anchor: StreamAnchor | undefined;
      delays.forEach((delay, second) => {
        const now = seconds(second + (second % 5 === 0 ? 0 : delay));
        const newest: Millis = seconds(second);
        anchor = anchor === undefined ? anchorAt(now, newest) : observeArrival(anchor, now, newest);
      });
      assert.ok(anchor !== undefined && Math.abs(anchor.origin) <= millis(2000), `${anchor?.origin}`);
    }),
  ));
});
