import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PacketModel } from './packet-model.ts';

const P = 4;
const B = 1;
/** Where sizes no longer fall. */
const LATE = 300;
const learn = (model: PacketModel, bytes: number, kind = P, place = LATE): void => model.learn([{ kind, bytes, place }]);
const tells = (model: PacketModel, bytes: number, kind = P, place = LATE): boolean =>
  model.tells({ kind, bytes, place });
const learnt = (...sizes: number[]): PacketModel => {
  const model = new PacketModel();
  for (let n = 0; n < 40; n++) learn(model, sizes[n % sizes.length] ?? 0);
  return model;
};

describe('the model of packet sizes', () => {
  it('says nothing of what it does not know', () => {
    const model = new PacketModel();
    assert.deepEqual([model.ready, tells(model, 100_000)], [false, false]);
    assert.equal(tells(learnt(1000), 100_000, B), false);
  });
  it('tells of one packet far above the normal, and of nothing below', () => {
    const told = [1000, 1100, 10, 3000].map((bytes) => tells(learnt(990, 1000, 1010), bytes));
    assert.deepEqual(told, [false, false, false, true]);
  });
  it('tells of several packets that are somewhat above the normal together', () => {
    const model = learnt(1000);
    assert.deepEqual(Array.from({ length: 8 }, () => tells(model, 1130)).indexOf(true), 5);
  });
  it('tells of what adds little to each of many packets', () => {
    const model = learnt(1000);
    const told = Array.from({ length: 100 }, () => tells(model, 1036));
    assert.deepEqual([told.indexOf(true) > 10, told.includes(true)], [true, true]);
    const quiet = learnt(970, 1000, 1030);
    assert.ok(!Array.from({ length: 500 }, (_, n) => tells(quiet, 970 + n * 37 % 61)).includes(true));
  });
  it('takes a wide spread for normal where it is', () => assert.equal(tells(learnt(500, 1000, 1500), 3000), false));
  it('takes a few bytes more for nothing: the larger the keyframes, the more', () => {
    const model = learnt(40);
    assert.equal(tells(model, 190), true);
    model.keyframe(100_000);
    assert.equal(tells(learnt(40), 150), false);
    assert.equal(tells(model, 400), false);
  });
  it('follows the scene: what was much becomes normal', () => {
    const model = learnt(1000);
    for (let n = 0; n < 100; n++) learn(model, 4000);
    assert.equal(tells(model, 4050), false);
  });

  /** Ten seconds behind a keyframe, as x264 makes them of a wall: sizes fall from 1700 to 800 bytes; the first four are another kind. */
  const group = Array.from({ length: 249 }, (_, n) => ({
    kind: n < 4 ? P + 2 : P, place: n + 1, bytes: Math.round(Math.max(800, 1700 - 150 * Math.log2(n + 1))) + n * 37 % 160,
  }));
  it('knows from one group on how sizes fall behind a keyframe', () => {
    const model = new PacketModel();
    model.learn(group);
    assert.deepEqual(group.filter((packet) => model.tells(packet)), []);
    assert.equal(model.tells({ kind: P, place: 200, bytes: 1700 }), true, 'what is normal early is much late');
    assert.equal(model.tells({ kind: P, place: 7, bytes: 5000 }), true, 'and early there is too much as well');
  });
  it('never asks for less where a stage is smaller than usual: it may be so by chance', () => {
    const model = new PacketModel();
    const uneven = group.map(({ kind, place }) => ({ kind, place, bytes: place > 4 && place < 7 ? 300 : 1000 + place % 20 }));
    for (let n = 0; n < 4; n++) model.learn(uneven);
    assert.equal(model.tells({ kind: P, place: 8, bytes: 1010 }), false);
  });

  it('knows median and spread of the latest sizes, whatever their order', () => fc.assert(fc.property(
    fc.array(fc.nat(5000), { minLength: 12, maxLength: 300 }), fc.nat(20_000), (sizes, bytes) => {
      const model = new PacketModel();
      // Taken anew with each eighth.
      const known = sizes.slice(0, sizes.length < 96 ? sizes.length : sizes.length - sizes.length % 8);
      for (const size of known) learn(model, size, P, 1);
      const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
      const latest = known.slice(-96);
      const middle = median(latest);
      const spread = 1.4826 * median(latest.map((size) => Math.abs(size - middle)));
      const excess = (bytes - middle) / Math.max(spread, 0.03 * middle, 24);
      assert.equal(tells(model, bytes, P, 1), excess >= 6);
    })));
  it('knows a keyframe as large as those before it from one that is not', () => {
    const model = new PacketModel();
    const usual = [44_000, 85_700, 85_600, 86_100, 85_200, 88_600, 85_700].map((bytes) => {
      model.keyframe(bytes);
      return model.isUsualKeyframe;
    });
    assert.deepEqual(usual, [false, false, true, true, true, false, true]);
  });
  it('says what of a keyframe the packets before it took', () => {
    const model = new PacketModel();
    const shares = [[], [300, 100], [], [500]].map((sizes) => {
      for (const bytes of sizes) tells(model, bytes);
      model.keyframe(20_000);
      return model.share;
    });
    assert.deepEqual(shares, [NaN, 0.01, NaN, 0.025]);
  });
  it('keeps each kind apart, however many there are', () => fc.assert(fc.property(
    fc.array(fc.tuple(fc.integer(), fc.nat(1_000_000), fc.nat(1000)), { maxLength: 500 }), (packets) => {
      const model = new PacketModel();
      for (const [kind, bytes, place] of packets) {
        assert.equal(typeof model.tells({ kind, bytes, place }), 'boolean');
        model.learn([{ kind, bytes, place }]);
      }
    })));
});
