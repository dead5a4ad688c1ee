import assert from 'node:assert/strict';
import { millis } from '../../core/units.ts';
import { DecoderLead } from './decoder-lead.ts';

describe('the lead of a decoder', () => {
  const lead = (follows: boolean, times: readonly number[]): DecoderLead => {
    const made = new DecoderLead();
    made.follow(millis(0), follows);
    for (const at of times) made.fed(millis(at));
    return made;
  };
  const following = (...times: readonly number[]): DecoderLead => lead(true, times);
  const alone = (...times: readonly number[]): DecoderLead => lead(false, times);
  const every40 = (count: number): number[] => Array.from({ length: count }, (_, index) => index * 40);

  it('is half a second, and what the decoder holds back behind the next look', () => {
    assert.deepEqual([13, 14].map((count) => following(...every40(count)).isEnough(200, 2)), [false, true]);
    assert.deepEqual([18, 19].map((count) => following(...every40(count)).isEnough(200, 10)), [false, true]);
  });

  it('counts what was fed, not what time went by: of groups only the pictures that others are made from', () => {
    const groups = [0, 320, 160, 640, 480, 960, 800];
    assert.equal(following(...groups).isEnough(200, 3), false);
    assert.equal(following(...groups, 1280, 1120).isEnough(200, 3), true);
  });

  it('begins anew where a picture came out, or another stretch is followed', () => {
    const shown = following(...every40(19));
    shown.begins(millis(600));
    assert.deepEqual([shown.span, shown.isEnough(200, 2)], [120, false]);
    const anew = alone(...every40(19));
    anew.follow(millis(5000), true);
    assert.deepEqual([anew.isFollowing, anew.isEnough(200, 2)], [true, false]);
  });

  it('of what is not fed on is each look that what was fed brings', () => {
    assert.equal(alone(0, 40, 80, 120, 160).isEnough(200, 0), false);
    assert.equal(alone(0, 40, 80, 120, 160, 200).isEnough(200, 0), true);
    assert.deepEqual([240, 280].map((newest) => alone(0, 200, newest).isEnough(200, 2)), [false, false]);
    assert.equal(alone(0, 200, 240, 280).isEnough(200, 2), true);
  });

  it('knows up to which time all was fed, whatever is looked at later', () => {
    const followed = following(0, 80, 40);
    assert.equal(followed.followedUntil, -Infinity);
    followed.follow(millis(120), false);
    followed.fed(millis(2000));
    followed.follow(millis(4000), false);
    assert.deepEqual([followed.isFollowing, followed.followedUntil], [false, 80]);
  });

  it('is too long for a live camera after eight seconds, or sixteen megabytes, while anything waits to be decoded', () => {
    const [short, long] = [following(0, 8000), following(0, 8040)];
    assert.deepEqual([short, long].map((one) => one.isTooFar(1)), [false, true]);
    assert.deepEqual([long.isTooFar(0), alone(0, 8040).isTooFar(1)], [false, false]);
    assert.deepEqual([16, 17].map((megabytes) => alone(0).isTooFar(megabytes << 20)), [false, true]);
  });

  it('of a file is no more than half a megabyte', () => {
    assert.deepEqual([512, 513].map((kilobytes) => following(0).isFlooded(kilobytes << 10)), [false, true]);
  });

  it('does not wait for ever for what does not come out', () => {
    const waited = following(...every40(19));
    waited.forgive();
    assert.deepEqual([waited.span, waited.isEnough(200, 2)], [0, false]);
    waited.follow(millis(720), false);
    assert.equal(waited.isEnough(200, 0), false);
  });
});
