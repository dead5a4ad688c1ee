import assert from 'node:assert/strict';
import fc from 'fast-check';
import { millis } from '../../core/units.ts';
import { SparePictures } from './spare-pictures.ts';

interface Coded { readonly at: number; readonly spare: boolean }

/** In slots, of `firstOfSlot`: which one, and how far behind its beginning. */
function placeOf(at: number, perSecond: number): { readonly slot: number; readonly behind: number } {
  const place = at * perSecond / 1000 + 0.01;
  return { slot: Math.floor(place), behind: place % 1 };
}

/** What is decoded of `pictures`, in the order of decoding. */
function decoded(pictures: readonly Coded[], rates: readonly number[]): readonly Coded[] {
  const spares = new SparePictures(rates);
  spares.begin();
  return pictures.filter(({ at, spare }) => {
    if (spare && spares.isUnneeded(millis(at))) return false;
    spares.decoded(millis(at), spare);
    return true;
  });
}

const timesOf = (pictures: readonly Coded[]): number[] => pictures.map(({ at }) => at);

/** Groups of four pictures as encoders order them: the last first, then the second, and two of which no other is made. */
const groups = (count: number, perSecond: number): Coded[] => Array.from({ length: count }, (_, group) =>
  [3, 1, 0, 2].map((place, order) => ({ at: (group * 4 + place) * 1000 / perSecond, spare: order > 1 }))).flat();

describe('pictures that nobody needs', () => {
  it('are those that no other is made from, where their slot has another to look at', () => {
    assert.deepEqual(timesOf(decoded(groups(3, 25), [5])), [120, 40, 280, 200, 440, 360]);
  });

  it('are none where others come late in their slot', () => {
    const pictures = [0, 240, 200, 400, 160].map((at) => ({ at, spare: at < 240 && at > 0 }));
    assert.deepEqual(timesOf(decoded(pictures, [5])), [0, 240, 400]);
    const late = [0, 320, 200, 400, 360].map((at) => ({ at, spare: at === 200 || at === 360 }));
    assert.deepEqual(timesOf(decoded(late, [5])), [0, 320, 200, 400]);
  });

  it('are none where each is looked at', () => {
    assert.equal(decoded(groups(10, 25), [25]).length, 40);
  });

  it('are looked at by no output', () => {
    const pictures = [0, 200, 400, 1000, 1200].map((at) => ({ at, spare: true }));
    assert.deepEqual(timesOf(decoded(pictures, [1])), [0, 1000]);
    assert.deepEqual(timesOf(decoded(pictures, [1, 5])), timesOf(pictures));
  });

  it('leave each slot its first picture, or one in its first half, whatever the times and the order', () => {
    const picture = fc.record({ step: fc.double({ min: 0.1, max: 400, noNaN: true }), lead: fc.integer({ min: 0, max: 5 }), spare: fc.boolean() });
    fc.assert(fc.property(fc.array(picture, { maxLength: 80 }), fc.integer({ min: 1, max: 15 }), fc.integer({ min: 1, max: 3 }),
      (drawn, gray, colour) => {
      let at = 0;
      const shown = drawn.map(({ step, lead, spare }, index) => ({ at: (at += step), spare, place: index - lead }));
      const order = shown.toSorted((a, b) => a.place - b.place);
      const kept = decoded(order, [gray, colour]);
      assert.ok(order.every((one) => one.spare || kept.includes(one)));
      for (const rate of [gray, colour]) {
        for (const one of order) {
          const { slot } = placeOf(one.at, rate);
          const inSlot = kept.filter((other) => placeOf(other.at, rate).slot === slot);
          assert.ok(inSlot.some((other) => other.at <= one.at || (!other.spare && placeOf(other.at, rate).behind < 0.5)));
        }
      }
    }));
  });
});
