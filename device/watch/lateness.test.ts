import assert from 'node:assert/strict';
import { seconds } from '../core/units.ts';
import { latenessOf } from './lateness.ts';

describe('how late vision may tell of something', () => {
  const minimumDuration = seconds(1);

  it('is some seconds where all is decoded', () => {
    for (const hasSubStream of [false, true]) {
      const lateness = latenessOf({ minimumDuration, decode: 'full', hasSubStream });
      assert.deepEqual(lateness, { knownLateBy: seconds(11), keyframesApart: 0 });
    }
  });
  it('is more by the time between two keyframes of what is recorded, where only these are decoded', () =>
    assert.deepEqual(
      latenessOf({ minimumDuration, decode: 'auto', hasSubStream: false }),
      { knownLateBy: seconds(11), keyframesApart: seconds(20) },
    ));
  it('is the most that it can be where these are keyframes of a sub-stream', () =>
    assert.deepEqual(
      latenessOf({ minimumDuration, decode: 'auto', hasSubStream: true }),
      { knownLateBy: seconds(31), keyframesApart: 0 },
    ));
});
