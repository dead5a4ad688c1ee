import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Fragment } from '../contract/mp4-fragment.ts';
import { bytes, millis, seconds, type Millis } from '../core/units.ts';
import { FragmentRing } from './fragment-ring.ts';
import { shapedFragments, TRACKS } from '../../test/recording/footage.ts';

const filled = (shape: string, span = seconds(2), capacity = bytes(1e6)): FragmentRing => {
  const ring = new FragmentRing({ span, capacity });
  for (const fragment of shapedFragments(shape)) ring.push(fragment);
  return ring;
};
const starts = (fragments: readonly Fragment[] | undefined): number[] | undefined =>
  fragments?.map(({ start }) => start);

describe('fragment ring', () => {
  it('gives back from the last keyframe at or before the moment asked for', () =>
    assert.deepEqual(starts(filled('K.K.K.').from(millis(1500))), [1000, 1500, 2000, 2500]));
  it('gives back all it has when asked for more', () =>
    assert.deepEqual(starts(filled('K.K.').from(millis(-9000))), [0, 500, 1000, 1500]));
  it('keeps nothing that comes before the first keyframe', () =>
    assert.deepEqual(starts(filled('..K.').from(millis(0))), [1000, 1500]));
  it('lets go of what lies further back than its span, by whole groups', () =>
    assert.deepEqual(starts(filled('K.K.K.K.K.').from(millis(0))), [3000, 3500, 4000, 4500]));
  it('holds as much more as its longest group lasts, up to a bound, where what is told waits for keyframes', () => {
    const heldOf = (shape: string, longerByGroup: Millis): number | undefined => {
      const ring = new FragmentRing({ span: seconds(1), longerByGroup, capacity: bytes(1e6) });
      for (const fragment of shapedFragments(shape)) ring.push(fragment);
      return ring.held;
    };
    const [short, long] = ['K.'.repeat(12), 'K.....'.repeat(4)];
    assert.deepEqual(
      [heldOf(short, seconds(9)), heldOf(long, seconds(9)), heldOf(long, seconds(1)), heldOf(long, millis(0))],
      [2000, 6000, 3000, 3000],
    );
  });
  it('gives what a moment\'s picture needs, and no more', () =>
    assert.deepEqual(starts(filled('K..K..').around(millis(700))), [0, 500]));
  it('knows when a moment is no longer held', () => assert.equal(filled('..K.').around(millis(900)), undefined));
  it('would rather hold nothing than a group too large for its memory, and says so', () => {
    const ring = filled('K........', seconds(2), bytes(500));
    assert.deepEqual([ring.bytes, ring.overflows, ring.end], [0, 1, undefined]);
  });
  it('counts what it let go of for want of memory, and tells what it holds instead', () => {
    const ring = filled('K.'.repeat(10), seconds(4), bytes(500));
    assert.deepEqual(
      [ring.bytes <= 500, ring.shortened, ring.held, ring.span, ring.overflows], [true, 8, 2000, 4000, 0],
    );
    assert.equal(
      filled('K.'.repeat(10), seconds(4), bytes(1100)).shortened, 0, 'what lies beyond the span is not missed',
    );
  });
  it('starts afresh when time runs back', () => {
    const ring = filled('K.K.');
    for (const fragment of shapedFragments('K.')) ring.push(fragment);
    assert.deepEqual(starts(ring.from(millis(0))), [0, 500]);
  });

  const stream = fc.array(fc.record({
    key: fc.boolean(), ms: fc.integer({ min: 20, max: 1000 }), size: fc.integer({ min: 1, max: 400 }),
  }), { maxLength: 120 })
    .map((parts) => parts.reduce<Fragment[]>((made, { key, ms, size }) => {
      const previous = made.at(-1);
      const start = millis(previous === undefined ? 0 : previous.start + previous.duration);
      return [
        ...made,
        { data: new Uint8Array(size), startTicks: start, start, duration: millis(ms), key, samples: 1, tracks: TRACKS },
      ];
    }, []));
  const limits = fc.record({ span: fc.integer({ min: 0, max: 8000 }), capacity: fc.integer({ min: 100, max: 4000 }) });

  it('never holds more bytes than it may, nor more time than its span and one group', () => fc.assert(
    fc.property(stream, limits, (fragments, { span, capacity }) => {
      const ring = new FragmentRing({ span: millis(span), capacity: bytes(capacity) });
      for (const fragment of fragments) {
        ring.push(fragment);
        assert.ok(ring.bytes <= capacity);
        const held = ring.from(millis(-1));
        const second = held.filter(({ key }) => key)[1];
        if (second !== undefined && ring.end !== undefined) assert.ok(ring.end - second.start < span);
        assert.equal(ring.bytes, held.reduce((sum, { data }) => sum + data.byteLength, 0));
      }
    }),
  ));

  it('gives back a run that begins with a keyframe, has no hole, ends with the newest, and covers what was asked if memory allows', () =>
    fc.assert(
      fc.property(stream, limits, fc.integer({ min: 0, max: 8000 }), (fragments, { span, capacity }, back) => {
        const ring = new FragmentRing({ span: millis(span), capacity: bytes(capacity) });
        for (const fragment of fragments) ring.push(fragment);
        const end = ring.end ?? 0;
        const run = ring.from(millis(end - back));
        if (run.length === 0) return;
        assert.ok(run[0]?.key);
        const from = fragments.indexOf(run[0]);
        assert.deepEqual(run, fragments.slice(from));
        const key = fragments.findLastIndex((fragment) => fragment.key && fragment.start <= end - back);
        const needed = fragments.slice(Math.max(0, key)).reduce((sum, { data }) => sum + data.byteLength, 0);
        if (back <= span && key !== -1 && needed <= capacity && ring.overflows === 0) assert.equal(from, key);
      }),
    ));
});
