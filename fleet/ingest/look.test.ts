import assert from 'node:assert/strict';
import { millis, minutes } from '../../device/core/units.ts';
import { systemClock, type Clock } from '../../device/runtime/clock.ts';
import { IngestBench } from '../../test/fleet/bench.ts';
import type { IngestParts } from './ports.ts';

type Landing = IngestParts['landing'];

describe('the look through the landing', () => {
  it('is repeated within a minute, however long it took', async () => {
    await using bench = await IngestBench.open();
    let passed = 0;
    const pauses: number[] = [];
    const clock: Clock = {
      ...systemClock,
      monotonic: () => millis(systemClock.monotonic() + passed),
      wait: (pause, signal) => { pauses.push(pause); return systemClock.wait(millis(1), signal); },
    };
    const slow: Landing = Object.assign(Object.create(bench.parts.landing) as Landing, {
      list: (...asked: Parameters<Landing['list']>) => {
        passed += minutes(10);
        return bench.parts.landing.list(...asked);
      },
    });
    await bench.runUntil(() => pauses.length > 0, { clock, landing: slow });
    assert.equal(pauses[0], minutes(1));
  });
});
