import assert from 'node:assert/strict';
import { ConfigError } from '../core/errors.ts';
import { silentLog, type Log } from '../core/log.ts';
import { millis, minutes } from '../core/units.ts';
import { keepRunning } from './keep-running.ts';
import { VirtualClock } from './virtual-clock.ts';

describe('a task that is kept running', () => {
  it('is tried again with growing pauses, says why once, and ends with its process', async () => {
    const clock = new VirtualClock(millis(0));
    const said: unknown[] = [];
    const log: Log = { ...silentLog, error: (_message, fields) => said.push(fields?.['code']) };
    const stop = new AbortController();
    let begun = 0;
    const running = keepRunning('the test', async () => {
      begun += 1;
      if (begun < 4) throw new ConfigError('test.refused', 'it does not want to');
      await clock.wait(minutes(begun === 4 ? 5 : 60), stop.signal);
      throw new ConfigError('test.refused', 'it does not want to');
    }, { clock, log }, stop.signal);
    await clock.advance(minutes(2));
    assert.deepEqual([begun, said], [4, ['test.refused']]);
    await clock.advance(minutes(10));
    assert.deepEqual([begun, said], [5, ['test.refused', 'test.refused']], 'it had begun well: this is news');
    stop.abort();
    await running;
    assert.equal(begun, 5);
  });
});
