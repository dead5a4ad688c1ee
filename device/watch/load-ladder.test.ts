import assert from 'node:assert/strict';
import fc from 'fast-check';
import { millis, seconds } from '../core/units.ts';
import { loadPlans, stepLoad, strainOf, unloaded, type LoadMeasures, type LoadState } from './load-ladder.ts';

const calm: LoadMeasures = { dropped: 0, lookShare: 0.02, loopDelay: millis(12), lag: millis(100), pressure: 0.1 };
const strain = (change: Partial<LoadMeasures>): number => strainOf({ ...calm, ...change });

/** Plays a scene of one character for two seconds: 'H' too hard, '-' bearable, '.' easy. The level after each. */
function play(scene: string, from: LoadState = unloaded): { levels: string; state: LoadState; now: number } {
  let state = from;
  let now = 0;
  const levels = [...scene].map((mark) => {
    state = stepLoad(state, mark === 'H' ? 2 : mark === '-' ? 0.7 : 0.1, seconds(now += 2), 4);
    return state.level;
  }).join('');
  return { levels, state, now };
}

describe('load shedding', () => {
  it('takes no notice of a hard moment', () => assert.equal(play('HHH...HHH...').levels, '000000000000'));
  it('gives up one thing after the other while it stays too hard', () =>
    assert.equal(play('H'.repeat(18)).levels, '000111222333444444'));
  it('does nothing more and nothing less while it is bearable', () =>
    assert.equal(play(`HHHH${'-'.repeat(40)}`).levels, `0001${'1'.repeat(40)}`));
  it('does one thing more again after each half minute that is easy', () =>
    assert.equal(play(`${'H'.repeat(7)}${'.'.repeat(31)}`).levels, `0001112${'2'.repeat(15)}${'1'.repeat(15)}0`));
  it('waits longer each time that it turned out to be too early', () => {
    const easyUntilMore = (state: LoadState): number => {
      let count = 0;
      let next = state;
      while (next.level === state.level) next = stepLoad(next, 0.1, seconds(1000 + 2 * count++), 4);
      return 2 * (count - 1);
    };
    const once = play('HHHH').state;
    assert.equal(easyUntilMore(once), 30);
    const again = play(`HHHH${'.'.repeat(16)}HHHH`).state;
    assert.equal(easyUntilMore(again), 60);
  });

  it('gives things up in the stated order, and never the recording', () => {
    const plans = loadPlans(true);
    assert.deepEqual(plans.map(({ recogniseEvery, lookEvery, sparingLive }) =>
      [recogniseEvery, lookEvery, sparingLive]), [
      [1000, 0, false], [5000, 0, false], [undefined, 0, false], [undefined, 400, false], [undefined, 400, true],
    ]);
    assert.deepEqual(plans.map(({ shed }) => shed.length), [0, 1, 1, 2, 3]);
    assert.deepEqual(loadPlans(false)
      .map(({ lookEvery, sparingLive }) => [lookEvery, sparingLive]), [[0, false], [400, false], [400, true]]);
    assert.ok(plans.every(({ shed }) => !shed.join().includes('record')));
  });

  it('is too hard when looking takes as long as the frames are apart, when frames are dropped, when anything waits for long', () => {
    for (const change of [
      { lookShare: 0.95 }, { lookShare: 0.5, dropped: 0.2 }, { loopDelay: millis(400) },
      { lag: millis(4000), pressure: 0.9 }, { lag: millis(4000), pressure: undefined },
    ]) {
      assert.ok(strain(change) >= 1, JSON.stringify(change));
    }
  });
  it('is not for a burst of frames, a slow network, or for others who wait for a processor', () => {
    for (const change of [{ dropped: 0.5 }, { lag: millis(9000) }, { pressure: 1 }])
      assert.ok(strain(change) < 1, JSON.stringify(change));
  });
  it('is not easy while others wait for a processor', () => assert.ok(strain({ pressure: 0.95 }) > 0.5));

  it('moves by one step at a time, whatever comes', () =>
    fc.assert(fc.property(fc.array(fc.constantFrom('H', '-', '.'), { maxLength: 300 }), (marks) => {
      const { levels } = play(marks.join(''));
      [...levels].reduce((before, level) => {
        assert.ok(Math.abs(Number(level) - Number(before)) <= 1 && Number(level) <= 4);
        return level;
      }, '0');
    })));
});
