import assert from 'node:assert/strict';
import fc from 'fast-check';
import { backoffDelay } from './backoff.ts';
import { seconds } from './units.ts';

const backoff = { first: seconds(1), most: seconds(60) };

describe('back-off', () => {
  it('doubles with each try', () =>
    assert.deepEqual([1, 2, 3, 4].map((attempt) => backoffDelay(backoff, attempt, 0)), [500, 1000, 2000, 4000]));
  it('stays between half the first and the whole of the longest wait, for ever', () => fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, random) => {
      const delay = backoffDelay(backoff, attempt, random);
      assert.ok(delay >= 500 && delay <= 60_000, `${delay}`);
    }),
  ));
});
