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
    assert.deepEqual([13, 14].map((count) => fed(...every40(count)).isEnough(200, 2, true)), [false, true]);
    assert.deepEqual([18, 19].map((count) => fed(...every40(count)).isEnough(200, 10, true)), [false, true]);
  });

  it('counts what was fed, not what time went by: of groups only the pictures that others are made from', () => {
    const groups = [0, 320, 160, 640, 480, 960, 800];
    assert.equal(fed(...groups).isEnough(200, 3, true), false);
    assert.equal(fed(...groups, 1280, 1120).isEnough(200, 3, true), true);
  });

  it('begins anew where a picture came out, or another stretch is followed', () => {
    const lead = fed(...every40(19));
    lead.begins(millis(600));
    assert.deepEqual([lead.span, lead.isEnough(200, 2, true)], [120, false]);
  });

  it('of what is not fed on is each look that what was fed brings', () => {
    assert.equal(fed(0, 40, 80, 120, 160).isEnough(200, 0, false), false);
    assert.equal(fed(0, 40, 80, 120, 160, 200).isEnough(200, 0, false), true);
    assert.deepEqual([240, 280].map((newest) => fed(0, 200, newest).isEnough(200, 2, false)), [false, false]);
    assert.equal(fed(0, 200, 240, 280).isEnough(200, 2, false), true);
  });

  it('does not wait for ever for what does not come out', () => {
    const lead = fed(...every40(19));
    lead.forgive();
    assert.deepEqual([lead.span, lead.isEnough(200, 2, true), lead.isEnough(200, 0, false)], [0, false, false]);
  });
});
