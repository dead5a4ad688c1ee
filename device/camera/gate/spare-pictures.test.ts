import assert from 'node:assert/strict';
import fc from 'fast-check';
import { millis } from '../../core/units.ts';
import { SparePictures } from './spare-pictures.ts';

interface Coded { readonly at: number; readonly spare: boolean }

/** What ffmpeg's `select` takes of pictures in the order of showing: as `firstOfSlot` says it. */
function looks(times: readonly number[], perSecond: number): number[] {
  let before = NaN;
  return times.toSorted((a, b) => a - b).filter((at) => {
    const t = at / 1000;
    const taken = Number.isNaN(before) || Math.floor(t * perSecond + 0.01) > Math.floor(before * perSecond + 0.01) || (t - before) * perSecond >= 0.99;
    if (taken) before = t;
    return taken;
  });
}

/** What is decoded of `pictures`, in the order of decoding. */
function decoded(pictures: readonly Coded[], rates: readonly number[]): number[] {
  const spares = new SparePictures(rates);
  spares.begin();
  return pictures.filter(({ at, spare }) => {
    if (spare && spares.isUnseen(millis(at))) return false;
    spares.decoded(millis(at));
    return true;
  }).map(({ at }) => at);
}

/** Groups of four pictures as encoders order them: the last first, then the second, and two of which no other is made. */
const groups = (count: number, perSecond: number): Coded[] => Array.from({ length: count }, (_, group) =>
  [3, 1, 0, 2].map((place, order) => ({ at: (group * 4 + place) * 1000 / perSecond, spare: order > 1 }))).flat();

describe('pictures that nobody needs', () => {
  it('are those that no other is made from and that are not the first of their slot', () => {
    assert.deepEqual(decoded(groups(3, 25), [5]), [120, 40, 0, 280, 200, 440, 360, 400]);
  });

  it('are none where each is looked at', () => {
    assert.equal(decoded(groups(10, 25), [25]).length, 40);
  });

  it('are looked at by no output', () => {
    assert.deepEqual(decoded([0, 200, 400, 1000, 1200].map((at) => ({ at, spare: true })), [1]), [0, 1000]);
    assert.deepEqual(decoded([0, 200, 400, 1000, 1200].map((at) => ({ at, spare: true })), [1, 5]), [0, 200, 400, 1000, 1200]);
  });

  it('change nothing of what is looked at, whatever the times and the order', () => {
    const picture = fc.record({ step: fc.double({ min: 0.1, max: 400, noNaN: true }), lead: fc.integer({ min: 0, max: 5 }), spare: fc.boolean() });
    fc.assert(fc.property(fc.array(picture, { maxLength: 80 }), fc.integer({ min: 1, max: 15 }), fc.integer({ min: 1, max: 3 }),
      (drawn, gray, colour) => {
      let at = 0;
      const shown = drawn.map(({ step, lead, spare }, index) => ({ at: (at += step), spare, place: index - lead }));
      const order = shown.toSorted((a, b) => a.place - b.place);
      const kept = decoded(order, [gray, colour]);
      for (const rate of [gray, colour]) assert.deepEqual(looks(kept, rate), looks(order.map((one) => one.at), rate));
    }));
  });
});
