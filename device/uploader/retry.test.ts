import assert from 'node:assert/strict';
import fc from 'fast-check';
import { millis } from '../core/units.ts';
import { longestWait, RETRY, retryAt } from './retry.ts';

describe('trying again', () => {
  it('goes on however often it failed, within bounds', () => {
    const kinds = fc.constantFrom('unfit' as const, 'refused' as const, 'unreachable' as const);
    fc.assert(fc.property(kinds, fc.integer({
      min: 1, max: 1e6,
    }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (kind, attempts, random) => {
      const wait = retryAt(kind, { attempts, now: millis(1e12), random }, RETRY) - 1e12;
      assert.ok(wait >= 2500 && wait <= longestWait(RETRY), `${wait}`);
    }));
    assert.equal(retryAt('unreachable', { attempts: 1, now: millis(0), random: 1 }, RETRY), 5000);
    assert.equal(retryAt('unreachable', { attempts: 50, now: millis(0), random: 1 }, RETRY), 900_000);
    assert.equal(retryAt('refused', { attempts: 1, now: millis(0), random: 1 }, RETRY), 60_000);
  });
});
