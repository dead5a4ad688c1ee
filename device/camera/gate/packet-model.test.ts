import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PacketModel } from './packet-model.ts';

const P = 4;
const B = 1;
const learnt = (...sizes: number[]): PacketModel => {
  const model = new PacketModel();
  for (let n = 0; n < 40; n++) model.learn(P, sizes[n % sizes.length] ?? 0);
  return model;
};

describe('the model of packet sizes', () => {
  it('says nothing of what it does not know', () => {
    const model = new PacketModel();
    assert.deepEqual([model.ready, model.tells(P, 100_000)], [false, false]);
    assert.equal(learnt(1000).tells(B, 100_000), false);
  });
  it('tells of one packet far above the normal, and of nothing below', () => {
    assert.deepEqual([1000, 1100, 10, 3000].map((bytes) => learnt(990, 1000, 1010).tells(P, bytes)), [false, false, false, true]);
  });
  it('tells of several packets that are somewhat above the normal together', () => {
    const model = learnt(1000);
    assert.deepEqual(Array.from({ length: 8 }, () => model.tells(P, 1130)).indexOf(true), 5);
  });
  it('takes a wide spread for normal where it is', () => assert.equal(learnt(500, 1000, 1500).tells(P, 3000), false));
  it('takes a few bytes more for nothing: the larger the keyframes, the more', () => {
    const model = learnt(40);
    assert.equal(model.tells(P, 190), true);
    model.keyframe(100_000);
    assert.equal(learnt(40).tells(P, 150), false);
    assert.equal(model.tells(P, 400), false);
  });
  it('follows the scene: what was much becomes normal', () => {
    const model = learnt(1000);
    for (let n = 0; n < 100; n++) model.learn(P, 4000);
    assert.equal(model.tells(P, 4050), false);
  });
  it('knows median and spread of the latest sizes, whatever their order', () => fc.assert(fc.property(
    fc.array(fc.nat(5000), { minLength: 12, maxLength: 300 }), fc.nat(20_000), (sizes, bytes) => {
      const model = new PacketModel();
      const known = sizes.slice(0, sizes.length < 96 ? sizes.length : sizes.length - sizes.length % 8); // taken anew with each eighth
      for (const size of known) model.learn(P, size);
      const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
      const latest = known.slice(-96);
      const middle = median(latest);
      const spread = 1.4826 * median(latest.map((size) => Math.abs(size - middle)));
      const excess = (bytes - middle) / Math.max(spread, 0.03 * middle, 24);
      assert.equal(model.tells(P, bytes), excess >= 6);
    })));
  it('keeps each kind apart, however many there are', () => fc.assert(fc.property(fc.array(fc.tuple(fc.integer(), fc.nat(1_000_000)), { maxLength: 500 }), (packets) => {
    const model = new PacketModel();
    for (const [kind, bytes] of packets) {
      assert.equal(typeof model.tells(kind, bytes), 'boolean');
      model.learn(kind, bytes);
    }
  })));
});
