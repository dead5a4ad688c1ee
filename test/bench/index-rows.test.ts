import assert from 'node:assert/strict';
import { measureIndex } from './index-rows.ts';

describe('the measure of the index', () => {
  it('finds in what it built what a fleet would have of it', async () => {
    let seed = 0;
    const { rows, lists } = await measureIndex(
      { rows: 30_000, devices: 100 }, 1, () => (seed = (seed * 16_807 + 0.37) % 1),
    );
    assert.equal(rows, 30_000);
    assert.deepEqual(lists.map(({ found }) => found).slice(0, 5), [48, 48, 75, 300, 38]);
  });
});
