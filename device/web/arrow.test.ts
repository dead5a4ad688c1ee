import assert from 'node:assert/strict';
import type { Point } from '../core/geometry.ts';
import { arrowHead } from './ui/src/events/arrow.ts';

const rounded = (head: readonly Point[] | undefined) => head?.map((point) => point.map(Math.round));

describe('the arrow of a way', () => {
  it('has its tip where the way ends, and points where it led', () => {
    assert.deepEqual(rounded(arrowHead([[0, 50], [100, 50]], 10)), [[100, 50], [90, 56], [90, 44]]);
    assert.deepEqual(rounded(arrowHead([[50, 100], [50, 0]], 10)), [[50, 0], [56, 10], [44, 10]]);
  });
  it('is not turned by feet that jitter at the end', () =>
    assert.deepEqual(rounded(arrowHead([[0, 50], [99, 50], [100, 50]], 10)), [[100, 50], [90, 56], [90, 44]]));
  it('is none where nothing went anywhere', () => {
    assert.equal(arrowHead([[50, 50], [51, 50]], 10), undefined);
    assert.equal(arrowHead([], 10), undefined);
  });
});
