import assert from 'node:assert/strict';
import { millis, minutes } from '../core/units.ts';
import { withinTime } from './within-time.ts';

const late = () => new Error('too late');
const forever = (signal: AbortSignal) => new Promise<never>((_, reject) => {
  signal.addEventListener('abort', () => reject(new Error('broken off')), { once: true });
});

describe('work within a time', () => {
  const open = new AbortController().signal;

  it('comes to what it came to', async () => {
    assert.equal(await withinTime({ most: minutes(1), late }, open, async () => 7), 7);
    await assert.rejects(
      withinTime({ most: minutes(1), late }, open, async () => { throw new Error('no'); }), { message: 'no' },
    );
  });
  it('is broken off when the time is up, whatever it makes of that', async () => {
    await assert.rejects(withinTime({ most: millis(5), late }, open, forever), { message: 'too late' });
  });
  it('is broken off when it is told to stop, and not begun after that', async () => {
    const stop = new AbortController();
    const work = withinTime({ most: minutes(1), late }, stop.signal, forever);
    stop.abort(new Error('stopped'));
    await assert.rejects(work, { message: 'stopped' });
    await assert.rejects(
      withinTime({ most: minutes(1), late }, stop.signal, async () => assert.fail()), { message: 'stopped' },
    );
  });
});
