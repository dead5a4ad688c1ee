import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { silentLog } from '../core/log.ts';
import { millis, seconds } from '../core/units.ts';
import { strainOf, type LoadPlan } from './load-ladder.ts';
import { LoadMeter } from './load-meter.ts';
import { LoadShedder } from './load-shedder.ts';

describe('load meter', () => {
  it('tells the share of frames that were dropped and what a look takes, since it was asked last', async () => {
    const vision = { framesAnalysed: 100, framesDropped: 5, millisPerFrame: 50 };
    using meter = new LoadMeter({ vision: () => vision, framePeriod: () => millis(200), lag: () => millis(30) });
    await meter.measure();
    Object.assign(vision, { framesAnalysed: 106, framesDropped: 7 });
    const { dropped, lookShare, lag } = await meter.measure();
    assert.deepEqual([dropped, lookShare, lag], [0.25, 0.25, 30]);
    assert.equal((await meter.measure()).dropped, 0, 'of no frames nothing is said');
  });

  it('notices a process that is held up', async () => {
    using meter = new LoadMeter({
      vision: () => ({ framesAnalysed: 0, framesDropped: 0, millisPerFrame: undefined }),
      framePeriod: () => millis(200), lag: () => millis(0),
    });
    await wait(50);
    for (let block = 0; block < 3; block++) {
      const until = performance.now() + 400;
      while (performance.now() < until) { /* nothing else runs */ }
      await wait(30);
    }
    const measured = await meter.measure();
    assert.ok(measured.loopDelay > 250, `${measured.loopDelay} ms`);
    assert.ok(strainOf(measured) >= 1);
  });
});

describe('load shedder', () => {
  it('applies and logs each change once, and tells it in words', () => {
    const plans: LoadPlan[] = [];
    const logged: string[] = [];
    const shedder = new LoadShedder(true, (plan) =>
      plans.push(plan), { ...silentLog, warn: (line) => logged.push(line), info: (line) => logged.push(line) });
    const hard = { dropped: 0, lookShare: 2, loopDelay: millis(0), lag: millis(0), pressure: undefined };
    for (let second = 0; second <= 24; second += 2) shedder.take(hard, seconds(second));
    assert.equal(shedder.isOverworked, true);
    assert.deepEqual(shedder.told, { level: 4, shed: [
      'faces and things are not looked for', 'motion is looked for 2.5 times a second',
      'the live view shows a picture now and then',
    ] });
    for (let second = 26; second <= 150; second += 2) shedder.take({ ...hard, lookShare: 0 }, seconds(second));
    assert.deepEqual([shedder.told, shedder.isOverworked], [{ level: 0, shed: [] }, false]);
    assert.deepEqual(plans.map(({ recogniseEvery }) => recogniseEvery), [
      5000, undefined, undefined, undefined, undefined, undefined, 5000, 1000,
    ]);
    assert.deepEqual(logged, [
      'the device cannot keep up: faces and things are looked for less often; recording goes on',
      'the device cannot keep up: faces and things are not looked for; recording goes on',
      'the device cannot keep up: motion is looked for 2.5 times a second; recording goes on',
      'the device cannot keep up: the live view shows a picture now and then; recording goes on',
      'the device has time again: the live view shows every picture',
      'the device has time again: motion is looked for as often as usual',
      'the device has time again: faces and things are looked for, but less often',
      'the device keeps up again with everything',
    ]);
  });
});
