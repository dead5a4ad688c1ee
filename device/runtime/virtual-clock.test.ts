import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { millis, seconds } from '../core/units.ts';
import { VirtualClock } from './virtual-clock.ts';

describe('virtual clock', () => {
  it('leaves nothing on a signal after a wait, so that a loop may wait for ever', async () => {
    const clock = new VirtualClock(millis(0));
    const { signal } = new AbortController();
    const loop = (async () => { for (let n = 0; n < 20; n++) await clock.wait(seconds(1), signal); })();
    await clock.advance(seconds(30));
    await loop;
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  it('ends a wait with the reason of the signal, and does not wake it later', async () => {
    const clock = new VirtualClock(millis(0));
    const stop = new AbortController();
    const wait = clock.wait(seconds(1), stop.signal);
    stop.abort(new Error('enough'));
    await assert.rejects(wait, /enough/);
    await clock.advance(seconds(2));
    assert.equal(clock.monotonic(), 2000);
  });
});
