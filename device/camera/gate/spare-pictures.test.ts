import assert from 'node:assert/strict';
import fc from 'fast-check';
import { millis } from '../../core/units.ts';
import { SparePictures } from './spare-pictures.ts';

/** `at` in milliseconds of the stream; in the order of decoding. */
interface Coded { readonly at: number; readonly spare: boolean; readonly key?: boolean; readonly closed?: boolean }

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

/** Times of what is decoded of `pictures`. */
function decoded(pictures: readonly Coded[], rates: readonly number[], mayWait = true): number[] {
  const packets = pictures.map((coded) => ({ key: false, closed: false, ...coded, at: millis(coded.at) }));
  const spares = new SparePictures<(typeof packets)[number]>(rates);
  return packets.flatMap((packet, index) => {
    const follows = index > 0;
    if (follows && spares.leaves(packet, mayWait)) return [];
    return [...spares.decodes(packet, follows), packet];
  }).map(({ at }) => at);
}

/** Groups of four pictures as encoders order them: the last first, then the second, and two of which no other is made. */
const groups = (count: number, perSecond: number): Coded[] => Array.from({ length: count }, (_, group) =>
  [3, 1, 0, 2].map((place, order) => ({ at: (group * 4 + place) * 1000 / perSecond, spare: order > 1 }))).flat();

/** Pictures each of which is made from the one before, 25 a second, and a keyframe every `length`. */
const chain = (count: number, length: number, closed = true): Coded[] => Array.from({ length: count }, (_, index) => {
  const key = index % length === 0;
  return { at: index * 40, spare: false, key, closed: key && closed };
});

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

  it('are those at the end of a closed group, behind the last that is looked at', () => {
    assert.deepEqual(decoded(chain(24, 12), [5]), [0, 40, 80, 120, 160, 200, 240, 280, 320, 360, 400, 480, 520, 560, 600, 640, 680, 720, 760, 800]);
  });

  it('are none of a group that is not closed, nor where none may wait', () => {
    assert.equal(decoded(chain(25, 12, false), [5]).length, 25);
    assert.equal(decoded(chain(25, 12), [5], false).length, 25);
  });

  it('are none of those that a decoded one is made from', () => {
    const picture = fc.record({ step: fc.integer({ min: 1, max: 300 }), spare: fc.boolean(), key: fc.boolean(), closed: fc.boolean() });
    fc.assert(fc.property(fc.array(picture, { maxLength: 80 }), fc.integer({ min: 1, max: 15 }), (drawn, rate) => {
      let at = 0;
      const pictures = drawn.map(({ step, spare, key, closed }) => ({ at: (at += step), spare: spare && !key, key, closed: key && closed }));
      const kept = decoded(pictures, [rate]);
      const needed = pictures.filter((one, index) => {
        const next = pictures.findIndex(({ closed }, place) => closed && place > index);
        return !one.spare && pictures.some((other, place) => place > index && (next < 0 || place < next) && kept.includes(other.at));
      });
      for (const one of needed) assert.ok(kept.includes(one.at), `${one.at} is missing`);
      assert.deepEqual(kept, kept.toSorted((a, b) => a - b));
    }));
  });

  it('change nothing of what is looked at, whatever the times and the order', () => {
    const picture = fc.record({
      step: fc.double({ min: 0.1, max: 400, noNaN: true }), lead: fc.integer({ min: 0, max: 5 }), spare: fc.boolean(), closed: fc.boolean(),
    });
    fc.assert(fc.property(fc.array(picture, { maxLength: 80 }), fc.integer({ min: 1, max: 15 }), fc.integer({ min: 1, max: 3 }),
      (drawn, gray, colour) => {
      let at = 0;
      const shown = drawn.map(({ step, lead, spare, closed }, index) => ({ at: (at += step), spare, key: closed, closed, place: index - lead }));
      const order = shown.toSorted((a, b) => a.place - b.place);
      const kept = decoded(order, [gray, colour]);
      for (const rate of [gray, colour]) assert.deepEqual(looks(kept, rate), looks(order.map((one) => one.at), rate));
    }));
  });
});
