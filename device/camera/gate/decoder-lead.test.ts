import assert from 'node:assert/strict';
import { millis } from '../../core/units.ts';
import { DecoderLead } from './decoder-lead.ts';

describe('the lead of a decoder', () => {
  const fed = (...times: readonly number[]): DecoderLead => {
    const lead = new DecoderLead();
    for (const at of times) lead.fed(millis(at));
    return lead;
  };
  const every40 = (count: number): number[] => Array.from({ length: count }, (_, index) => index * 40);

  it('is half a second, and what the decoder holds back behind the next look', () => {
    assert.deepEqual([13, 14].map((count) => fed(...every40(count)).isEnough(200, 2)), [false, true]);
    assert.deepEqual([18, 19].map((count) => fed(...every40(count)).isEnough(200, 10)), [false, true]);
  });

  it('counts what was fed, not what time went by: of groups only the pictures that others are made from', () => {
    const groups = [0, 320, 160, 640, 480, 960, 800];
    assert.equal(fed(...groups).isEnough(200, 3), false);
    assert.equal(fed(...groups, 1280, 1120).isEnough(200, 3), true);
  });

  it('begins anew where a picture came out, or another stretch is followed', () => {
    const lead = fed(...every40(19));
    lead.begins(millis(600));
    assert.deepEqual([lead.span, lead.isEnough(200, 2)], [120, false]);
  });
});
