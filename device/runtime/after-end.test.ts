import assert from 'node:assert/strict';
import { millis } from '../core/units.ts';
import { afterEnd } from './after-end.ts';

describe('after the end of a child process', () => {
  const died = { vital: false, refused: false, wasReady: true, failures: 1 };

  it('starts it again at once, then with growing pauses up to 30 s', () => {
    const pauses = [1, 2, 3, 20].map((failures) => afterEnd({ ...died, failures }, 1));
    assert.deepEqual(pauses, [0, 500, 1000, 30_000].map((after) => ({ do: 'start-again', after: millis(after) })));
  });

  it('stops the device when a vital one refuses to start', () =>
    assert.deepEqual(afterEnd({ ...died, vital: true, refused: true, wasReady: false }, 1), { do: 'stop-device' }));

  it('tries another that refuses every 30 s, for ever: the camera does not stop for it', () => {
    for (const failures of [1, 2, 50]) {
      assert.deepEqual(afterEnd({ ...died, refused: true, wasReady: false, failures }, 1), {
        do: 'start-again', after: millis(30_000),
      });
    }
  });

  it('never stops the device for one that has run before', () =>
    assert.equal(afterEnd({ ...died, vital: true, refused: true }, 1).do, 'start-again'));
});
