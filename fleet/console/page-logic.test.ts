import assert from 'node:assert/strict';
import type { RejectedView } from '../../device/contract/fleet-api.ts';
import { mergeRejections } from './ui/src/rejected/merge-rejections.ts';

const rows = (...times: readonly number[]): readonly RejectedView[] => times.map((at) =>
  ({
    key: `yard/${at}.json`, device: 'yard', reason: { code: 'file.missing', message: 'x' }, rejected_at: at,
    objects: [], folder: '',
  }));
const timesOf = (all: readonly RejectedView[]): readonly number[] => all.map(({ rejected_at: at }) => at);

describe('the list of rejections on the page', () => {
  it('grows at its far end', () => {
    assert.deepEqual(timesOf(mergeRejections(rows(9, 8), rows(7, 6))), [9, 8, 7, 6]);
  });

  it('stays when the newest are asked for again, without those that were delivered well since', () => {
    assert.deepEqual(timesOf(mergeRejections(rows(9, 8, 7, 6, 5), rows(10, 9, 7))), [10, 9, 7, 6, 5]);
  });
});
